"""The two refusals of the portal: the input cannot be taken, and this person may not."""

from django.core.exceptions import PermissionDenied, ValidationError


class Refused(ValidationError):
    """What was sent cannot be taken now; always carries a sentence in the reader's language.

    Being a ValidationError, it goes straight into `form.add_error(refusal.field, refusal)`.
    `details` carries what a page needs to explain more (both texts of a conflict, for instance).
    """

    def __init__(self, message: str, *, field: str | None = None, **details: object) -> None:
        super().__init__(message)
        self.field = field
        self.details = details

    def __str__(self) -> str:
        return self.messages[0]


class Forbidden(PermissionDenied):
    """This person may not do this, whatever they send; always carries a sentence in the reader's language."""


def refuse(reason: str, *, field: str | None = None) -> None:
    """Raise Refused with the reason, where there is one."""
    if reason:
        raise Refused(reason, field=field)
