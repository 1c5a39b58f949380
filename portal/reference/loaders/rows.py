"""One row written by a load, and the tally of what was done."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from portal.reference.models.loaded import Loaded

ADDED, CHANGED, UNCHANGED, KEPT, REMOVED = "added", "changed", "unchanged", "kept as corrected", "removed"
#: in the order in which a tally is told
OUTCOMES = (ADDED, CHANGED, UNCHANGED, KEPT, REMOVED)


def write(row: Loaded | None, model: type[Loaded], values: Mapping[str, Any], *, keep: bool = False) -> str:
    """Bring `row` (None: a new one) to `values`, unless it was corrected by hand; says which it was."""
    if row is None:
        model(**values).save(force_insert=True)
        return ADDED
    different = [name for name, value in values.items() if getattr(row, name) != value]
    if different and (keep or row.is_edited):
        return KEPT
    if not different:
        return UNCHANGED
    for name in different:
        setattr(row, name, values[name])
    row.save(update_fields=different)
    return CHANGED


def told(tally: Counter[str]) -> str:
    """“added 3, unchanged 8”; the first three always, the others when there is something to say."""
    return ", ".join(f"{outcome} {tally[outcome]}" for outcome in OUTCOMES if outcome in OUTCOMES[:3] or tally[outcome])
