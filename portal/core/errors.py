"""The one refusal of the portal."""

from django.core.exceptions import ValidationError


class Refused(ValidationError):
    """An act that a rule forbids now; always carries a sentence in the reader's language.

    Being a ValidationError, it goes straight into `form.add_error(refusal.field, refusal)`.
    `details` carries what a page needs to explain more (both texts of a conflict, for instance).
    """

    def __init__(self, message: str, *, field: str | None = None, **details: object) -> None:
        super().__init__(message)
        self.field = field
        self.details = details

    def __str__(self) -> str:
        return " ".join(self.messages)
