"""The directory as sheets of a file, in the words of each language; such a file can be brought in again unedited."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from django.db.models import Prefetch, QuerySet
from django.utils.translation import override

from actors.directory.models import Actor, Contact
from actors.directory.permissions import is_administrator
from actors.directory.rules.fields import LISTED, Circle, Column, Field, Reads
from portal.core.dates import today
from portal.core.exports import ExportSheet, comes_back
from portal.core.names import in_language
from portal.reference.codes import wider_codes
from portal.reference.models import Territory

if TYPE_CHECKING:
    from portal.accounts.models import User

TITLES = {"ar": "الفاعلون", "fr": "Acteurs", "en": "Actors"}
#: between several values in one cell; none of them stands in a name, a mailbox or a number
BETWEEN = " | "
BETWEEN_NUMBERS = " / "

Value = Callable[[Actor], object]
#: what is written otherwise in each language; all else is one column for every sheet, and read once for a row
WORDED = frozenset({Reads.PLACE, Reads.CHOICE, Reads.THEMES})


def directory_sheets(user: "User", languages: Sequence[str], *, tagged: bool = False) -> list[ExportSheet]:
    """One sheet for each language, with the columns this person gets; `tagged` puts HXL tags under the headings.

    The rows are actors with `seat`, and `themes`, `areas` and those of their `contacts` that the person may see.
    """
    fields = _fields_for(user)
    tags = [column.hxl for field in fields for column in field.columns] if tagged else ()
    territories = _territories()
    alike = {field: _values(field, "", territories) for field in fields if field.reads not in WORDED}
    return [
        ExportSheet(
            [(column.heading(language), value) for column, value in _valued(fields, language, territories, alike)],
            title=TITLES[language],
            language=language,
            tags=tags,
        )
        for language in languages
    ]


class Printed:
    """What the export prints for a sheet, in every language: a cell that comes back so was not edited."""

    def __init__(self) -> None:
        territories = _territories()
        self._values: dict[str, list[Value]] = {}
        for language in TITLES:
            for column, value in _valued(LISTED, language, territories):
                self._values.setdefault(column.key, []).append(value)

    @staticmethod
    def sheets(pks: Iterable[int]) -> "QuerySet[Actor]":
        """The sheets with everything that is printed, as administrators get it."""
        reachable = Contact.objects.current().with_post(today())
        rows = Actor.objects.filter(pk__in=list(pks)).defer("search_text")
        areas = Territory.objects.only("code")
        return rows.prefetch_related("themes", Prefetch("areas", areas), Prefetch("contacts", reachable))

    def says(self, actor: Actor, key: str, cell: str) -> bool:
        """The cell is what stands in the column `key` of an export, in one of the languages."""
        return any(cell in comes_back(value(actor)) for value in self._values[key])


def _territories() -> dict[str, Territory]:
    return {row.code: row for row in Territory.objects.all()}


def _fields_for(user: "User") -> list[Field]:
    circles = {Circle.ALL, Circle.SIGNED_IN} if user.is_authenticated else {Circle.ALL}
    return [field for field in LISTED if field.seen_by in circles or is_administrator(user)]


def _valued(
    fields: Iterable[Field],
    language: str,
    territories: dict[str, Territory],
    alike: Mapping[Field, list[Value]] = MappingProxyType({}),
) -> Iterable[tuple[Column, Value]]:
    for field in fields:
        values = alike[field] if field in alike else _values(field, language, territories)
        yield from zip(field.columns, values, strict=True)


def _values(field: Field, language: str, territories: dict[str, Territory]) -> list[Value]:
    """What each of its columns says of a sheet."""
    name = field.name
    match field.reads:
        case Reads.IDENTIFIER:
            return [lambda actor: actor.slug]
        case Reads.PLACE:
            return _places(language, territories)
        case Reads.CHOICE:
            return [_labels(name, language)]
        case Reads.LINES:
            return [lambda actor: BETWEEN.join(getattr(actor, name))]
        case Reads.PLACES:
            return [lambda actor: BETWEEN.join(sorted(row.pk for row in getattr(actor, name).all()))]
        case Reads.THEMES:
            return [
                lambda actor: BETWEEN.join(in_language(row, "name", language) for row in getattr(actor, name).all())
            ]
        case Reads.PHONE:
            return [_reached(field, BETWEEN_NUMBERS)]
        case Reads.MAIL:
            return [_reached(field, BETWEEN)]
    return [lambda actor: getattr(actor, name)]


def _reached(field: Field, between: str) -> Value:
    """The numbers or mailboxes of its contact details, each once."""

    def said(actor: Actor) -> str:
        found = (getattr(contact, field.name).lower() for contact in actor.contacts.all())
        return between.join(dict.fromkeys(field.text(value) for value in found if value))

    return said


def _places(language: str, territories: dict[str, Territory]) -> list[Value]:
    """Where the seat is: the province and the commune by name, the territory by its code, which leaves no doubt."""

    def named(level: str) -> Value:
        @cache
        def name(code: str) -> str:
            holders = [territories.get(one) for one in (*wider_codes(code), code)]
            return next((in_language(row, "name", language) for row in holders if row and row.level == level), "")

        return lambda actor: name(actor.seat_id or "")

    return [named(Territory.Level.PROVINCE), named(Territory.Level.COMMUNE), lambda actor: actor.seat_id or ""]


def _labels(name: str, language: str) -> Value:
    with override(language):
        choices: Any = Actor._meta.get_field(name).choices  # type: ignore[union-attr]
        labels = {value: str(label) for value, label in choices}
    return lambda actor: labels[getattr(actor, name)]
