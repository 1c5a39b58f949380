"""Whoever withdraws their consent is forgotten in what merges wrote down, too."""

from django.db.models import Q

from actors.directory.models import Contact
from actors.doubles.models import MovedRow

#: what contact details say of a person
PERSON = ("person", "consent_on")


def forget_person(contact: Contact) -> None:
    """Take the person, and the day of their consent, out of everything merges wrote down of these contact details.

    The details that merges joined with them go along: they name the same person or nobody. Without this, undoing a
    merge would name again who no longer wants to be named, and the name would stay in a table nobody looks into.
    """
    rows = MovedRow.objects.filter(model=contact._meta.label_lower)
    keys: set[str] = set()
    found = {str(contact.pk)}
    while found - keys:
        keys |= found
        # What an undone merge had joined stands for itself again, with a consent of its own.
        found = set(rows.filter(merge__undone_at=None, twin__in=keys).values_list("key", flat=True))
    for row in rows.filter(Q(key__in=keys) | Q(twin__in=keys)):
        kept = [
            {name: told for name, told in values.items() if name not in PERSON}
            for values in (row.values, row.twin_values)
        ]
        if kept != [row.values, row.twin_values]:
            row.values, row.twin_values = kept
            row.save(update_fields=["values", "twin_values"])
