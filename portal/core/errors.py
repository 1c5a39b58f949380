"""The refusals of the portal: the input cannot be taken, this person may not, or not so often; what is there no more,
or away."""

import errno
import sqlite3
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied, ValidationError
from django.db import InterfaceError, OperationalError
from django.http import Http404
from django.utils.translation import gettext as _

SQLITE_AWAY = {
    sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_CANTOPEN,
}  # fmt: skip


class Refused(ValidationError):
    """What was sent cannot be taken now; always carries a sentence in the reader's language.

    Being a ValidationError, it goes straight into `form.add_error(refusal.field, refusal)`.
    `fields` has a sentence for each field where several are refused at once; the first is the message. `details`
    carries what a page needs to explain more (both texts of a conflict, for instance).
    """

    def __init__(
        self, message: str, *, field: str | None = None, fields: Mapping[Any, str] | None = None, **details: object
    ) -> None:
        super().__init__(message)
        self.field = field
        self.fields = fields or {}
        self.details = details

    @classmethod
    def by_model(cls, error: ValidationError) -> "Refused":
        """What `full_clean` refuses, each sentence at its field."""
        sentences = {None if name == NON_FIELD_ERRORS else name: said[0] for name, said in error.message_dict.items()}
        field = next(iter(sentences))
        return cls(sentences[field], field=field, fields=sentences)

    def __str__(self) -> str:
        return self.messages[0]


class NotNow(Refused):
    """Nothing is wrong with what was sent: all turns are taken, and in a moment it can be taken."""


class Forbidden(PermissionDenied):
    """This person may not do this, whatever they send; always carries a sentence in the reader's language."""


class FileGone(Http404):
    """A row names a file that the disk does not have; says so to whom it was open."""

    def __init__(self) -> None:
        super().__init__(
            _("This file is not on the portal’s disk any more. The administrators are told of it every night.")
        )


class TooOften(Exception):
    """This was done too often in a short time; it may be done again at the instant `until`."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until)
        self.until = until


def refuse(reason: str, *, field: str | None = None) -> None:
    """Raise Refused with the reason, where there is one."""
    if reason:
        raise Refused(reason, field=field)


def refuse_all(fields: Mapping[str, str]) -> None:
    """Raise Refused with what is wrong in each field, where anything is."""
    for field, sentence in fields.items():
        raise Refused(sentence, field=field, fields=fields)


def is_away(error: BaseException | None) -> bool:
    """Whether a server the portal stands on could not be asked, or had no room: nothing is wrong with what was sent."""
    if isinstance(error, InterfaceError | OperationalError):
        # SQLite says so of a missing table too.
        of_sqlite = getattr(error.__cause__, "sqlite_errorcode", None)
        return of_sqlite is None or of_sqlite & 0xFF in SQLITE_AWAY
    has_no_room = isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}
    return has_no_room or isinstance(error, NotNow)
