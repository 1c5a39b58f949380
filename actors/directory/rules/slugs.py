"""Addresses of sheets: made from the acronym or the French name, in plain letters, never twice."""

from collections.abc import Callable

from django.db import models
from django.utils.text import slugify

#: what follows /actors/ and /spaces/ without being a sheet
RESERVED = {
    "add", "batch", "changes", "confirm", "contacts", "coverage", "duplicates", "export", "focal-points", "hand-overs",
    "import", "map", "matrix", "people", "printouts", "roles", "suggestions", "upkeep", "views",
}  # fmt: skip
LENGTH = 60


def free_slug(model: type[models.Model], *names: str, fallback: str, taken: Callable[[str], bool] | None = None) -> str:
    """The first of `names` that has plain letters, as a slug nobody has: `asticude`, `asticude-2`; else `commune-1`.

    `taken` answers whether a slug is in use, for those who make many at once; by default the table is asked each time.
    """
    is_taken = taken or (lambda slug: model._default_manager.filter(slug=slug).exists())
    stem = next((slug for name in names if (slug := _plain(name))), "")
    if stem and stem not in RESERVED and not is_taken(stem):
        return stem
    stem, number = (stem, 2) if stem else (fallback, 1)
    while is_taken(f"{stem}-{number}"):
        number += 1
    return f"{stem}-{number}"


def _plain(name: str) -> str:
    for sign in "’'`´":
        name = name.replace(sign, " ")
    slug = slugify(name.replace("œ", "oe").replace("Œ", "Oe"))
    return slug if len(slug) <= LENGTH else slug[:LENGTH].rsplit("-", 1)[0]
