"""What no two sheets of the directory share, whoever makes them: the name and the seat.

The name is the Arabic one, or the French one where there is none. A sheet in the archive is in nobody's way.
"""

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from actors.directory.models import Actor

NAMES = ("name_ar", "name_fr")


def goes_by(name_ar: str, name_fr: str) -> tuple[str, str]:
    """The field that holds the name by which a sheet is told from others, and that name."""
    arabic = name_ar.strip()
    return ("name_ar", arabic) if arabic else ("name_fr", name_fr.strip())


def twins(*, name_ar: str, name_fr: str, seat: str | None) -> "QuerySet[Actor]":
    """The sheets that stand in the way of one with these names and this seat."""
    field, name = goes_by(name_ar, name_fr)
    if not name:
        return Actor.objects.none()
    return Actor.objects.filter(**{field: name}, seat=seat or None).kept()


def taken() -> set[tuple[str, str, str | None]]:
    """What every sheet may be told by: the field, the name in it and the seat; for those who ask about many."""
    rows = Actor.objects.kept().order_by().values_list("name_ar", "name_fr", "seat")
    return {(field, name, seat) for *names, seat in rows for field, name in zip(NAMES, names, strict=True)}


def already_there() -> str:
    """The sentence for a second sheet of the same name and seat."""
    return _("An institution with this name and this seat is already in the directory.")
