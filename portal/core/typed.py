"""What somebody sent with a form that could not be taken: kept on the page that says so, to be copied or sent again."""

import re
from dataclasses import dataclass, field

from django.http import HttpRequest

from portal.core.keys import AGAIN, CSRF, KEY
from portal.core.pages import parts_of
from portal.core.text import without_controls

#: what the portal wrote into the form, beside what its sender says
OURS = {KEY, AGAIN, CSRF, "seen", "next"}
#: behind the name of a box in which a row is chosen by its name: what was written, and for what it was chosen
NAMED, MEANT = "_named", "_meant"
SECRETS = {"password", "oldpassword", "token", "secret"}
#: what a name ends with that is a secret too; `code` alone is the short name of a space or a theme
SECRET_CODE = re.compile(r".+[_-]code")
#: a value of a choice, a number, a day: nothing anybody wrote
CODE = re.compile(r"[\w.:/+-]*", re.ASCII)
#: a day and hour as our forms carry them along: long, and still no words
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)?", re.ASCII)
#: a word this long is no code
WORTH_KEEPING = 12


@dataclass(frozen=True)
class SentForm:
    """A form as it was sent, without its secrets; empty for a form that another site sent."""

    #: every input and its value, as they can be sent again
    inputs: list[tuple[str, str]] = field(default_factory=list)
    #: of each input for files the names of those chosen: a page cannot keep them
    files: list[tuple[str, list[str]]] = field(default_factory=list)
    #: the form had something that must not be kept, so it cannot be sent again from here
    has_secrets: bool = False

    @property
    def texts(self) -> list[str]:
        """What was written, to be read and copied; choices, numbers and days are kept among the inputs."""
        return [
            value
            for name, value in self.inputs
            if name not in OURS and not name.endswith((NAMED, MEANT)) and _is_written(value)
        ]

    @property
    def says_something(self) -> bool:
        """More than that a button was pressed."""
        return bool(self.files) or any(value.strip() for name, value in self.inputs if name not in OURS)


def typed_in(request: HttpRequest) -> SentForm:
    """What of the form that was sent may be shown again.

    Nothing of a form that another site sent: a foreign page could otherwise write its own words into ours.
    """
    if request.method != "POST" or not _is_our_own(request):
        return SentForm()
    sent = {name: values for name, values in request.POST.lists() if name != CSRF}
    secret = {name for name in sent if _is_secret(name.lower())}
    return SentForm(
        inputs=[
            (name, without_controls(value)) for name, values in sent.items() if name not in secret for value in values
        ],
        files=[(name, [str(file.name) for file in files]) for name, files in request.FILES.lists()],
        has_secrets=bool(secret),
    )


def _is_secret(name: str) -> bool:
    return bool(SECRET_CODE.fullmatch(name) or SECRETS & set(re.split(r"[_\d-]", name)))


def _is_written(value: str) -> bool:
    value = value.strip()
    return bool(value) and not MOMENT.fullmatch(value) and (len(value) >= WORTH_KEEPING or not CODE.fullmatch(value))


def _is_our_own(request: HttpRequest) -> bool:
    site = request.headers.get("Sec-Fetch-Site", "")
    if site:
        return site == "same-origin"
    sender = request.headers.get("Origin") or request.headers.get("Referer", "")
    return parts_of(sender).netloc == request.get_host()
