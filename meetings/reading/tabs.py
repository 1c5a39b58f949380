"""The tabs of a meeting's page; upper apps add theirs from `AppConfig.ready()`."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.core.routes import address_to

if TYPE_CHECKING:
    from meetings.reading.seen import Seen


def _uncounted(seen: "Seen") -> int | None:
    return None


def _always(seen: "Seen") -> bool:
    return True


@dataclass(frozen=True)
class Tab:
    """One tab, a real link to `url_name`; `count` and `visible` are asked with what the reader sees."""

    key: str
    label: str | Promise
    url_name: str
    count: Callable[["Seen"], int | None] = _uncounted
    order: int = 50
    visible: Callable[["Seen"], bool] = _always


_tabs: dict[str, Tab] = {}


def register(tab: Tab) -> None:
    """Hang a tab in; the same key again replaces it."""
    _tabs[tab.key] = tab


def tabs_for(seen: "Seen", current: str) -> list[dict[str, object]]:
    """What components/tabs.html draws, for one reader of one meeting."""
    return [
        {
            "key": tab.key,
            "label": tab.label,
            "url": address_to(tab.url_name, seen.meeting.reference),
            "count": tab.count(seen),
            "current": tab.key == current,
        }
        for tab in sorted(_tabs.values(), key=lambda tab: tab.order)
        if tab.key == current or tab.visible(seen)
    ]


register(Tab("programme", pgettext_lazy("of a meeting", "Programme"), "meetings:meeting", order=10))
register(
    Tab(
        "participation",
        _("Invitations and attendance"),
        "meetings:participation",
        count=lambda seen: len(seen.institutions) or None,
        order=20,
        visible=lambda seen: seen.inside or bool(seen.institutions),
    )
)
register(
    Tab(
        "minutes",
        _("Minutes"),
        "meetings:minutes",
        order=30,
        visible=lambda seen: seen.inside or seen.has_adopted_minutes,
    )
)
register(
    Tab(
        "documents",
        _("Documents"),
        "meetings:documents",
        count=lambda seen: seen.documents_count or None,
        order=50,
        visible=lambda seen: seen.inside or bool(seen.documents_count),
    )
)
register(Tab("report", _("Report"), "meetings:report", order=60, visible=lambda seen: seen.steers or seen.has_report))
