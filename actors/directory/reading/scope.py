"""On what and where an institution works, read in one query."""

from types import SimpleNamespace
from typing import TYPE_CHECKING

from django.db.models import CharField, Value
from django.db.models.functions import Cast
from django.utils.translation import get_language

from actors.directory.rules.choices import territory_label
from portal.core.names import in_language

if TYPE_CHECKING:
    from actors.directory.models import Actor

FIELDS = ("what", "place", "name_ar", "name_fr", "name_en", "sort_of")


def themes_and_areas(actor: "Actor") -> tuple[list[str], list[str]]:
    """The names of its themes in their order, and of its areas of action from the widest to the smallest."""
    as_text = CharField()
    themes = actor.themes.annotate(
        what=Value("theme", as_text), place=Cast("position", as_text), sort_of=Cast("kind", as_text)
    )
    areas = actor.areas.annotate(
        what=Value("area", as_text), place=Cast("code", as_text), sort_of=Cast("level", as_text)
    )
    found = themes.order_by().values(*FIELDS).union(areas.order_by().values(*FIELDS)).order_by("place")
    rows = [SimpleNamespace(**row) for row in found]
    named_themes = sorted((row for row in rows if row.what == "theme"), key=lambda row: int(row.place))
    named_areas = sorted((row for row in rows if row.what == "area"), key=lambda row: (row.place.count("."), row.place))
    return [_name(row) for row in named_themes], [territory_label(_name(row), row.sort_of) for row in named_areas]


def _name(row: SimpleNamespace) -> str:
    return in_language(row, "name", get_language() or "ar")
