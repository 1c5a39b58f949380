"""The mails of an embedded portal, read back from the files they were written to."""

import re
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from email.utils import parsedate_to_datetime
from pathlib import Path

from django.conf import settings

FILE_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
#: what the file backend writes after each message
BETWEEN = re.compile(rb"\n-{79}\n")
NEWEST = 100


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail as it lies in the folder; its name is the file’s and its place in it."""

    name: str
    subject: str
    to: str
    sent_at: datetime | None
    language: str
    text: str


def folder() -> Path | None:
    """Where mail is written to, if it is written to files at all."""
    mailer: dict = settings.MAILERS["default"]
    return Path(mailer["OPTIONS"]["file_path"]) if mailer["BACKEND"] == FILE_BACKEND else None


def has_mailbox() -> bool:
    """Only a demonstration that writes its mail to files lets it be read."""
    return settings.IS_DEMO and folder() is not None


def mails() -> list[Mail]:
    """The newest mails first."""
    place = folder()
    if place is None or not place.is_dir():
        return []
    files = sorted(place.glob("*.log"), key=lambda path: (path.stat().st_mtime_ns, path.name), reverse=True)[:NEWEST]
    return [mail for path in files for mail in reversed(_read(path))]


def mail_named(name: str) -> Mail | None:
    """The mail of that name; names come from addresses, so only what the folder really holds is opened."""
    place = folder()
    stem, _sep, _number = name.rpartition(".")
    known = {path.stem: path for path in place.glob("*.log")} if place is not None and place.is_dir() else {}
    if stem not in known:
        return None
    return next((mail for mail in _read(known[stem]) if mail.name == name), None)


def _read(path: Path) -> list[Mail]:
    parts = [part for part in BETWEEN.split(path.read_bytes()) if part.strip()]
    return [
        _mail(f"{path.stem}.{number}", message_from_bytes(part, policy=default)) for number, part in enumerate(parts, 1)
    ]


def _mail(name: str, message: EmailMessage) -> Mail:
    body = message.get_body(("plain",))
    return Mail(
        name=name,
        subject=str(message["Subject"] or ""),
        to=str(message["To"] or ""),
        sent_at=parsedate_to_datetime(message["Date"]) if message["Date"] else None,
        language=str(message["Content-Language"] or ""),
        text=body.get_content() if body is not None else "",
    )
