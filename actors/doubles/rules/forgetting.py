"""Whoever withdraws their consent is forgotten in what merges wrote down, too."""

from django.db.models import TextField
from django.db.models.functions import Cast

from actors.directory.models import Contact
from actors.doubles.models import Merge
from portal.core.journal import Kept

#: what contact details say of a person
PERSON = ("person", "consent_on")


def forget_person(contact: Contact) -> None:
    """Take the person, and the day of their consent, out of everything merges wrote down of these contact details.

    The details that merges joined with them go along: they name the same person or nobody. Without this, undoing a
    merge would name again who no longer wants to be named, and the name would stay in a table nobody looks into.
    """
    label, keys = contact._meta.label_lower, {str(contact.pk)}
    as_text = Merge.objects.annotate(as_text=Cast("changes", TextField())).filter(as_text__contains=f'"{label}"')
    merges = list(as_text.select_for_update().order_by("-pk"))
    told = {merge: [one for one in merge.changes if one["model"] == label] for merge in merges}
    while joined := {key for merge in merges if merge.undone_at is None for key in _joined(told[merge], keys)} - keys:
        # What an undone merge had joined stands for itself again, with a consent of its own.
        keys |= joined
    for merge, changes in told.items():
        forgotten = [_forget(one) for one in changes if one["key"] in keys or _twin(one) in keys]
        if any(forgotten):
            merge.save(update_fields=["changes"])


def _twin(change: Kept) -> str:
    return str(change.get("twin", {}).get("key", ""))


def _joined(changes: list[Kept], keys: set[str]) -> set[str]:
    return {one["key"] for one in changes if _twin(one) in keys}


def _forget(change: Kept) -> bool:
    """Whether there was anything to forget in it."""
    kept = (change["values"], change.get("twin", {}).get("values", {}))
    return bool([name for values in kept for name in PERSON if values.pop(name, None) is not None])
