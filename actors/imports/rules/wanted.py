"""What a decided row writes into the sheet it is about, as that stands now, and nothing its reader has not been shown.

When a row is checked, and again when somebody decides about it, what its target says in the fields that differ is
kept in `row.seen`:

    {"fields": {"acronym": "AAA", "phone": ""}, "archived": false}

1. A field that did not differ then is not written, whatever stands there now.
2. Filling writes what was empty then and is empty now.
3. A change is written over what was shown and nothing else: where somebody has changed the field since, or archived
   the sheet, the whole row is refused, and says why.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from actors.directory.rules.fields import LISTS, REACHED
from actors.imports.models import ImportRow
from actors.imports.rules.decisions import values_of
from actors.imports.rules.differences import Differences, compare, is_same
from actors.imports.rules.known import Known
from actors.imports.rules.words import heading
from actors.imports.table.cells import Fields

#: fields to which something is added: what stands there already stays
ADDED_TO = frozenset(field.others for field in REACHED)


@dataclass
class Wanted:
    """By field, the values to be written; where the row is `refused`, why, and none."""

    values: Fields = field(default_factory=dict)
    refused: str = ""


def is_named(row: ImportRow, known: Known) -> bool:
    """The row says by its identifier that it is this institution: then its spelling counts, and its lists are whole."""
    return any(one["code"] == "identifier_known" and one.get("slug") == known.slug for one in row.reasons)


def differences(row: ImportRow, known: Known) -> Differences:
    """What the row says otherwise than the institution, or the earlier row, as it stands now."""
    return compare(values_of(row), known, letter_by_letter=is_named(row, known))


def seen_of(found: Differences, known: Known) -> dict[str, Any]:
    """What is kept of the target when these differences from it are shown."""
    return {
        "fields": {key: known.fields[key] for key in (*found.fills, *found.changes)},
        "archived": known.is_archived,
    }


def wanted(row: ImportRow, known: Known) -> Wanted:
    """What the decision writes into the sheet as it stands."""
    found = differences(row, known)
    seen = seen_of(found, known) if row.seen is None else row.seen
    if known.is_archived and not seen["archived"]:
        return Wanted(refused=_("The sheet has been archived since the row was checked. The row is not written."))
    shown = seen["fields"]
    values = {key: value for key, value in found.fills.items() if key in shown}
    if row.decision == ImportRow.Decision.CHANGE:
        values |= {key: value for key, value in found.changes.items() if key in shown}
        if changed := [key for key in values if key not in ADDED_TO and not is_same(known.fields[key], shown[key])]:
            return Wanted(refused=_changed(changed))
    else:
        values = {key: value for key, value in values.items() if key in ADDED_TO or not shown[key]}
    return Wanted(_whole(values, known, is_named=is_named(row, known)))


def _whole(values: Mapping[str, Any], known: Known, *, is_named: bool) -> Fields:
    """A list that is not meant whole is what stands there and what the row adds."""
    if is_named:
        return dict(values)
    both = {key: list(dict.fromkeys([*known.fields[key], *values[key]])) for key in LISTS if key in values}
    return {**values, **both}


def _changed(keys: Iterable[str]) -> str:
    names = pgettext("between the parts of a list", ", ").join(dict.fromkeys(map(heading, keys)))
    told = _("Somebody has changed the sheet since the row was checked (%(fields)s). The row is not written.")
    return told % {"fields": names}
