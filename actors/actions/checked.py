"""Saving what the model's own rules allow, and ending terms of office."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models
from django.utils.translation import gettext as _

from actors.models.terms import Term
from portal.core import history
from portal.core.errors import Refused

if TYPE_CHECKING:
    from portal.accounts.models import User


def save_checked(
    instance: models.Model, *, by: "User | None", reason: str = "", links: Mapping[str, Iterable[Any]] | None = None
) -> None:
    """Save after all rules of the model, with its `links`; the first one that is broken is Refused, at its field."""
    try:
        instance.full_clean()
    except ValidationError as error:
        field, sentences = next(iter(error.message_dict.items()))
        raise Refused(sentences[0], field=None if field == NON_FIELD_ERRORS else field) from error
    history.save(instance, by=by, reason=reason, links=links)


def end_term(term: Term, *, ends_on: date, by: "User") -> None:
    """Let the term run until `ends_on`, that day included. Refused when it is over already."""
    history.renew(term)
    if term.ends_on is not None and term.ends_on <= ends_on:
        raise Refused(_("This has already ended."), field="ends_on")
    term.ends_on = ends_on
    save_checked(term, by=by)
