"""Who changed what, and when: every change on a model with history is saved through here."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import models, router, transaction
from django.db.models.deletion import Collector
from django.dispatch import receiver
from django.utils import timezone
from django.utils.translation import gettext as _
from simple_history.models import HistoricalRecords
from simple_history.signals import pre_create_historical_record

from portal.core.acting import named, person, signature
from portal.core.errors import Refused


class Signed(models.Model):
    """What a record of the history says of who acted where no account did: the portal, or the recipient of a link."""

    history_by = models.TextField(blank=True, default="")

    class Meta:
        abstract = True


class Records(HistoricalRecords):
    """History whose reason is a text, empty where none was given."""

    def get_change_reason_for_object(self, instance: models.Model, history_type: str, using: str) -> str:
        return super().get_change_reason_for_object(instance, history_type, using) or ""

    def post_save(self, instance: Any, created: bool, using: str | None = None, **kwargs: Any) -> None:
        for name, rows in instance.__dict__.pop("_links", {}).items():
            getattr(instance, name).set(rows)
        if instance.__dict__.pop("_restored", False):
            kwargs["raw"] = False
        super().post_save(instance, created, using, **kwargs)

    def post_delete(self, instance: Any, using: str | None = None, **kwargs: Any) -> None:
        if not instance.__dict__.pop("_recorded", False):
            super().post_delete(instance, using, **kwargs)

    def m2m_changed(self, *args: Any, **kwargs: Any) -> None:
        """Links are recorded with the save they belong to (`save(…, links=…)`), one record for one act."""

    def create_historical_record_m2ms(self, history_instance: Any, instance: Any) -> None:
        """The links as they stand, copied as keys: what they lead to is not read."""
        for field in history_instance._history_m2m_fields:
            model, links = self.m2m_models[field], field.remote_field.through._base_manager
            rows = links.filter(**{field.m2m_field_name(): instance.pk}).values()
            model._base_manager.bulk_create([model(history=history_instance, **row) for row in rows])


def history(links: Iterable[str] = (), without: Iterable[str] = ()) -> HistoricalRecords:
    """The history of a model, in a table of its own; `links` names the many-to-many fields that belong to it, `without`
    the columns whose history another row has."""
    reason = models.TextField(blank=True, default="")
    return Records(
        history_change_reason_field=reason, m2m_fields=list(links), excluded_fields=list(without), bases=[Signed]
    )


@receiver(pre_create_historical_record)
def sign(sender: object, instance: Any, history_instance: Any, **kwargs: Any) -> None:
    history_instance.history_by = getattr(instance, "_history_by", "")


def who(record: Any) -> str:
    """Who made this record of the history, for readers: a person, the portal, or the recipient of a link."""
    return str(record.history_user or named(record.history_by))


def is_by(record: Any, by: Any) -> bool:
    """True for a record of the history made by whoever acts now."""
    one = person(by)
    signed = (record.history_user_id, record.history_by) == (None, signature(by))
    return signed if one is None else record.history_user_id == one.pk


def _act(instance: Any, by: Any, reason: str) -> None:
    instance._history_user, instance._history_by = person(by), signature(by)
    instance._change_reason = reason


def save(
    instance: Any,
    *,
    by: Any,
    reason: str = "",
    links: Mapping[str, Iterable[Any]] | None = None,
    only: Iterable[str] | None = None,
) -> None:
    """Save with who acts in the history, and why where there is a reason.

    `links` are the new rows of many-to-many fields, set together with the save. `only` writes these columns and no
    other, so that the day of the last save stays what it was.
    Raises Refused where the row was read and is gone: what somebody deleted is not written again.
    """
    _act(instance, by, reason)
    instance._links = dict(links or {})
    try:
        instance.save(force_update=not instance._state.adding, update_fields=only)
    except instance.NotUpdated:
        raise Refused(_gone()) from None


@transaction.atomic
def make_all(
    instances: Sequence[Any], *, by: Any, reason: str = "", links: Sequence[Mapping[str, Iterable[Any]]] = ()
) -> None:
    """Write new rows of one model as `save` would write each, in as many queries for hundreds as for one.

    `links` has the rows of the many-to-many fields of each, in the same order. No signal is sent.
    """
    model = type(instances[0])
    model._base_manager.bulk_create(instances)
    records = _record_all(instances, "+", by=by, reason=reason)
    for name in dict.fromkeys(name for one in links for name in one):
        field: Any = model._meta.get_field(name)
        through, near, far = field.remote_field.through, field.m2m_field_name(), field.m2m_reverse_field_name()
        made = [
            (record, through(**{f"{near}_id": instance.pk, f"{far}_id": getattr(one, "pk", one)}))
            for record, instance, own in zip(records, instances, links, strict=True)
            for one in own.get(name, ())
        ]
        through._base_manager.bulk_create([row for _record, row in made])
        _record_links(field, made)


def _record_all(instances: Sequence[Any], kind: str, *, by: Any, reason: str) -> list[Any]:
    """The same line in the history of each: + for made, - for deleted."""
    kept = type(instances[0]).history.model
    line = {
        "history_date": timezone.now(), "history_type": kind, "history_user": person(by), "history_by": signature(by),
        "history_change_reason": reason,
    }  # fmt: skip
    columns = [field.attname for field in kept.tracked_fields]
    rows = [kept(**line, **{name: getattr(one, name) for name in columns}) for one in instances]
    return list(kept._base_manager.bulk_create(rows))


def _record_links(field: Any, made: Sequence[tuple[Any, Any]]) -> None:
    """The links that were made, beside the lines of the history of those they belong to."""
    kept = field.model.history.model
    if field.name not in {one.name for one in kept._history_m2m_fields}:
        return
    links = kept._meta.get_field(f"{kept._meta.model_name}_{field.name}").related_model
    columns = [one.attname for one in field.remote_field.through._meta.concrete_fields]
    links._base_manager.bulk_create(
        [links(history=record, **{name: getattr(row, name) for name in columns}) for record, row in made]
    )


def delete(instance: Any, *, by: Any, reason: str = "") -> None:
    """Delete with the person who acts in the history; its history stays. Raises Refused where the row is gone already:
    nobody takes away twice.
    """
    _act(instance, by, reason)
    with transaction.atomic():
        _check_gone(instance.delete(), [instance])


def restore(instance: Any, *, by: Any, reason: str = "") -> None:
    """Write a deleted row again under its old key, with every column as it is given, its own dates too."""
    _act(instance, by, reason)
    instance._restored = True
    instance.save_base(raw=True, force_insert=True)


def delete_all(instances: Sequence[Any], *, by: Any, reason: str = "") -> None:
    """Delete several rows of one model, each with its own last line of history, in as many queries as one takes.

    None of them goes when something protects one, or one is gone already (Refused).
    """
    if not instances:
        return
    for instance in instances:
        _act(instance, by, reason)
        instance._recorded = True
    collector = Collector(using=router.db_for_write(type(instances[0])), origin=instances[0])
    collector.collect(instances)
    with transaction.atomic():
        _record_all(instances, "-", by=by, reason=reason)
        _check_gone(collector.delete(), instances)


def _check_gone(deleted: tuple[int, dict[str, int]], instances: Sequence[Any]) -> None:
    """As many rows went as were to go; else nothing does, their last lines of history neither."""
    if deleted[1].get(instances[0]._meta.label, 0) < len(instances):
        raise Refused(_gone())


def move(instance: Any, to: str, *, by: Any, field: str = "state", reason: str = "", **changes: Any) -> None:
    """Move `instance` to the state `to`, once, along its TRANSITIONS; the other fields change with it.

    Two people acting at once: the conditional update lets one through, the other is Refused, with nothing written.
    Raises Refused when the table does not allow the move or the row has moved meanwhile.
    """
    here = getattr(instance, field)
    if to not in instance.TRANSITIONS.get(here, ()):
        raise Refused(
            _("This cannot be done while the state is “%(state)s”.")
            % {"state": instance._get_FIELD_display(instance._meta.get_field(field))}
        )
    with transaction.atomic():
        moved = type(instance)._base_manager.filter(pk=instance.pk, **{field: here}).update(**{field: to}, **changes)
        if not moved:
            raise Refused(_("Somebody else has just changed this. Reload the page to see where it stands."))
        renew(instance)
        save(instance, by=by, reason=reason)


def renew(instance: Any) -> None:
    """Bring every column up to date and keep the row until the transaction ends; nothing set or read before survives.

    A save writes the whole row: what somebody else wrote since this one was read would be undone by it.
    Raises Refused where the row is gone.
    """
    # Nobody writes a key: rows that point here are written meanwhile, as their keys ask for less.
    row = instance._meta.base_manager.select_for_update(no_key=True).filter(pk=instance.pk).first()
    if row is None:
        raise Refused(_gone())
    for column in instance._meta.concrete_fields:
        setattr(instance, column.attname, getattr(row, column.attname))
    instance._prefetched_objects_cache = {}


def _gone() -> str:
    return _("This has been removed meanwhile: there is nothing left to change.")
