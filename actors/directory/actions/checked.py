"""Saving what the model's own rules allow, and ending terms of office."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _

from actors.directory.models.terms import Term
from portal.core import history
from portal.core.acting import Acting
from portal.core.errors import Refused


def save_checked(
    instance: models.Model,
    *,
    by: Acting,
    reason: str = "",
    links: Mapping[str, Iterable[Any]] | None = None,
    only: Iterable[str] | None = None,
) -> None:
    """Save after all rules of the model, with its `links` (`history.save`); those that are broken are Refused,
    each at its field.

    Refused too where somebody else writes the same at the same moment and only the database sees it.
    """
    try:
        # an address is made, not typed: that somebody took it at this moment is for the database to see
        instance.full_clean(exclude={"slug"})
    except ValidationError as error:
        raise Refused.by_model(error) from error
    try:
        with transaction.atomic():
            history.save(instance, by=by, reason=reason, links=links, only=only)
    except IntegrityError as error:
        raise Refused(_("Somebody else has just changed this. Reload the page to see where it stands.")) from error


def end_term(term: Term, *, ends_on: date, by: Acting) -> None:
    """Let the term run until `ends_on`, that day included. Refused when it is over already."""
    history.renew(term)
    refuse_ended(term, ends_on)
    term.ends_on = ends_on
    save_checked(term, by=by)


def refuse_ended(term: Term, ends_on: date) -> None:
    """Refused where the term is over by that day already."""
    if term.ends_on is not None and term.ends_on <= ends_on:
        raise Refused(_("This has already ended."), field="ends_on")


def belongs_to_itself(row: Any) -> bool:
    """True where the row is found again among what it belongs to, however far up."""
    above, seen = row.parent, set()
    while above is not None and above.pk not in seen:
        if above.pk == row.pk:
            return True
        seen.add(above.pk)
        above = above.parent
    return False
