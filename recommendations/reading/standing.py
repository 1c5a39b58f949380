"""How many recommendations stand in which state, over everything a reader may see."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Max, Min, Q, QuerySet

from actors.directory.models import Membership, SpaceMember
from meetings.models import Attendance, Invitation, Meeting, MinutesReview
from portal.core.dates import today
from portal.core.remembered import Remembered, last_changes
from recommendations.models import Assignment, Recommendation, sees_inside, strip_of

if TYPE_CHECKING:
    from portal.accounts.models import User


@dataclass(frozen=True)
class StateCounts:
    """The parts of the strip, how many there are in all and past their due date, since when, and the last news."""

    strip: list[tuple[str, int, str]]
    total: int
    overdue: int
    since: datetime | None
    last_news: datetime | None


#: what is counted; who sees it by its meeting and assignments, by a part in an institution or space, or by having taken
#: part (`taking_part`)
CHANGES = (
    Recommendation, Meeting, Assignment, Membership, SpaceMember, Invitation, Attendance, MinutesReview,
)  # fmt: skip
#: by state as it is shown: how many, how many of them late, when the first was adopted, when the last news came
Counts = list[tuple[str, int, int, datetime | None, datetime | None]]
_counts: Remembered[Counts] = Remembered()


def standing(user: "User") -> StateCounts:
    """Counted once for all visitors and once for all administrators, else for each person, until something changes from
    which the figures or what is seen follow (`CHANGES`)."""
    inside = sees_inside(user)
    asker = "all" if user.is_administrator else user.pk if user.is_authenticated else None
    stamp = last_changes(*CHANGES)
    rows = _counts.recall((asker, inside, today()), stamp, lambda: _counted(user))
    return StateCounts(
        strip=strip_of({state: number for state, number, *_others in rows}),
        total=sum(number for _state, number, *_others in rows),
        overdue=sum(late for _state, _number, late, *_others in rows) if inside else 0,
        since=min((first for *_others, first, _last in rows if first), default=None),
        last_news=max((last for *_others, last in rows if last), default=None),
    )


def _counted(user: "User") -> Counts:
    rows: QuerySet[Any] = Recommendation.objects.visible_to(user).as_shown_to(user).adopted().order_by()
    late = Count("pk", filter=Q(state__in=Recommendation.OPEN, due_on__lt=today()))
    counted = rows.values("shown_state").annotate(number=Count("pk"), late=late, first=Min("adopted_at"))
    counted = counted.annotate(last=Max("last_news_at"))
    return list(counted.values_list("shown_state", "number", "late", "first", "last"))
