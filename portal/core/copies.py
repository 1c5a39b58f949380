"""Columns that repeat what another row says, so that one index answers for both.

A list is narrowed and ordered by what the rows it belongs to say (who sees the meeting a recommendation is of, and when
it began); joined, the database reads and sorts the whole table for one page of it. Such a column has one writer: the
save of the row it repeats, through `follow`. A save of its own row leaves it as the database has it, so that nobody who
read the row earlier writes an old value back.
"""

from typing import Any

from django.db import models, transaction
from django.db.models import F
from django.db.models.signals import post_save


class Copy(models.Field):
    """A field that repeats `of`: an attribute of the row to which the model's link leads, such as `starts_at`; without
    `of`, what a receiver of the app writes. One that `is_filled` is empty only while its row is being made."""

    def __init__(self, *args: Any, of: str = "", is_filled: bool = False, **options: Any) -> None:
        super().__init__(*args, **options | {"editable": False})
        self.of, self.is_filled = of, is_filled

    def deconstruct(self) -> Any:
        """To migrations an ordinary column."""
        name, _path, args, options = super().deconstruct()
        plain = type(self).__bases__[1]
        return name, f"django.db.models.{plain.__name__}", args, options

    def pre_save(self, instance: models.Model, add: bool) -> Any:
        return super().pre_save(instance, add) if add else F(self.attname)


class CharCopy(Copy, models.CharField):
    """A copied text."""


class KeyCopy(Copy, models.BigIntegerField):
    """The copied key of a row; no relation, so that nothing but the row it repeats is asked when that row goes."""


class DateTimeCopy(Copy, models.DateTimeField):
    """A copied moment."""


def copies_of(model: type[models.Model]) -> dict[str, str]:
    """What the columns of the model repeat: an attribute, by the name of the column."""
    return {field.attname: field.of for field in model._meta.concrete_fields if isinstance(field, Copy) and field.of}


def follow(model: type[models.Model], link: str) -> None:
    """From now on the copies in `model` follow the row to which its foreign key `link` leads: at every save of that
    row, and when a row of `model` is made."""
    field: Any = model._meta.get_field(link)
    label = f"{model._meta.label}.{link}"

    def source_saved(instance: Any, raw: bool = False, **kwargs: Any) -> None:
        repeat(model, link, instance.pk)

    def row_made(instance: Any, created: bool, **kwargs: Any) -> None:
        if created:
            repeat(model, link, getattr(instance, field.attname), instance.pk)

    post_save.connect(source_saved, sender=field.related_model, weak=False, dispatch_uid=f"{label}.source")
    post_save.connect(row_made, sender=model, weak=False, dispatch_uid=f"{label}.row")


def derive(rows: "models.QuerySet[Any]", **said: Any) -> None:
    """Write copies that several rows say together, so that no `follow` can: an expression for each column."""
    columns = {field.name for field in rows.model._meta.concrete_fields if isinstance(field, Copy)}
    if not columns >= said.keys():
        raise ValueError(f"Only copies are written like this: {sorted(said.keys() - columns)}")
    rows.update(**said)


def repeat(model: type[models.Model], link: str, source_pk: Any, pk: Any = None) -> None:
    """Write what the row `source_pk` says now into the rows that belong to it, or into the one of key `pk`.

    The source is kept until the transaction ends: a row that is made while its source is saved elsewhere has either
    the old word, and is written by that save, or the new one.
    """
    source_model: Any = model._meta.get_field(link).related_model
    with transaction.atomic(savepoint=False):
        source = source_model._base_manager.select_for_update(no_key=True).filter(pk=source_pk).first()
        if source is None:
            return
        said = {attname: getattr(source, of) for attname, of in copies_of(model).items()}
        rows = model._base_manager.filter(**{link: source_pk})
        if pk is not None:
            rows = rows.filter(pk=pk)
        rows.exclude(**said).update(**said)
