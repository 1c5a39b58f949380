"""The mails to institutions that did not arrive, for who answers for what they are about, or asked.

Those that tell the invited of a meeting stand on the desk with their telephone already (`meetings.reading.desk`).
"""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import BigIntegerField, Case, CharField, Exists, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Cast, Concat
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy

from actors.directory.models import Actor
from actors.directory.models.membership import managed_by
from actors.directory.models.space import steered_by
from meetings.models import Meeting
from meetings.reading.invitations import LOST, is_lost
from portal.core.waiting import Line, Mark, Matter, Source, Told, WaitingRows, lines
from portal.notifications.models import Notification
from recommendations.models import Recommendation

if TYPE_CHECKING:
    from portal.accounts.models import User

LOST_MAILS = Matter("lost-mails", gettext_lazy("Messages that did not arrive"), gettext_lazy("View"))
#: nothing says that somebody telephoned: so long each stands there
SHOWN_FOR = timedelta(days=7)
#: the page of each sort of thing
PAGES = {
    "minutes": "meetings:minutes",
    "recommendation": "recommendations:recommendation",
    "sheet": "directory:actor",
}
#: what goes to institutions, by the page it is about
MINUTES = ("meetings.minutes_circulated", "meetings.minutes_adopted", "meetings.remarks_closing")
RECOMMENDATIONS = tuple(
    f"recommendations.{name}" for name in ("assigned", "due", "overdue", "silent", "dropped", "reopened")
)
SHEETS = ("directory.sheet_stale",)


def _lost(user: "User") -> WaitingRows | None:
    """Of this week, the newest of its kind to each mailbox: of the meetings a person keeps the minutes and what was
    recommended, of the sheets those they manage or asked about."""
    if not (user.is_administrator or steered_by(user) or managed_by(user)):
        return None
    kept = Meeting.objects.kept_by(user)
    followed = Recommendation.objects.filter(meeting__in=kept.values("pk"))
    managed = [str(pk) for pk in managed_by(user)]
    mine = Q(kind__in=MINUTES, object_id__in=_keys(kept)) | Q(kind__in=RECOMMENDATIONS, object_id__in=_keys(followed))
    mine |= Q(kind__in=SHEETS) & (Q(caused_by=user) | Q(object_id__in=managed))
    same = {name: OuterRef(name) for name in ("kind", "content_type", "object_id", "email")}
    later = Notification.objects.filter(**same, pk__gt=OuterRef("pk"))
    recent = Notification.objects.filter(is_lost(), state__in=LOST, created_at__gt=timezone.now() - SHOWN_FOR)
    mails = recent.filter(mine).filter(~Exists(later)).exclude(user=user)
    page = Case(
        When(kind__in=MINUTES, then=_page("minutes", Meeting, "reference")),
        When(kind__in=RECOMMENDATIONS, then=_page("recommendation", Recommendation, "reference")),
        default=_page("sheet", Actor, "slug"),
    )
    return lines(
        mails, LOST_MAILS, key="pk", note=page, title="subject", who="email", state="state", at="created_at",
    )  # fmt: skip


def _page(name: str, model: Any, field: str) -> Concat:
    """`minutes/TST-2026-01`: which page, and what stands in its address."""
    rows = model.objects.order_by().filter(pk=Cast(OuterRef("object_id"), BigIntegerField()))
    return Concat(Value(f"{name}/"), Subquery(rows.values(field)[:1]), output_field=CharField())


def _keys(rows: "QuerySet[Any]") -> "QuerySet[Any]":
    return rows.order_by().annotate(key=Cast("pk", CharField())).values("key")


def _tell(line: Line) -> Told:
    state, (page, _slash, name) = Notification.State(line.state), line.note.partition("/")
    url = reverse(PAGES[page], args=[name])
    return Told(url, url, names=[line.who], chips=[Mark(state.label, state.tone, state.icon)])


SOURCES = (Source((LOST_MAILS,), _lost, _tell),)
