"""What the frame around every page needs; nothing is asked of the database before a template uses it."""

from dataclasses import dataclass
from functools import cached_property
from urllib.parse import quote

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from portal.core.pages import place_of
from portal.home.told import ToldOfPage, told_of
from portal.notifications.reading.bell import bell_of

#: in the address of a page opened beside one that keeps what its reader wrote
KEPT = "kept"
NOUNS = ("actors", "spaces", "meetings", "recommendations")


@dataclass(frozen=True)
class LanguageLink:
    """The same page in another language."""

    code: str
    name: str
    short: str
    url: str
    current: bool


class PageFrame:
    """The frame of one page, for one reader."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @property
    def is_demo(self) -> bool:
        return settings.IS_DEMO

    @property
    def styleguide(self) -> bool:
        return settings.STYLEGUIDE

    @cached_property
    def noun(self) -> str:
        """Which of the four nouns this page belongs to; `home` for the desk, nothing elsewhere."""
        parts = self._request.path_info.strip("/").split("/")
        if len(parts) == 1:
            return "home"
        return parts[1] if parts[1] in NOUNS else ""

    @cached_property
    def told(self) -> ToldOfPage | None:
        """What others are told of this page; None where a visitor would not find it."""
        return told_of(self._request, self.noun)

    @cached_property
    def languages(self) -> list[LanguageLink]:
        """Links to this very page in every language, its query kept."""
        current = get_language()
        return [
            LanguageLink(code, name, name if code == "ar" else code.upper(), self._in_language(code), code == current)
            for code, name in settings.LANGUAGES
        ]

    @cached_property
    def sign_in(self) -> str:
        """Where to sign in, to come back to this page; the pages of the account hand on where they lead."""
        address = reverse("account_login")
        sent = self._request.GET.get("next") or self._request.POST.get("next", "")
        back = sent if self._place.startswith(address.removesuffix("login/")) else self._place
        return f"{address}?next={quote(back, safe='')}" if back else address

    @cached_property
    def sign_in_beside(self) -> str:
        """The same in a window beside this one, in which what was sent is kept; the page that opens then says so."""
        mark = f"{'&' if '?' in self._place else '?'}{KEPT}=1"
        return f"{reverse('account_login')}?next={quote(self._place + mark, safe='')}"

    @property
    def is_beside_kept(self) -> bool:
        """What its reader wrote is in another window."""
        return KEPT in self._request.GET and self._request.method == "GET"

    @cached_property
    def _place(self) -> str:
        return place_of(self._request)

    @property
    def unread(self) -> int:
        """How many notifications wait behind the bell, without those that lead to this page."""
        return bell_of(self._request).unread

    @property
    def bell(self) -> str:
        """What the bell says to who cannot see it."""
        return _("Notifications: %(count)s unread") % {"count": self.unread} if self.unread else _("Notifications")

    def _in_language(self, code: str) -> str:
        # Only the first part of an address is in a language, so it is exchanged without resolving anything:
        # `translate_url` costs a look-up for each language, and gives up on pages that are not found.
        first, _slash, rest = self._place.lstrip("/").partition("/")
        return f"/{code}/{rest}" if first in dict(settings.LANGUAGES) else f"/{code}/"


def frame(request: HttpRequest) -> dict[str, PageFrame]:
    """The context processor: one object that answers when asked."""
    return {"frame": PageFrame(request)}
