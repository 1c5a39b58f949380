"""The directory as sheets of a file, in the words of each language; such a file can be brought in again unedited."""

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from django.db.models import Prefetch, QuerySet
from django.utils.translation import override

from actors.directory.models import Actor, Contact
from actors.directory.permissions import is_administrator
from actors.directory.rules.columns import COLUMNS, Column
from portal.core.dates import today
from portal.core.lists import Sheet, comes_back
from portal.core.names import in_language
from portal.core.phones import phone_text
from portal.reference.codes import wider_codes
from portal.reference.models import Territory

if TYPE_CHECKING:
    from portal.accounts.models import User

TITLES = {"ar": "الفاعلون", "fr": "Acteurs", "en": "Actors"}
#: between several values in one cell; none of them stands in a name, a mailbox or a number
BETWEEN = " | "
BETWEEN_NUMBERS = " / "
#: nobody is shown in public how old somebody’s sheet is
INSIDE = frozenset({"updated"})

Value = Callable[[Actor], object]


def directory_sheets(user: "User", languages: Sequence[str], *, tagged: bool = False) -> list[Sheet]:
    """One sheet for each language, with the columns this person gets; `tagged` puts HXL tags under the headings.

    The rows are actors with `seat`, and `themes`, `areas` and those of their `contacts` that the person may see.
    """
    columns = _columns_for(user)
    tags = [column.hxl for column in columns] if tagged else ()
    territories = _territories()
    return [
        Sheet(
            [(column.heading(language), value) for column, value in _valued(columns, language, territories)],
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
            for column, value in _valued(COLUMNS, language, territories):
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


def _columns_for(user: "User") -> list[Column]:
    left_out = frozenset[str]() if user.is_authenticated else INSIDE
    return [
        column
        for column in COLUMNS
        if column.key not in left_out and (not column.administered or is_administrator(user))
    ]


def _valued(
    columns: Iterable[Column], language: str, territories: dict[str, Territory]
) -> Iterable[tuple[Column, Value]]:
    values = {**_texts(), **_places(language, territories), **_lists(language), **_labels(language)}
    return [(column, values[column.key]) for column in columns]


def _texts() -> dict[str, Value]:
    """What reads the same in every language."""
    fields = (
        "name_ar", "name_fr", "name_en", "acronym", "address", "website", "description_ar", "description_fr", "notes",
    )  # fmt: skip
    texts: dict[str, Value] = {name: _attribute(name) for name in fields}
    return texts | {
        "identifier": lambda actor: actor.slug,
        "aliases": lambda actor: BETWEEN.join(actor.aliases),
        "updated": lambda actor: actor.confirmed_on,
        "phone": lambda actor: BETWEEN_NUMBERS.join(
            dict.fromkeys(phone_text(contact.phone) for contact in actor.contacts.all() if contact.phone)
        ),
        "email": lambda actor: BETWEEN.join(
            dict.fromkeys(contact.email.lower() for contact in actor.contacts.all() if contact.email)
        ),
    }


def _attribute(name: str) -> Value:
    return lambda actor: getattr(actor, name)


def _places(language: str, territories: dict[str, Territory]) -> dict[str, Value]:
    """Where the seat is: the province and the commune by name, the territory by its code, which leaves no doubt."""

    def named(level: str) -> Value:
        def name(actor: Actor) -> str:
            code = actor.seat_id or ""
            holders = [territories.get(one) for one in (*wider_codes(code), code)]
            return next((in_language(row, "name", language) for row in holders if row and row.level == level), "")

        return name

    return {
        "province": named(Territory.Level.PROVINCE),
        "commune": named(Territory.Level.COMMUNE),
        "territory": lambda actor: actor.seat_id or "",
        "areas": lambda actor: BETWEEN.join(sorted(area.pk for area in actor.areas.all())),
    }


def _lists(language: str) -> dict[str, Value]:
    return {"themes": lambda actor: BETWEEN.join(in_language(theme, "name", language) for theme in actor.themes.all())}


def _labels(language: str) -> dict[str, Value]:
    with override(language):
        kinds: dict[Any, str] = {value: str(label) for value, label in Actor.Kind.choices}
        states: dict[Any, str] = {value: str(label) for value, label in Actor.State.choices}
    return {"kind": lambda actor: kinds[actor.kind], "state": lambda actor: states[actor.state]}
