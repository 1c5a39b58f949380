"""A world in which something of every kind waits for one person, once or many times over."""

from collections.abc import Callable
from datetime import timedelta
from itertools import count

from django.utils import timezone

from actors.directory.actions import propose_change
from actors.directory.models import AccountOffer, Actor, HandOver, Membership
from actors.directory.reading.standing_in import reader_of
from actors.doubles.models import Double
from actors.imports.models import ActorImport
from meetings.models import Invitation, Meeting, Minutes, MinutesReview
from portal.accounts.models import User
from portal.core.dates import today
from portal.home.desk import sections_of
from portal.notifications.actions import notify
from portal.notifications.models import Notification
from portal.notifications.rules.recipients import Recipient
from recommendations.models import Assignment, FollowUp, Recommendation
from tests import factories

State = Recommendation.State


def on_desk(person: User, kind: str) -> list[str]:
    """The keys of the lines of one kind on this person's desk."""
    sections = sections_of(reader_of(person))
    return [line.key for waiting in sections if waiting.kind.key == kind for line, _told in waiting.lines]


class Desk:
    """`person` manages `own`, an institution of the space whose secretariat `association` is; `add` puts one thing of
    each kind named (or of all) on their desk: what waits for a secretariat hangs on meetings of the space."""

    def __init__(self, person: User, own: Actor, space, association: Actor, name: str = "") -> None:
        self.person, self.own, self.space, self.association, self.name = person, own, space, association, name
        self.numbers = count(1)

    def add(self, *kinds: str, number: int = 1) -> None:
        for _round in range(number):
            for kind in kinds or KINDS:
                KINDS[kind](self)

    def title(self, kind: str) -> str:
        return f"{self.name or kind} {next(self.numbers)}"

    def recommendation(self, kind: str, actor: Actor | None, answer=Assignment.Answer.ACCEPTED, **fields):
        """Of a meeting of no space, so that it waits for nobody who prepares it."""
        fields.setdefault("last_news_at", timezone.now())
        fields.setdefault("meeting__state", Meeting.State.CLOSED)
        row = factories.RecommendationFactory(text_ar=self.title(kind), text_fr="", **fields)
        if actor is not None:
            factories.AssignmentFactory(recommendation=row, actor=actor, answer=answer)
        return row

    def meeting(self, kind: str, state=Meeting.State.HELD, *, days: int = -9, kept: bool = True, **fields) -> Meeting:
        """Of the space, or of another institution."""
        where = {"space": self.space, "organiser": self.association} if kept else {}
        begins = timezone.now() + timedelta(days=days)
        return factories.MeetingFactory(
            title_ar=self.title(kind), title_fr="", state=state, starts_at=begins, **where, **fields
        )

    def minutes(self, kind: str, state=Minutes.State.CIRCULATED, *, left: int = 4, kept: bool = True) -> Minutes:
        until = today() + timedelta(days=left) if state == Minutes.State.CIRCULATED else None
        minutes = factories.MinutesFactory(
            meeting=self.meeting(kind, kept=kept), state=state, remarks_until=until, circulation=1
        )
        factories.MinutesSectionFactory(minutes=minutes, text="نص", revision=1)
        return minutes

    def entry(self, kind: str, clearance: str, author: User) -> FollowUp:
        row = self.recommendation(kind, self.own, state=State.CONTINUOUS)
        return FollowUp.objects.create(
            recommendation=row, on_behalf_of=self.own, account="…", clearance=clearance, drafted_by=author,
            drafted_at=timezone.now(),
        )  # fmt: skip

    def told(self, invitation: Invitation, state: str) -> Notification:
        [mail] = notify(
            Recipient("office@example.org", "ar"), kind="meetings.invited", about=invitation.meeting,
            context={"actor": invitation.actor, "invitation": invitation.pk},
        )  # fmt: skip
        Notification.objects.filter(pk=mail.pk).update(state=state)
        return mail


def _due(days: int) -> dict:
    return {"due_on": today() + timedelta(days=days), "state": State.IN_PROGRESS, "progress": 50}


def _remarks_asked(desk: Desk) -> None:
    minutes = desk.minutes("minutes", kept=False)
    factories.InvitationFactory(meeting=minutes.meeting, actor=desk.own, answer="confirmed")


def _undelivered(desk: Desk) -> None:
    meeting = desk.meeting("undelivered", Meeting.State.ANNOUNCED, days=20)
    invitation = factories.InvitationFactory(meeting=meeting, actor__name_ar=desk.title("undelivered"))
    desk.told(invitation, Notification.State.GIVEN_UP)


def _lost_mail(desk: Desk) -> None:
    meeting, kind = desk.meeting("lost-mails", Meeting.State.CLOSED), "meetings.minutes_adopted"
    [mail] = notify(Recipient("office@example.org", "ar"), kind=kind, about=meeting, context={"version": 1})
    Notification.objects.filter(pk=mail.pk).update(state=Notification.State.GIVEN_UP)


def _remarks(desk: Desk) -> None:
    minutes = desk.minutes("remarks")
    MinutesReview.objects.create(
        minutes=minutes, version=1, circulation=1, actor=factories.ActorFactory(), answer="remarks", text="…"
    )


def _to_clear(desk: Desk) -> None:
    desk.entry("to-clear", FollowUp.Clearance.WAITING, factories.UserFactory())


def _hand_over(desk: Desk) -> None:
    row = HandOver.objects.create(
        actor=factories.ActorFactory(name_ar=desk.title("hand-overs")), to_user=desk.person,
        from_user=factories.UserFactory(), day=today() + timedelta(days=3),
    )  # fmt: skip
    notify(Recipient.of(desk.person), kind="directory.handed_over", about=row)


def _sheet(desk: Desk) -> None:
    actor = factories.ActorFactory(name_ar=desk.title("sheets"), confirmed_on=today() - timedelta(days=400))
    factories.MembershipFactory(user=desk.person, actor=actor, part=Membership.Part.MANAGER)


def _proposal(desk: Desk) -> None:
    actor = factories.ActorFactory(name_ar=desk.title("proposals"))
    manager = factories.MembershipFactory(actor=actor, part=Membership.Part.MANAGER).user
    propose_change(actor, values={"name_fr": "Un autre nom"}, by=manager)


def _double(desk: Desk) -> None:
    pair = [factories.ActorFactory(name_ar=desk.title("doubles")) for _one in range(2)]
    Double.objects.create(first=pair[0], second=pair[1], score=87)


#: by the key of the kind
KINDS: dict[str, Callable[[Desk], object]] = {
    "overdue": lambda desk: desk.recommendation("overdue", desk.own, **_due(-3)),
    "minutes": _remarks_asked,
    "invitations": lambda desk: factories.InvitationFactory(
        meeting=desk.meeting("invitations", Meeting.State.ANNOUNCED, days=4, kept=False), actor=desk.own
    ),
    "assigned": lambda desk: desk.recommendation("assigned", desk.own, Assignment.Answer.WAITING),
    "sent-back": lambda desk: desk.entry("sent-back", FollowUp.Clearance.SENT_BACK, desk.person),
    "to-clear": _to_clear,
    "undelivered": _undelivered,
    "lost-mails": _lost_mail,
    "late-meetings": lambda desk: desk.meeting("late-meetings", Meeting.State.ANNOUNCED),
    "remarks": _remarks,
    "to-confirm": lambda desk: desk.recommendation(
        "to-confirm", factories.ActorFactory(), state=State.DONE, progress=100, meeting__space=desk.space
    ),
    "due-soon": lambda desk: desk.recommendation("due-soon", desk.own, **_due(11)),
    "silent": lambda desk: desk.recommendation(
        "silent", desk.own, state=State.CONTINUOUS, last_news_at=timezone.now() - timedelta(days=70)
    ),
    "offers": lambda desk: AccountOffer.objects.create(
        actor=factories.ActorFactory(name_ar=desk.title("offers")), email=desk.person.email, part="contributor"
    ),
    "hand-overs": _hand_over,
    "roles": lambda desk: factories.ResponsibilityFactory(
        actor=desk.own, theme__name_ar=desk.title("roles")[:150], answer="waiting", answered_on=None
    ),
    "sheets": _sheet,
    "meetings": lambda desk: desk.meeting("meetings", Meeting.State.DRAFT, days=30),
    "to-assign": lambda desk: desk.recommendation("to-assign", None, meeting__space=desk.space),
    "proposals": _proposal,
    "imports": lambda desk: ActorImport.objects.create(
        file_name=desk.title("imports")[:200], file_size=1, state=ActorImport.State.READY
    ),
    "doubles": _double,
    "ongoing": lambda desk: desk.recommendation("ongoing", desk.own, state=State.CONTINUOUS),
    "others": lambda desk: desk.recommendation("others", desk.own, state=State.DONE, progress=100),
}
