"""Mail over SMTP that says of what it could not bring to an end how far it came.

`NoLine`: the server was not reached, or let nobody in; nothing was sent. `Unknown`: the whole of the mail was handed
over and the line broke before the answer, so that it may be on its way. Anything else: it was not taken.
"""

import smtplib
from typing import Any

from django.core.mail.backends.smtp import EmailBackend

#: seconds for the last answer: a server may look the mail through before it says yes
LAST_ANSWER = 60
END = b"\r\n.\r\n"


class NoLine(OSError):
    """The mail server is away, silent, or refuses the portal itself."""


class Unknown(OSError):
    """The mail was handed over; whether it was taken, nobody said."""


class _Line(smtplib.SMTP):
    is_handed_over = False

    def send(self, s: Any) -> None:
        super().send(s)
        # The point that ends a mail is its last line: who could not send it has handed over nothing.
        self.is_handed_over = isinstance(s, bytes) and s.endswith(END)
        if self.is_handed_over and self.sock is not None:
            self.sock.settimeout(LAST_ANSWER)

    def getreply(self) -> tuple[int, bytes]:
        try:
            return super().getreply()
        except OSError as failure:
            if self.is_handed_over:
                raise Unknown(f"the line broke after the mail was handed over: {failure}") from failure
            raise


class _SecureLine(_Line, smtplib.SMTP_SSL):
    pass


class MailServer(EmailBackend):
    """Django's, over a line that knows what it handed over."""

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        return _SecureLine if self.use_ssl else _Line

    def open(self) -> bool | None:
        try:
            return super().open()
        except OSError as failure:
            raise NoLine(f"{type(failure).__name__}: {failure}") from failure
