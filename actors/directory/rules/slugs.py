"""Addresses of sheets: made from the acronym or the French name, in plain letters, never twice."""

from collections.abc import Iterable

from django.db import models
from django.utils.text import slugify

#: what follows /actors/ and /spaces/ without being a sheet
RESERVED = {
    "add", "batch", "changes", "confirm", "contacts", "coverage", "duplicates", "export", "focal-points", "hand-overs",
    "import", "map", "matrix", "people", "printouts", "roles", "suggestions", "upkeep", "views",
}  # fmt: skip
LENGTH = 60


class Slugs:
    """The slugs in use, for whoever gives many at once: the numbers behind a word are gone through once."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self.taken = set(taken)
        self._next: dict[str, int] = {}

    def give(self, slug: str) -> None:
        self.taken.add(slug)

    def copy(self) -> "Slugs":
        return Slugs(self.taken)

    def numbered(self, stem: str, number: int) -> str:
        """The first of `stem-number`, `stem-number+1`… that nobody has."""
        number = max(number, self._next.get(stem, number))
        while f"{stem}-{number}" in self.taken:
            number += 1
        self._next[stem] = number
        return f"{stem}-{number}"


def free_slug(model: type[models.Model], *names: str, fallback: str, slugs: Slugs | None = None) -> str:
    """The first of `names` that has plain letters, as a slug nobody has: `asticude`, `asticude-2`; else `commune-1`.

    `slugs` are those in use, for those who make many at once; by default the table is asked.
    """
    stem = next((slug for name in names if (slug := _plain(name))), "")
    if slugs is None:
        there = model._default_manager.filter(slug__startswith=stem or fallback)
        slugs = Slugs(there.order_by().values_list("slug", flat=True))
    if stem and stem not in RESERVED and stem not in slugs.taken:
        return stem
    return slugs.numbered(stem, 2) if stem else slugs.numbered(fallback, 1)


def _plain(name: str) -> str:
    for sign in "’'`´":
        name = name.replace(sign, " ")
    slug = slugify(name.replace("œ", "oe").replace("Œ", "Oe"))
    return slug if len(slug) <= LENGTH else slug[:LENGTH].rsplit("-", 1)[0]
