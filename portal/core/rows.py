"""Rows as JSON keeps them, so that an act can be undone: written, compared and read again."""

from collections.abc import Collection, Mapping
from datetime import date, time
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import models
from django.db.models.fields.files import FieldFile


def plain(value: Any) -> Any:
    """The value of a column as JSON: instants and days as ISO 8601, files as their names."""
    match value:
        case date() | time():
            return value.isoformat()
        case Decimal() | UUID():
            return str(value)
        case FieldFile():
            return value.name or ""
    return value


def column(model: type[models.Model], name: str) -> Any:
    """The field of that name, or whose column is called so."""
    return model._meta.get_field(name)


def is_link(model: type[models.Model], name: str) -> bool:
    """Whether `name` is a many-to-many field of the model, which no column holds."""
    return bool(column(model, name).many_to_many)


def value_of(row: models.Model, attname: str) -> Any:
    """What the column says, as JSON; of links their keys in order."""
    if is_link(type(row), attname):
        return sorted(getattr(row, attname).order_by().values_list("pk", flat=True))
    return plain(column(type(row), attname).value_from_object(row))


def read(model: type[models.Model], attname: str, value: Any) -> Any:
    """The value of a column, from what `plain` made of it."""
    if is_link(model, attname):
        return value
    field = column(model, attname)
    return field.target_field.to_python(value) if field.is_relation else field.to_python(value)


def whole(row: models.Model) -> dict[str, Any]:
    """Every column of the row, as JSON."""
    return {field.attname: value_of(row, field.attname) for field in row._meta.concrete_fields}


def row_again(model: type[models.Model], values: Mapping[str, Any]) -> models.Model:
    """The row that `whole` wrote down, not saved; a column that the model has lost since is left out."""
    known = {field.attname for field in model._meta.concrete_fields}
    return model(**{name: read(model, name, value) for name, value in values.items() if name in known})


def model_called(label: str) -> type[models.Model] | None:
    """The model of a label like `meetings.invitation`; None when there is no such model any more."""
    try:
        return apps.get_model(label)
    except (LookupError, ValueError):
        return None


def missing_targets(row: models.Model, columns: Collection[str]) -> list[Any]:
    """The foreign keys among these columns whose target is gone: the database would only say so at the end."""
    missing: list[Any] = []
    field: Any
    for field in row._meta.concrete_fields:
        key = getattr(row, field.attname)
        if field.attname not in columns or key is None:
            continue
        if field.is_relation and getattr(field, "db_constraint", False):
            target = field.related_model._base_manager.filter(**{field.target_field.attname: key})
            if not target.exists():
                missing.append(field)
    return missing
