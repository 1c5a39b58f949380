"""Many rows at once, and the history that each would have had: written in the database, from the rows themselves."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, models
from django.utils import timezone

from portal.core.acting import THE_PORTAL, signature

BATCH = 2000


def insert[M: models.Model](rows: Sequence[M]) -> Sequence[M]:
    """Write the new rows of one model, with their keys."""
    if rows:
        type(rows[0])._base_manager.bulk_create(rows, batch_size=BATCH)
    return rows


def link(owner: type[models.Model], field: str, pairs: Iterable[tuple[int, Any]]) -> None:
    """Write the rows of a many-to-many field: keys of the owner, keys of what it leads to."""
    through: Any = getattr(owner, field).through
    near, far = (owner._meta.get_field(field).m2m_field_name(), owner._meta.get_field(field).m2m_reverse_field_name())  # type: ignore[union-attr]
    rows = [through(**{f"{near}_id": one, f"{far}_id": other}) for one, other in dict.fromkeys(pairs)]
    through._base_manager.bulk_create(rows, batch_size=BATCH)


def last_key(model: type[models.Model]) -> int:
    """The greatest key there is; 0 where there is no row."""
    return model._base_manager.aggregate(last=models.Max("pk"))["last"] or 0


def record(model: Any, after: int) -> None:
    """History of the rows with a key above `after`: created by the portal, now."""
    kept = model.history.model
    columns = [field.column for field in kept.tracked_fields]
    table, source = _quoted(kept._meta.db_table), _quoted(model._meta.db_table)
    names = ", ".join(_quoted(column) for column in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({names}, history_date, history_type, history_change_reason, history_by)"  # noqa: S608 - names of our own tables
            f" SELECT {names}, %s, '+', '', %s FROM {source} WHERE id > %s",
            [timezone.now(), signature(THE_PORTAL), after],
        )
        for field in kept._history_m2m_fields:
            _record_links(cursor, model, field, after)


def _record_links(cursor: Any, model: Any, field: Any, after: int) -> None:
    """The links as they stand, beside the record of each row."""
    kept, through = model.history.model, field.remote_field.through
    links = kept._meta.get_field(f"{kept._meta.model_name}_{field.name}").related_model
    owner, other = (
        _quoted(through._meta.get_field(name).column)
        for name in (field.m2m_field_name(), field.m2m_reverse_field_name())
    )
    cursor.execute(
        f"INSERT INTO {_quoted(links._meta.db_table)} (history_id, id, {owner}, {other})"  # noqa: S608
        f" SELECT h.history_id, l.id, l.{owner}, l.{other}"
        f" FROM {_quoted(through._meta.db_table)} l JOIN {_quoted(kept._meta.db_table)} h ON h.id = l.{owner}"
        f" WHERE l.{owner} > %s AND h.history_type = '+'",
        [after],
    )


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)
