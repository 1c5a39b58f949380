"""What came of a public meeting, as everybody is told it: where each recommendation stands, and since when."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.contrib.auth.models import AnonymousUser
from django.db.models import Prefetch
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext, pgettext_lazy

from meetings.models import Meeting
from portal.core.dates import month_text
from recommendations.models import FollowUp, Recommendation, Shown, strip_of
from recommendations.models.assignment import with_assignments
from recommendations.models.recommendation import RecommendationQuerySet
from recommendations.models.states import PUBLIC_STEPS, State

#: the steps a visitor follows, with what each means
STEPS = (
    (pgettext_lazy("step of a recommendation", "adopted"), pgettext_lazy("step", "agreed by the meeting")),
    (pgettext_lazy("step of a recommendation", "begun"), pgettext_lazy("step", "an institution is carrying it out")),
    (
        pgettext_lazy("step of a recommendation", "done"),
        pgettext_lazy("step", "the institution has declared it done, with a document"),
    ),
    (
        pgettext_lazy("step of a recommendation", "confirmed"),
        pgettext_lazy("step", "those who follow it up have confirmed it, after reading the document"),
    ),
)


@dataclass(frozen=True)
class Step:
    label: object
    month: str
    is_reached: bool


class Result:
    """One recommendation, without what could embarrass an institution."""

    def __init__(self, recommendation: Recommendation) -> None:
        self.recommendation, self.shown = recommendation, Shown(recommendation, inside=False)

    @cached_property
    def _moments(self) -> list[tuple[datetime, State]]:
        """When it came to stand where, as told in public, the first first."""
        entries = [(row.cleared_at or row.drafted_at, State(row.new_state).in_public) for row in self._reports]
        adopted = self.recommendation.adopted_at
        return ([(adopted, State.ADOPTED)] if adopted else []) + sorted(entries, key=lambda moment: moment[0])

    @property
    def _reports(self) -> list[FollowUp]:
        return self.recommendation.reported  # type: ignore[attr-defined]

    @property
    def since(self) -> str:
        """«منذ مارس 2026»; '' where nothing written says it."""
        month = self._month_of({self.shown.state})
        return _("since %(month)s") % {"month": month} if month else ""

    @property
    def steps(self) -> list[Step]:
        """What never ends has no steps after the second."""
        reached = PUBLIC_STEPS[self.shown.state]
        labels = [label for label, _meaning in STEPS]
        if self.shown.state == State.CONTINUOUS:
            labels = labels[:2]
        return [
            Step(label, self._month_of(_from(number)) if number <= reached else "", number <= reached)
            for number, label in enumerate(labels)
        ]

    def _month_of(self, states: Iterable[State]) -> str:
        """The month since which it has stood in one of these states without a break."""
        since = None
        for moment, state in reversed(self._moments):
            if state not in states:
                break
            since = moment
        return month_text(since) if since else ""


def _from(number: int) -> set[State]:
    return {state for state, reached in PUBLIC_STEPS.items() if reached >= number}


class Results:
    """Everything a public meeting recommended; the same whoever reads it."""

    def __init__(self, meeting: Meeting) -> None:
        reports = FollowUp.objects.standing().exclude(new_state="")
        found: RecommendationQuerySet = meeting.recommendations.visible_to(AnonymousUser()).in_order()  # type: ignore[arg-type,attr-defined]
        rows = with_assignments(found).prefetch_related(Prefetch("follow_ups", reports, to_attr="reported"))
        self.rows = [Result(row) for row in rows]

    @cached_property
    def axes(self) -> list[tuple[object, list[Result]]]:
        """Under their axes in their order, those without one last."""
        axes: dict[object, list[Result]] = {}
        for row in self.rows:
            axes.setdefault(row.recommendation.axis, []).append(row)
        return sorted(axes.items(), key=lambda pair: (pair[0] is None, getattr(pair[0], "position", 0)))

    @property
    def parts(self) -> list[tuple[str, int, str]]:
        return strip_of(Counter(row.shown.state for row in self.rows))

    @property
    def count_text(self) -> str:
        """«7 توصيات معتمدة»."""
        return ngettext("%(count)d recommendation adopted", "%(count)d recommendations adopted", len(self.rows)) % {
            "count": len(self.rows)
        }

    @property
    def done_text(self) -> str:
        """«3 منها منجزة»; '' while none is done."""
        done = sum(row.shown.state in Recommendation.FINISHED for row in self.rows)
        return ngettext("%(count)d of them done", "%(count)d of them done", done) % {"count": done} if done else ""

    @property
    def summary(self) -> str:
        parts = (self.count_text, self.done_text)
        return pgettext("between the parts of a list", ", ").join(part for part in parts if part)

    @property
    def updated_text(self) -> str:
        news = [row.recommendation.last_news_at for row in self.rows if row.recommendation.last_news_at]
        return _("Last update: %(month)s") % {"month": month_text(max(news))} if news else ""
