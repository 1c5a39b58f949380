"""Whom the invitations of a meeting reach, and which telephone is left where no mail does."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import (
    BooleanField,
    Case,
    CharField,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce
from django.utils import timezone

from actors.directory.models import Actor, Contact
from actors.directory.rules.recipients import reached_condition, recipients_by_actor
from meetings.models import Invitation, Meeting
from meetings.reading.seen import Seen, in_order
from meetings.rules.answering import ACT
from meetings.rules.invitations import KIND, TELLING, InvitationLetter, digest_of, letters_to, texts_of
from portal.core.names import LANGUAGES
from portal.notifications.models import Notification, SignedLink
from portal.notifications.rules.recipients import Recipient, without

if TYPE_CHECKING:
    from portal.accounts.models import User

Mail = Notification.State
#: a mail that is not tried again by itself and is not known to have arrived
LOST = (Mail.GIVEN_UP, Mail.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Unreached:
    """An institution to telephone: it has no mailbox, each of those it has refused the last mail about the meeting
    (`refused`), or none is known to have it (`unsure`)."""

    phone: str
    refused: bool = False
    unsure: bool = False
    #: the mail was the invitation, not what it was told later
    is_invitation: bool = True
    #: its address has changed since: it can be written to again
    has_new_address: bool = False


@dataclass(slots=True)
class Round:
    """The mails of one invitation that left together."""

    kind: str
    at: datetime
    states: set[str] = field(default_factory=set)


def phones_of(actors: Collection[int], user: "User") -> dict[int, str]:
    """The first telephone of each institution that this person sees, an office's before a person's."""
    return dict(phones_seen(user).filter(actor__in=actors).reverse().values_list("actor_id", "phone"))


def phones_seen(user: "User") -> QuerySet[Contact]:
    return Contact.objects.visible_to(user).exclude(phone="").order_by("person", "pk")


def phone_of(actor: Actor, user: "User") -> str:
    return phones_of([actor.pk], user).get(actor.pk, "")


def unreached(seen: Seen) -> dict[int, Unreached]:
    """For who prepares a meeting to come, or one that is off: the institutions it still has to be told to, by key."""
    meeting = seen.meeting
    if not seen.steers or meeting.state not in {*Meeting.AHEAD, Meeting.State.CANCELLED} or meeting.is_over:
        return {}
    if all(row.answer == Invitation.Answer.DECLINED for row in seen.invitations):
        return {}
    phone = Subquery(phones_seen(seen.user).filter(actor=OuterRef("actor")).values("phone")[:1])
    found = to_telephone(Invitation.objects.filter(meeting=meeting)).annotate(phone=Coalesce(phone, Value("")))
    rows = list(found.values_list("pk", "actor_id", "phone", "is_untold"))
    lost = {pk: actor for pk, actor, _phone, is_untold in rows if is_untold}
    rounds, dead = _last_rounds(meeting) if lost else ({}, set())
    reached = recipients_by_actor(lost.values()) if lost else {}
    return {
        actor: _unreached(phone, rounds[pk], reached[actor], dead) if pk in lost else Unreached(phone)
        for pk, actor, phone, _is_untold in rows
    }


def to_telephone(invitations: QuerySet[Invitation]) -> QuerySet[Invitation]:
    """Those of the invitations whose institution somebody telephones, as long as the meeting is not over: the one rule.

    Either the mails that told it last are lost (`is_untold`), and it has not answered since; or it has no address, and
    has not answered, or did and the meeting is off, which it cannot know. `told`: when it was told last. One that is
    not sent yet belongs to a meeting in preparation.
    """
    mails = mails_of_each()
    rows = invitations.annotate(told=Subquery(mails.order_by("-created_at").values("created_at")[:1]))
    last = mails.filter(created_at=OuterRef("told"))
    silent, is_off = Q(answer=Invitation.Answer.NONE), Q(meeting__state__in=Meeting.OFF)
    untold = Q(Exists(last.filter(is_lost()))) & ~Q(Exists(last.filter(~is_lost())))
    untold &= silent | Q(answered_at__lt=F("told"))
    mute = (silent | is_off) & ~reached_condition(actor="actor")
    rows = rows.annotate(is_untold=Case(When(untold, then=True), default=False, output_field=BooleanField()))
    rows = rows.filter(
        meeting__state__in=(*Meeting.AHEAD, Meeting.State.CANCELLED), meeting__ends_at__gte=timezone.now()
    )
    return rows.exclude(answer=Invitation.Answer.DECLINED).filter(Q(is_untold=True) | mute)


def mails_of_each() -> QuerySet[Notification]:
    """What each row of a query over invitations was told by, for a subquery."""
    mails = Notification.objects.filter(kind__in=TELLING, content_type=ContentType.objects.get_for_model(Meeting))
    numbered = mails.annotate(invitation=Cast(KeyTextTransform("invitation", "context"), IntegerField()))
    return numbered.filter(object_id=Cast(OuterRef("meeting_id"), CharField()), invitation=OuterRef("pk"))


def is_lost() -> Q:
    """Of a mail that is no longer on its way and has not arrived."""
    return Q(state__in=LOST) & (Q(leased_until=None) | Q(leased_until__lte=timezone.now()))


def _unreached(phone: str, last: Round, recipients: list[Recipient], dead: set[str]) -> Unreached:
    is_new = any(recipient.email.strip().lower() not in dead for recipient in recipients)
    unsure = Mail.UNKNOWN in last.states
    return Unreached(phone, not unsure, unsure, last.kind == KIND, is_new)


def _last_rounds(meeting: Meeting) -> tuple[dict[int, Round], set[str]]:
    """What each invitation was told last, by its key; and the mailboxes whose newest mail about the meeting is lost,
    whichever institution it was for."""
    mails = Notification.objects.filter(
        kind__in=TELLING, content_type=ContentType.objects.get_for_model(Meeting), object_id=str(meeting.pk)
    )
    rounds: dict[int, Round] = {}
    newest: dict[str, bool] = {}
    for mail in mails.only("kind", "created_at", "context", "email", "state", "leased_until"):
        newest.setdefault(mail.email.strip().lower(), mail.state in LOST and not mail.is_being_sent)
        if (pk := mail.context.get("invitation")) is None:
            continue
        if pk not in rounds or rounds[pk].at < mail.created_at:
            rounds[pk] = Round(mail.kind, mail.created_at)
        if rounds[pk].at == mail.created_at:
            rounds[pk].states.add(mail.state)
    return rounds, {email for email, is_dead in newest.items() if is_dead}


def announced_to(meeting: Meeting, user: "User", letters: list[InvitationLetter]) -> dict[str, Any]:
    """What the page shows before invitations leave: who receives what, in which words, and whom to telephone."""
    others = [replace(letter, recipients=without(user, letter.recipients)) for letter in letters]
    return {
        "lines": lines_of(meeting, letters, user),
        "texts": [
            (LANGUAGES[language], language, with_account, text)
            for (language, with_account), text in texts_of(meeting, others).items()
        ],
        "planned": digest_of(meeting, letters),
    }


def told_lines(meeting: Meeting, actors: Iterable[Actor], user: "User") -> list[dict[str, Any]]:
    """The same of institutions that are told something else about the meeting."""
    return lines_of(meeting, letters_to(meeting, in_order(actors)), user)


def lines_of(meeting: Meeting, letters: list[InvitationLetter], user: "User") -> list[dict[str, Any]]:
    """Of each letter the institution, its mailboxes with their languages, and its telephone where it has none.

    Who looks gets no mail of what they do: an institution they alone answer for is `own`.
    """
    phones = phones_of([letter.invitation.actor_id for letter in letters if not letter.recipients], user)
    return [
        {
            "actor": letter.invitation.actor,
            "to": [(to.email, LANGUAGES[to.reads(meeting)]) for to in without(user, letter.recipients)],
            "own": bool(letter.recipients),
            "phone": phones.get(letter.invitation.actor_id, ""),
        }
        for letter in letters
    ]


def open_links(invitation: Invitation) -> list[SignedLink]:
    """The personal links by which the institution may answer, as long as they can be used."""
    return [link for link in SignedLink.objects.about(invitation, ACT) if not link.is_over]
