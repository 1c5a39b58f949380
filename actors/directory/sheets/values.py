"""What a sheet said at one moment, field by field, and how its values read."""

from collections.abc import Iterable, Mapping
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from django.db.models import CharField, ForeignKey, Value
from django.db.models.functions import Cast
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from actors.directory.models import Actor
from actors.directory.rules.choices import territory_label
from actors.directory.rules.fields import BY_NAME, LINKS, SHEET, Reads
from portal.core.dates import day_text
from portal.core.names import in_language

if TYPE_CHECKING:
    from django.db.models import Model, QuerySet

#: everything of a sheet that is told, in the order of its form; by which number another list knows it is not
FIELDS = tuple(field.name for field in SHEET if field.reads is not Reads.IDENTIFIER)
NOTHING = "–"
#: letters from which a text gets lines of its own
LONG = 60

#: field: what it says; rows as their keys, links and other names as lists in order
Values = dict[str, Any]


def values_of(record: Any) -> Values:
    """What a sheet, or a record of its history, says in the fields of its own table."""
    return {name: _plain(record, name) for name in FIELDS if name not in LINKS}


def _plain(record: Any, name: str) -> Any:
    field = record._meta.get_field(name)
    value = getattr(record, field.attname)
    return str(value or "") if BY_NAME[name].reads is Reads.PICTURE else value


def values_now(actor: Actor) -> Values:
    """What the sheet says now, its links read from the database."""
    links = {name: sorted(getattr(actor, name).order_by().values_list("pk", flat=True)) for name in LINKS}
    return values_of(actor) | links


def values_at(actor: Actor, records: Iterable[Any], texts: "Texts") -> dict[int, Values]:
    """By number of the record: what these records of the history of the sheet said; one query for all their links.

    `texts` learns the names of what was linked.
    """
    said = {record.history_id: values_of(record) | {name: [] for name in LINKS} for record in records}
    if not said:
        return said
    # Two tables of links in one query: what they have in common is named the same.
    rows = [_linked(actor, name, list(said)) for name in LINKS]
    for name, number, key, *names, level in rows[0].union(rows[1], all=True).order_by():
        field = Actor._meta.get_field(name)
        key = field.related_model._meta.pk.to_python(key)  # type: ignore[union-attr]
        said[number][name].append(key)
        texts.learn(name, key, dict(zip(("ar", "fr", "en"), names, strict=True)), level)
    for values in said.values():
        for name in LINKS:
            values[name].sort()
    return said


def _linked(actor: Actor, name: str, numbers: list[int]) -> "QuerySet":
    through = getattr(actor.history.model, name).model
    target = Actor._meta.get_field(name).m2m_reverse_field_name()  # type: ignore[union-attr]
    text, level = CharField(), "level" if name == "areas" else "kind"
    return (
        through.objects.filter(history_id__in=numbers)
        .order_by()
        .annotate(link=Value(name, text), key=Cast(target, text), sort=Cast(f"{target}__{level}", text))
        .values_list("link", "history_id", "key", *(f"{target}__name_{code}" for code in ("ar", "fr", "en")), "sort")
    )


class Texts:
    """Values as people read them: labels of choices, names behind keys; each name is asked once, best beforehand."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, Any], str] = {}

    def learn(self, field: str, key: Any, names: Mapping[str, str], level: str = "") -> None:
        """Names in three languages of what `field` points at with `key`."""
        row = SimpleNamespace(**{f"name_{code}": text for code, text in names.items()})
        name = in_language(row, "name", get_language() or "ar")
        self._known[field, key] = territory_label(name, level) if field == "areas" else name

    def learn_row(self, field: str, row: "Model | None") -> None:
        """The row that `field` points at, already read."""
        if row is not None:
            self._known[field, row.pk] = str(row)

    def learn_keys(self, said: Iterable[Values]) -> None:
        """Every row that these values point at, at most one query for each table."""
        wanted: dict[str, set[Any]] = {}
        for values in said:
            for field, value in values.items():
                if _points(field):
                    keys = value if field in LINKS else [value]
                    wanted.setdefault(field, set()).update(
                        key for key in keys if key is not None and (field, key) not in self._known
                    )
        tables: dict[Any, set[Any]] = {}
        for field, keys in wanted.items():
            tables.setdefault(_model(field), set()).update(keys)
        rows = {model: _named_rows(model).in_bulk(list(keys)) for model, keys in tables.items() if keys}
        for field, keys in wanted.items():
            for key in keys:
                if (row := rows.get(_model(field), {}).get(key)) is not None:
                    text = str(row)
                    self._known[field, key] = territory_label(text, row.level) if field == "areas" else text

    def one(self, field: str, value: Any) -> str:
        """One value: a label, a name, a text; “–” for nothing."""
        if value in (None, "", []):
            return NOTHING
        if _points(field) and not isinstance(value, list):
            if (field, value) not in self._known:
                self.learn_keys([{field: [value] if field in LINKS else value}])
            return self._known.get((field, value), str(value))
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        if isinstance(value, list):
            return (
                pgettext("between the parts of a list", ", ").join(self.one(field, part) for part in value)
                if field in LINKS
                else " · ".join(value)
            )
        if BY_NAME[field].reads is Reads.PICTURE:
            return _("a picture")
        if BY_NAME[field].reads is Reads.DAY:
            return day_text(value)
        return str(dict(getattr(Actor._meta.get_field(field), "flatchoices", ())).get(value, value))


def label_of(field: str) -> str:
    """What a form calls the field."""
    return str(lazy_label_of(field))


def lazy_label_of(field: str) -> Any:
    """The same, to be read in somebody else's language later."""
    return getattr(Actor._meta.get_field(field), "verbose_name", field)


def column_of(field: str) -> str:
    """The attribute that holds the field's own value: the key of a row where it points at one."""
    return str(getattr(Actor._meta.get_field(field), "attname", field))


def _points(field: str) -> bool:
    return field in LINKS or isinstance(Actor._meta.get_field(field), ForeignKey)


def _model(field: str) -> Any:
    return Actor._meta.get_field(field).related_model


def _named_rows(model: Any) -> "QuerySet":
    """Rows with their names and nothing heavier."""
    names = ("name_ar", "name_fr", "name_en")
    return model._base_manager.only(*names, "level") if hasattr(model, "level") else model._base_manager.only(*names)


def are_long(*texts: str) -> bool:
    """Texts that are read one below the other rather than side by side."""
    return max(map(len, texts)) > LONG
