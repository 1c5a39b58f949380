"""Rows of two sheets that meet, and what becomes of their terms."""

from collections.abc import Callable
from datetime import date
from typing import Any

from actors.directory.models import Contact
from actors.directory.models.terms import Term
from actors.doubles.registry import Values
from portal.core.dates import today

#: rows that hold from a day until another
HasTerm = Term | Contact


def meeting[R](rows: list[R], winner: Any, alike: Callable[[R, R], bool]) -> list[tuple[R, R]]:
    """Each of the loser's rows with the first of the winner's it is alike."""
    ours = [row for row in rows if row.actor_id == winner]  # type: ignore[attr-defined]
    theirs = [row for row in rows if row.actor_id != winner]  # type: ignore[attr-defined]
    found = ((row, next((one for one in ours if alike(one, row)), None)) for row in theirs)
    return [(row, twin) for row, twin in found if twin is not None]


def is_running(term: HasTerm) -> bool:
    """The term is not over."""
    return term.ends_on is None or term.ends_on >= today()


def overlap(one: HasTerm, other: HasTerm) -> bool:
    ends = [term.ends_on or date.max for term in (one, other)]
    starts = [term.starts_on or date.min for term in (one, other)]
    return max(starts) <= min(ends)


def longer_term(ours: HasTerm, theirs: HasTerm) -> Values:
    """From the earlier first day until the later last one, where an empty one has no bound."""
    values: Values = {}
    if ours.starts_on is not None and (theirs.starts_on is None or theirs.starts_on < ours.starts_on):
        values["starts_on"] = theirs.starts_on
    if ours.ends_on is not None and (theirs.ends_on is None or theirs.ends_on > ours.ends_on):
        values["ends_on"] = theirs.ends_on
    return values
