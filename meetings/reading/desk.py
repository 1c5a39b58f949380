"""What of meetings waits for a person: answers and words of their institutions, and what a secretariat has to do."""

from dataclasses import dataclass
from datetime import timedelta
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any

from django.db.models import (
    BigIntegerField,
    Case,
    CharField,
    Count,
    Exists,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from actors.directory.models.membership import managed_by, parts_by_actor
from actors.directory.models.space import steered_by
from meetings.models import Attendance, Invitation, Meeting, Minutes, MinutesReview, MinutesSection, Report
from meetings.models.meeting import kept
from meetings.reading.invitations import is_lost, mails_of_each, phones_seen, to_telephone
from portal.core.asking import Among, Reader, all_of, answers, filled, text_of
from portal.core.dates import countdown_text, day_and_time, day_text, in_days_text, long_day, today
from portal.core.names import written
from portal.core.phones import phone_text
from portal.core.waiting import Line, Mark, Matter, Source, Told, WaitingRows, lines
from portal.notifications.models import Notification

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from portal.accounts.models import User

State = Meeting.State
A_WEEK = timedelta(days=7)

INVITED = Matter(
    "invitations", gettext_lazy("Invitations without answer"), pgettext_lazy("button", "Answer"), "next",
    is_primary=True,
)  # fmt: skip
REMARKS_ASKED = Matter(
    "minutes", gettext_lazy("Minutes open for remarks"), gettext_lazy("Read the draft minutes"), "next",
    is_primary=True,
)  # fmt: skip
UNREACHED = Matter(
    "undelivered", gettext_lazy("Invitations that did not arrive"), gettext_lazy("Note a telephone answer")
)
LATE = Matter("late-meetings", gettext_lazy("Meetings that wait for you"), is_primary=True)
REMARKS = Matter("remarks", gettext_lazy("Remarks received on the minutes"), gettext_lazy("Read the remarks"))
MEETINGS = Matter("meetings", gettext_lazy("Meetings to look after"))

UNANSWERED = Invitation.objects.sent().filter(answer=Invitation.Answer.NONE)
READY = Report.objects.filter(state=Report.State.READY)
REMARKED = MinutesReview.objects.current().filter(answer=MinutesReview.Answer.REMARKS)


def _invited(user: "User") -> WaitingRows | None:
    """Sent to own institutions, without an answer, and the meeting still takes one (`Meeting.awaits_answers`)."""
    own = list(parts_by_actor(user))
    if not own:
        return None
    waiting = Invitation.objects.sent().filter(
        actor__in=own,
        answer=Invitation.Answer.NONE,
        meeting__state=State.ANNOUNCED,
        meeting__starts_at__gt=timezone.now(),
    )
    return lines(
        waiting, INVITED, key="pk", reference="meeting__reference", title=written("meeting__title"),
        who=written("actor__name") if len(own) > 1 else Value(""),
        number=Cast("meeting__times_known", IntegerField()), at="meeting__starts_at",
    )  # fmt: skip


def _tell_invited(line: Line) -> Told:
    begins = line.at or timezone.now()
    return Told(
        _to("meeting", line.reference),
        _to("answer_invitation", line.key),
        facts=[day_and_time(begins) if line.number else long_day(begins)],
        names=[line.who] if line.who else [],
        chips=[Mark(in_days_text(begins), "attention", "clock")],
    )


def _remarks_asked(user: "User") -> WaitingRows | None:
    """Circulated, the window open, and an own institution that takes part (`taking_part`) has said nothing since.

    Who wrote them is not asked for remarks.
    """
    own = list(parts_by_actor(user))
    if not own:
        return None
    said = MinutesReview.objects.current().filter(minutes=OuterRef(OuterRef("pk")), actor=OuterRef("actor"))
    of_meeting = {"meeting": OuterRef("meeting"), "actor__in": own}
    part = (
        Invitation.objects.sent().filter(**of_meeting),
        Attendance.objects.here().filter(**of_meeting),
        MinutesReview.objects.filter(minutes=OuterRef("pk"), actor__in=own),
    )
    silent = reduce(or_, (Q(Exists(rows.filter(~Exists(said)))) for rows in part))
    asked = Minutes.objects.taking_remarks(today()).filter(silent).exclude(kept(user, "meeting__"))
    return lines(
        asked, REMARKS_ASKED, key="meeting__reference", reference="meeting__reference", title=written("meeting__title"),
        day="remarks_until",
    )  # fmt: skip


def _tell_remarks_asked(line: Line) -> Told:
    url = _to("minutes", line.key)
    until = line.day or today()
    facts = [_("Remarks are received until %(day)s") % {"day": day_text(until)}]
    return Told(url, url, facts=facts, chips=[Mark(countdown_text(until), "attention", "clock")])


def _unreached(user: "User") -> WaitingRows | None:
    """Of the meetings a person prepares: the institutions that somebody telephones (`to_telephone`).

    Of a meeting that is off there is no answer to note: it stands here for a week.
    """
    if not _keeps(user):
        return None
    last = mails_of_each().filter(created_at=OuterRef("told"))
    lost = last.filter(is_lost()).order_by("-pk")
    phone = phones_seen(user).filter(actor=OuterRef("actor")).values("phone")[:1]
    is_on, off = (
        Q(meeting__state=State.ANNOUNCED),
        Meeting.history.filter(id=OuterRef("meeting"), state__in=Meeting.OFF),
    )
    newly_off = Q(meeting__state__in=Meeting.OFF) & Exists(off.filter(history_date__gt=timezone.now() - A_WEEK))
    ahead = Meeting.objects.kept_by(user).filter(ends_at__gte=timezone.now()).values("pk")
    waiting = to_telephone(Invitation.objects.sent().filter(Among("meeting", ahead))).filter(is_on | newly_off)
    return lines(
        waiting, UNREACHED, key="pk", reference="meeting__reference", title=written("actor__name"),
        who=written("meeting__title"), state=Case(When(is_untold=True, then=Subquery(lost.values("state")[:1]))),
        note=Coalesce(Subquery(phone), Subquery(lost.values("email")[:1]), Value("")), at="meeting__starts_at",
        number=Case(When(is_on, meeting__starts_at__gt=timezone.now(), then=1), default=0),
    )  # fmt: skip


def _tell_unreached(line: Line) -> Told:
    state, page = Notification.State(line.state) if line.state else None, _to("participation", line.reference)
    mute = Mark(_("No address for mail, please telephone"), "attention", "phone")
    reached_at = line.note if "@" in line.note else phone_text(line.note)
    return Told(
        page,
        _to("answer_invitation", line.key) if line.number else page,
        button="" if line.number else _("See the answers"),
        names=[text for text in (line.who, reached_at) if text],
        chips=[Mark(state.label, state.tone, state.icon) if state else mute],
    )


@dataclass(frozen=True, slots=True)
class Errand:
    """One thing a secretariat has to do for a meeting: what is said of it ('' where that is counted), and where it is
    done."""

    kind: Matter
    text: "StrOrPromise"
    route: str
    button: "StrOrPromise"


PREPARE, WRITE = gettext_lazy("Prepare"), gettext_lazy("Write the minutes")
WITH_INSTITUTIONS = gettext_lazy("The draft minutes are with the institutions for their remarks.")
#: in the order of a meeting's life; where the conditions of two hold, the first is the one
ERRANDS = {
    "overtaken": Errand(LATE, gettext_lazy("Not announced yet"), "meeting", PREPARE),
    "over": Errand(LATE, gettext_lazy("Over: record who came"), "participation", gettext_lazy("Record attendance")),
    "unattended": Errand(
        LATE, gettext_lazy("Who came is not recorded yet"), "record_attendance", gettext_lazy("Record attendance")
    ),
    "unwritten": Errand(LATE, gettext_lazy("Minutes not written yet"), "minutes", WRITE),
    "adopt": Errand(LATE, gettext_lazy("The time for remarks is over"), "minutes", gettext_lazy("Adopt the minutes")),
    "remarks": Errand(REMARKS, "", "minutes", gettext_lazy("Read the remarks")),
    "draft": Errand(MEETINGS, gettext_lazy("Not announced yet"), "meeting", PREPARE),
    "postponed": Errand(MEETINGS, gettext_lazy("Postponed: set a new date"), "meeting", gettext_lazy("Set a date")),
    "unanswered": Errand(MEETINGS, "", "participation", gettext_lazy("See the answers")),
    "circulated": Errand(MEETINGS, WITH_INSTITUTIONS, "minutes", gettext_lazy("See the minutes")),
    "circulate": Errand(
        MEETINGS, gettext_lazy("Minutes not circulated yet"), "minutes", gettext_lazy("Circulate the minutes")
    ),
    "unfinished": Errand(MEETINGS, gettext_lazy("The minutes do not speak of every item yet"), "minutes", WRITE),
    "report": Errand(
        MEETINGS,
        gettext_lazy("Minutes adopted: the report can be made"),
        "report",
        gettext_lazy("Make the report"),
    ),
    "close": Errand(
        MEETINGS, gettext_lazy("Minutes adopted: the file can be closed"), "meeting", gettext_lazy("Close the file")
    ),
}


def _conditions() -> dict[str, Q]:
    """When a meeting has each of the errands."""
    now = timezone.now()
    draft, held = Q(state=State.DRAFT), Q(state=State.HELD)
    adopted = held & Q(minutes__state=Minutes.State.ADOPTED)
    circulated = held & Q(minutes__state=Minutes.State.CIRCULATED)
    written_up = Q(Exists(MinutesSection.objects.written().filter(minutes__meeting=OuterRef("pk"))))
    remarked = Q(Exists(REMARKED.filter(minutes__meeting=OuterRef("pk"))))
    unanswered = Q(Exists(UNANSWERED.filter(meeting=OuterRef("pk"))))
    return {
        "overtaken": draft & Q(starts_at__lt=now),
        "over": Q(state=State.ANNOUNCED, ends_at__lt=now),
        "unattended": held & ~written_up & ~Q(Exists(Attendance.objects.filter(meeting=OuterRef("pk")))),
        "unwritten": held & ~written_up,
        "adopt": circulated & ~Q(minutes__remarks_until__gte=today()),
        "remarks": circulated & remarked,
        "draft": draft,
        "postponed": Q(state=State.POSTPONED),
        "unanswered": Q(state=State.ANNOUNCED, starts_at__gt=now) & unanswered,
        "circulated": circulated,
        "circulate": held & Q(Exists(Minutes.objects.ready_to_circulate().filter(meeting=OuterRef("pk")))),
        "unfinished": held & Q(minutes__state=Minutes.State.DRAFT),
        "report": adopted & ~Q(Exists(READY.filter(meeting=OuterRef("pk")))),
        "close": adopted,
    }


def _kept(user: "User") -> WaitingRows | None:
    """The meetings whose secretariat the person is, each with its errand; of the kind '' are those that have none."""
    if not _keeps(user):
        return None
    conditions = _conditions()
    by_kind = {
        kind: [conditions[key] for key, one in ERRANDS.items() if one.kind is kind]
        for kind in (LATE, REMARKS, MEETINGS)
    }
    kinds = {kind.key: reduce(or_, own) for kind, own in by_kind.items()}
    number = Case(
        When(state=State.ANNOUNCED, then=_number(UNANSWERED, "meeting")), default=_number(REMARKED, "minutes__meeting")
    )
    return lines(
        Meeting.objects.kept_by(user).exclude(state__in=Meeting.ENDED), _first_of(kinds), key="reference",
        reference="reference", title=written("title"), state=_first_of(conditions), number=number, at="starts_at",
    )  # fmt: skip


def _looked_after(user: "User") -> "QuerySet[Any] | None":
    """The meetings whose secretariat the person is, as long as something may be left to do for them."""
    if not _keeps(user):
        return None
    left = ~Q(state__in=Meeting.ENDED) | Q(ends_at__gte=timezone.now())
    return Meeting.objects.kept_by(user).filter(left).order_by().values("pk")


def _keeps(user: "User") -> bool:
    """Whether the person is the secretariat of any meeting at all; asks nothing that is not known already."""
    return bool(steered_by(user) or managed_by(user))


def _first_of(values: dict[str, Q]) -> Case:
    whens = (When(condition, then=Value(value)) for value, condition in values.items())
    return Case(*whens, default=Value(""), output_field=CharField())


def _number(rows: "QuerySet[Any]", meeting: str) -> Subquery:
    counted = rows.filter(**{meeting: OuterRef("pk")}).order_by().values(meeting).annotate(number=Count("pk"))
    return Subquery(counted.values("number"), output_field=IntegerField())


def _tell_kept(line: Line) -> Told:
    errand = ERRANDS[line.state]
    text = capfirst(errand.text or _counted(errand, line.number or 0))
    late = errand.kind in (LATE, REMARKS)
    return Told(
        _to("meeting", line.reference),
        _to(errand.route, line.reference),
        errand.button,
        facts=[day_text(line.at)] if line.at else [],
        chips=[Mark(text, "attention", "circle-alert") if late else Mark(text, "", "circle-dashed")],
    )


def _counted(errand: Errand, count: int) -> str:
    if errand.kind is REMARKS:
        text = ngettext("remarks of %(count)d institution", "remarks of %(count)d institutions", count)
    else:
        text = ngettext("%(count)d invitation without answer", "%(count)d invitations without answer", count)
    return text % {"count": count}


def _to(route: str, argument: str) -> str:
    return reverse(f"meetings:{route}", args=[argument])


SOURCES = (
    Source((INVITED,), _invited, _tell_invited),
    Source((REMARKS_ASKED,), _remarks_asked, _tell_remarks_asked),
    Source((UNREACHED,), _unreached, _tell_unreached, among=_looked_after),
    Source((LATE, REMARKS, MEETINGS), _kept, _tell_kept, among=_looked_after),
)


def next_meeting(reader: Reader) -> tuple[Meeting | None, Invitation | None]:
    """The next meeting own institutions are expected at, with its invitation; else the next one the person sees."""
    texts = [text_of(reader, write, write) for write in (_next_expected, _next_seen)]
    parts = [filled(text, reader.keys) for text in texts if text.sql]
    found = dict(answers(all_of(parts), (CharField(), BigIntegerField()))) if parts else {}
    if expected := found.get("invitation"):
        invitation = Invitation.objects.select_related("meeting", "represented_by").filter(pk=expected).first()
        return (invitation.meeting, invitation) if invitation else (None, None)
    return Meeting.objects.filter(pk=found["meeting"]).first() if "meeting" in found else None, None


def _next_expected(user: "User") -> "QuerySet[Any] | None":
    own = list(parts_by_actor(user))
    expected = Invitation.objects.expected().filter(
        actor__in=own, meeting__state=State.ANNOUNCED, meeting__ends_at__gte=timezone.now()
    )
    return _called("invitation", expected.order_by("meeting__starts_at", "pk")) if own else None


def _next_seen(user: "User") -> "QuerySet[Any]":
    return _called("meeting", Meeting.objects.visible_to(user).upcoming(timezone.now()))


def _called(name: str, rows: "QuerySet[Any]") -> "QuerySet[Any]":
    return rows.values_list(Cast(Value(name), CharField()), "pk")[:1]
