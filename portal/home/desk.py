"""What waits for a person today, from every app: the sections of the desk."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Exists, Max, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from actors.directory.models import Actor
from actors.directory.models.membership import parts_by_actor
from meetings.models import Invitation, Meeting, Minutes, MinutesSection
from portal.core.dates import today
from recommendations.models import Recommendation, Shown, strip_of
from recommendations.reading.desk import Desk

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from portal.accounts.models import User

#: the cards the figures lead to
OVERDUE, DUE_SOON = "overdue", "due-soon"


@dataclass
class Errand:
    """One thing a secretariat has to do for a meeting, and where to do it."""

    meeting: Meeting
    text: str
    url: str
    button: str
    is_late: bool = False


@dataclass
class MeetingDesk:
    """Meetings as one person sees them from their desk."""

    next_invitation: Invitation | None = None
    next_meeting: Meeting | None = None
    unanswered: int = 0
    errands: list[Errand] = field(default_factory=list)


def meetings_for(user: "User", now: datetime) -> MeetingDesk:
    """The next meeting of this person's institutions, their open invitations, and what a secretariat must still do."""
    actors = list(parts_by_actor(user))
    desk = MeetingDesk()
    if actors:
        invitations = list(
            Invitation.objects.sent()
            .filter(actor__in=actors, meeting__state=Meeting.State.ANNOUNCED, meeting__ends_at__gte=now)
            .select_related("meeting", "meeting__space", "actor")
            .order_by("meeting__starts_at")
        )
        desk.unanswered = sum(
            row.answer == Invitation.Answer.NONE and row.meeting.starts_at > now for row in invitations
        )
        waiting = [row for row in invitations if row.answer == Invitation.Answer.NONE]
        desk.next_invitation = next(iter(waiting or invitations), None)
    desk.errands = list(_errands(user, now))
    if desk.next_invitation is None:
        desk.next_meeting = Meeting.objects.visible_to(user).upcoming(now).select_related("space").first()
    return desk


def _errands(user: "User", now: datetime) -> "list[Errand]":
    if not parts_by_actor(user):
        return []
    unanswered = Count(
        "invitations", filter=Q(invitations__answer=Invitation.Answer.NONE, invitations__sent_at__isnull=False)
    )
    written = Exists(MinutesSection.objects.written().filter(minutes__meeting=OuterRef("pk")))
    meetings = Meeting.objects.steered_by(user).exclude(state__in=Meeting.ENDED)
    rows = (
        meetings.select_related("minutes")
        .annotate(unanswered=unanswered, is_written=written)
        .order_by("starts_at")[:20]
    )
    errands = [errand for meeting in rows if (errand := _errand(meeting, now))]
    return sorted(errands, key=lambda errand: (not errand.is_late, errand.meeting.starts_at))


def _errand(meeting: Meeting, now: datetime) -> Errand | None:
    def to(route: str, text: str, button: str, *, late: bool = False) -> Errand:
        return Errand(meeting, text, reverse(f"meetings:{route}", args=[meeting.reference]), button, late)

    match meeting.state:
        case Meeting.State.DRAFT:
            return to("meeting", _("Not announced yet"), _("Prepare"), late=meeting.starts_at < now)
        case Meeting.State.POSTPONED:
            return to("meeting", _("Postponed: set a new date"), _("Set a date"))
        case Meeting.State.ANNOUNCED if meeting.ends_at < now:
            return to("participation", _("Over: record who came"), _("Record attendance"), late=True)
        case Meeting.State.ANNOUNCED if count := meeting.unanswered:  # type: ignore[attr-defined]
            text = ngettext("%(count)d invitation without answer", "%(count)d invitations without answer", count)
            return to("participation", text % {"count": count}, _("See the answers"))
        case Meeting.State.HELD if not meeting.is_written:  # type: ignore[attr-defined]
            return to("minutes", _("Minutes not written yet"), _("Write the minutes"), late=True)
        case Meeting.State.HELD if minutes := getattr(meeting, "minutes", None):
            match minutes.state:
                case Minutes.State.DRAFT:
                    return to("minutes", _("Minutes not circulated yet"), _("Circulate the minutes"))
                case Minutes.State.CIRCULATED if not minutes.takes_remarks(today(now)):
                    return to("minutes", _("The time for remarks is over"), _("Adopt the minutes"), late=True)
                case Minutes.State.ADOPTED:
                    return to("meeting", _("Minutes adopted: the file can be closed"), _("Close the file"))
        case _ if meeting.state in Meeting.ENDED:
            pass
    return None


@dataclass
class DeskSection:
    """One list of the desk: what it is, its recommendations, and the one thing to do with each."""

    title: str
    rows: list[Shown]
    route: str
    button: str
    kind: str = ""
    tone: str = ""
    with_due: bool = False
    with_lead: bool = False
    anchor: str = ""

    def __post_init__(self) -> None:
        for shown in self.rows:
            shown.action_url = reverse(f"recommendations:{self.route}", args=[shown.recommendation.reference])  # type: ignore[attr-defined]


@dataclass
class Figure:
    """A number in its own box."""

    value: str
    label: str
    tone: str = ""
    url: str = ""


def title_for(institutions: list[Actor]) -> str:
    """«مهام جماعة بني أنصار» for those who work for one institution; the dashboard’s own name for the others."""
    if len(institutions) == 1:
        return _("Tasks of %(institution)s") % {"institution": institutions[0].name}
    return _("Dashboard")


def figures_of(desk: Desk, meetings: MeetingDesk) -> list[Figure]:
    # The figures say what the lists under them show, the supported ones too; the lists stop, the counts do not.
    late, near = max(desk.overdue_count, len(desk.overdue)), max(desk.due_soon_count, len(desk.due_soon))
    figures = [
        Figure(str(late), _("Overdue recommendations"), "danger" if late else "", f"#{OVERDUE}" if late else ""),
        Figure(str(near), _("Due dates near"), "", f"#{DUE_SOON}" if near else ""),
        Figure(str(meetings.unanswered), _("Invitations without answer")),
    ]
    if desk.completion is not None:
        figures.append(Figure(f"{desk.completion}%", _("Progress of what we lead")))
    return figures


def sections_of(desk: Desk) -> list[DeskSection]:
    """What waits, by urgency."""
    update = _("Update progress")
    asked = {assignment.recommendation_id for assignment in desk.to_answer}
    ongoing = [shown for shown in desk.ongoing if shown.recommendation.pk not in asked]
    return [
        DeskSection(
            _("Past their due date"), desk.overdue, "report_progress", update, "primary", "late", anchor=OVERDUE
        ),
        DeskSection(_("Due dates near"), desk.due_soon, "report_progress", update, with_due=True, anchor=DUE_SOON),
        DeskSection(
            _("Waiting for your confirmation"), desk.to_confirm, "recommendation", _("Check"), "primary", with_lead=True
        ),
        DeskSection(_("Waiting for a lead"), desk.to_assign, "recommendation", _("Choose a lead"), with_due=True),
        DeskSection(_("Under way"), ongoing, "report_progress", update, with_due=True),
        DeskSection(_("Waiting for other institutions"), desk.waiting_on_others, "recommendation", _("View")),
    ]


def standing_of(agreed: "QuerySet[Recommendation]") -> dict[str, Any]:
    """How many of the public recommendations are in each public state, and when the last news came."""
    rows = agreed.order_by().values_list("state").annotate(number=Count("pk"), news=Max("last_news_at"))
    counts: dict[str, int] = {}
    last_news = None
    for state, number, news in rows:
        public = Recommendation.State(state).in_public
        counts[public] = counts.get(public, 0) + number
        last_news = max(filter(None, (last_news, news)), default=None)
    return {"parts": strip_of(counts), "total": sum(counts.values()), "last_news": last_news}
