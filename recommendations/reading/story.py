"""How a recommendation came to be what it is: the words of the minutes behind it, and every change since."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from meetings.models import Minutes, MinutesVersion
from meetings.permissions import can_read_adopted_minutes, can_read_working_minutes
from meetings.reading.minutes_page import frozen_title
from portal.core.dates import long_day
from portal.core.history import who
from recommendations.models import FollowUp, Recommendation
from recommendations.models.recommendation import due_text

if TYPE_CHECKING:
    from portal.accounts.models import User

State = Recommendation.State
NEWEST_CHANGES = 40
TOLD = ("state", "text_ar", "text_fr", "text_en", "due_on", "axis_id", "progress", "quote_text", "priority", "level")


@dataclass(frozen=True)
class Quote:
    """The words of the minutes a recommendation comes from, and where to read them."""

    text: str
    url: str
    section: str


def quote_for(user: "User", recommendation: Recommendation) -> Quote | None:
    """The quoted passage, if this reader may read it: the working text, or words that stand in the adopted minutes."""
    revision = recommendation.quote_revision
    if revision is None:
        return None
    minutes, adopted = revision.section.minutes, None
    if minutes.was_adopted and can_read_adopted_minutes(user, minutes.meeting):
        adopted = _adopted_section(minutes, recommendation.quote_text)
    if adopted is None and not can_read_working_minutes(user, minutes):
        return None
    title = frozen_title(adopted) if adopted else str(revision.section.item or "")
    return Quote(recommendation.quote_text, minutes.get_absolute_url(), title)


def _adopted_section(minutes: Minutes, text: str) -> dict[str, Any] | None:
    """The part of the newest adopted version in which the text stands."""
    version = MinutesVersion.objects.filter(minutes=minutes).first()
    return next((part for part in version.sections if text in part.get("text", "")), None) if version else None


@dataclass(frozen=True)
class TimelineEntry:
    """One entry of the timeline, with its heading."""

    entry: FollowUp
    title: str
    when: str
    at: str
    by: str
    tone: str
    icon: str


def line_of(entry: FollowUp) -> TimelineEntry:
    """What was reported or said, when, and for which institution."""
    state = State(entry.new_state) if entry.new_state else None
    said = FollowUp.Kind(entry.kind).heading or (state.label if state else _("Contribution of a partner"))
    tone, icon = (state.tone, state.icon) if state else ("", "users")
    if entry.kind == FollowUp.Kind.REOPENING:
        tone, icon = "", "rotate-ccw"
    by = str(entry.on_behalf_of) if entry.on_behalf_of else ""
    return TimelineEntry(entry, str(said), long_day(entry.drafted_at), entry.drafted_at.isoformat(), by, tone, icon)


@dataclass(frozen=True)
class ChangeTold:
    """One change: when, who, what became of what, and why where a reason was asked."""

    at: datetime
    by: str
    lines: list[str]
    reason: str


def changes_of(recommendation: Recommendation) -> list[ChangeTold]:
    """The newest changes, in words, the latest first; one query."""
    rows = list(
        recommendation.history.select_related("history_user", "axis").order_by("-history_date", "-history_id")[
            : NEWEST_CHANGES + 1
        ]
    )
    changes = []
    for number, row in enumerate(rows[:NEWEST_CHANGES]):
        before = rows[number + 1] if number + 1 < len(rows) else None
        told = [] if before is None else [_line(name, before, row, recommendation) for name in TOLD]
        lines = [_("Written")] if before is None else [line for line in told if line]
        reason = row.history_change_reason or ""
        if lines or reason:
            changes.append(ChangeTold(row.history_date, who(row), lines, reason))
    return changes


def _line(name: str, before: Any, after: Any, recommendation: Recommendation) -> str:
    if getattr(before, name) == getattr(after, name):
        return ""
    match name:
        case "state":
            return _("State: %(value)s") % {"value": after.get_state_display()}
        case "text_ar" | "text_fr" | "text_en":
            return _("Text before: “%(value)s”") % {"value": getattr(before, name) or "–"}
        case "due_on":
            return _("Due date: %(value)s") % {"value": _due(after, recommendation)}
        case "axis_id":
            return _("Axis: %(value)s") % {"value": after.axis or "–"}
        case "progress":
            return _("Step: %(value)s") % {"value": after.get_progress_display()}
        case "quote_text":
            return _("Linked to a passage of the minutes")
        case "priority":
            return _("Priority: %(value)s") % {"value": after.get_priority_display()}
    return _("Level: %(value)s") % {"value": after.get_level_display()}


def _due(row: Any, recommendation: Recommendation) -> str:
    seat = recommendation.council_seat(row.due_council, recommendation.lead_actor)
    return due_text(row.due_on, row.due_council, seat) or "–"
