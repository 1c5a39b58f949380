"""What is open for an institution: apps above say it, a hand-over lists it.

Registered from `AppConfig.ready()` of the apps above; asked by `actors.directory.actions.handing_over`.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils import timezone
from django.utils.translation import override

from portal.core.dates import day_text

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from actors.directory.models import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenItem:
    """One thing that waits: written out in each language, so nothing may be translated before."""

    #: the heading it stands under
    what: "StrOrPromise"
    #: what `str()` makes a title of, in the active language
    title: object
    reference: str = ""
    #: a day, or what `str()` makes a text of; empty where there is none
    due: object = ""
    state: object = ""

    def written(self) -> dict[str, str]:
        """The item in the active language, as a hand-over keeps it."""
        due = day_text(self.due) if isinstance(self.due, date | datetime) else str(self.due)
        return {
            "what": str(self.what),
            "title": str(self.title),
            "reference": self.reference,
            "due": due,
            "state": str(self.state),
        }


#: `source(actor, day, now)`: what waits for the institution at `now` and concerns whoever answers for it from `day`
Source = Callable[["Actor", date, datetime], Iterable[OpenItem]]

_sources: dict[str, Source] = {}


def register_open_items(name: str, source: Source) -> None:
    """Let a hand-over ask the source, a few queries each. Registering a name again replaces it."""
    _sources[name] = source


def open_items_of(actor: "Actor", day: date, now: datetime | None = None) -> dict[str, list[dict[str, str]]]:
    """By language, what is open for the institution; the sources are asked once, in the order of their names."""
    now = now or timezone.now()
    items = [item for _name, source in sorted(_sources.items()) for item in source(actor, day, now)]
    written = {}
    for code, _label in settings.LANGUAGES:
        with override(code):
            written[code] = [item.written() for item in items]
    return written
