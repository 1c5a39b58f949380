"""What one reader is shown of a recommendation: everything inside institutions, less in public."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from portal.core.dates import countdown_text, month_text
from recommendations.models.recommendation import Recommendation, sees_inside
from recommendations.models.states import State

if TYPE_CHECKING:
    from collections.abc import Iterable

    from portal.accounts.models import User
    from recommendations.models.assignment import Assignment


@dataclass(frozen=True)
class Flag:
    """Something to notice beside the state: late, due soon, silent."""

    key: str
    label: str
    tone: str
    icon: str


@dataclass
class Shown:
    """A recommendation (with its assignments prefetched) as one reader sees it.

    In public: no state that could embarrass, no due date (it would say who is late), a lead only once it accepted,
    and when the last news came, by month.
    """

    recommendation: Recommendation
    inside: bool

    @cached_property
    def state(self) -> State:
        state = State(self.recommendation.state)
        return state if self.inside else state.in_public

    @cached_property
    def lead(self) -> "Assignment | None":
        lead = self.recommendation.lead
        return lead if lead is not None and (self.inside or lead.answer == "accepted") else None

    @cached_property
    def supports(self) -> "list[Assignment]":
        return [row for row in self.recommendation.supports if self.inside or row.answer == "accepted"]

    @property
    def due_text(self) -> str:
        return self.recommendation.due_text if self.inside else ""

    @property
    def countdown(self) -> str:
        """How long until the due date, or how late; only inside and while open."""
        recommendation = self.recommendation
        if not self.inside or recommendation.due_on is None or not recommendation.is_open:
            return ""
        return countdown_text(recommendation.due_on)

    @property
    def updated_month(self) -> str:
        news: datetime | None = self.recommendation.last_news_at
        return month_text(news) if news else ""

    @property
    def updated_text(self) -> str:
        """«آخر تحيين: نونبر 2026»."""
        return _("Last update: %(month)s") % {"month": self.updated_month} if self.updated_month else ""

    @property
    def progress(self) -> int:
        """In public what is shown as done is complete: a lower step would tell of a reservation."""
        finished = self.state in Recommendation.FINISHED
        return Recommendation.Progress.COMPLETE if finished and not self.inside else self.recommendation.progress

    @property
    def progress_label(self) -> str:
        return str(Recommendation.Progress(self.progress).label)

    @cached_property
    def flags(self) -> list[Flag]:
        recommendation = self.recommendation
        flags: list[Flag] = []
        if not self.inside:
            return flags
        if recommendation.is_overdue:
            flags.append(Flag("overdue", self.countdown, "danger", "clock-alert"))
        elif recommendation.is_due_soon:
            flags.append(Flag("due_soon", self.countdown, "attention", "clock"))
        if recommendation.is_silent:
            flags.append(Flag("silent", _("without news"), "accent", "bell-off"))
        return flags


def shown_to(user: "User", recommendations: "Iterable[Recommendation]") -> list[Shown]:
    """Each of them as this person sees it."""
    inside = sees_inside(user)
    return [Shown(recommendation, inside) for recommendation in recommendations]
