"""What the directory can be narrowed to, in one question that is written once for many readers."""

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from django.db.models import BigIntegerField, CharField, Field, QuerySet, Value
from django.db.models.functions import Cast
from django.utils.translation import get_language

from actors.directory.models import Space
from actors.directory.reading.standing_in import reader_of
from actors.directory.rules.choices import NAMES, Choices, grouped_territories
from portal.core.asking import answers, filled, text_of
from portal.core.names import nearest_of
from portal.reference.models import Territory, Theme

if TYPE_CHECKING:
    from portal.accounts.models import User

KINDS: list[Field] = [CharField(), CharField(), BigIntegerField(), *[CharField()] * 5]


def narrowing(user: "User") -> dict[str, Choices]:
    """The territories, the themes and the spaces the reader may see, each in its order."""
    reader = reader_of(user)
    rows = answers(filled(text_of(reader, _values, _values), reader.keys), KINDS)
    found: dict[str, list[Any]] = defaultdict(list)
    for kind, _place, _number, *row in rows:
        found[kind].append(tuple(row))
    language = get_language() or "ar"

    def named(kind: str) -> Choices:
        return [(int(key), nearest_of({"ar": ar, "fr": fr, "en": en}, language)) for key, _, ar, fr, en in found[kind]]

    return {"territory": grouped_territories(found["territory"]), "theme": named("theme"), "space": named("space")}


def _values(user: "User") -> QuerySet[Any]:
    """Rows of the filter, the place in its order, the key, the level and the names in each language."""
    parts = (
        _names(Territory.objects.all(), "territory", place="code", number="", level="level"),
        _names(Theme.objects.filter(is_active=True), "theme", number="position"),
        _names(Space.objects.visible_to(user), "space", place="name_ar"),
    )
    return parts[0].union(*parts[1:], all=True).order_by("facet", "place", "number", "own")


def _names(rows: QuerySet[Any], facet: str, place: str = "", number: str = "pk", level: str = "") -> QuerySet[Any]:
    text = CharField()
    shown = rows.order_by().annotate(
        facet=Value(facet, output_field=text),
        place=Cast(place or Value(""), text),
        number=Cast(number or Value(0), BigIntegerField()),
        own=Cast("pk", text),
        wide=Cast(level or Value(""), text),
    )
    return shown.values_list("facet", "place", "number", "own", "wide", *(Cast(name, text) for name in NAMES))
