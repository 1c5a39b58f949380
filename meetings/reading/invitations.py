"""Whom the invitations of a meeting reach, and which telephone is left where no mail does."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import CharField, IntegerField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce
from django.utils import timezone

from actors.directory.models import Actor, Contact
from actors.directory.rules.recipients import reached_condition, recipients_by_actor
from meetings.models import Invitation, Meeting
from meetings.reading.seen import Seen, in_order
from meetings.rules.invitations import KIND, TELLING, InvitationLetter, digest_of, letters_to, texts_of
from portal.core.names import LANGUAGES
from portal.notifications.models import Notification
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
    emails: set[str] = field(default_factory=set)
    states: set[str] = field(default_factory=set)

    @property
    def is_lost(self) -> bool:
        """None of them is still on its way or has arrived."""
        return self.states <= set(LOST)


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
    asked = [row for row in seen.invitations if row.answer != Invitation.Answer.DECLINED]
    silent = {row.actor_id for row in asked if row.answer == Invitation.Answer.NONE or meeting.is_off}
    rounds = _last_rounds(meeting) if asked else {}
    told = {row.actor_id: (row, rounds[row.pk]) for row in asked if row.pk in rounds}
    lost = {actor: last for actor, (row, last) in told.items() if last.is_lost and _is_news(row, last)}
    if not silent and not lost:
        return {}
    phone = Subquery(phones_seen(seen.user).filter(actor=OuterRef("pk")).values("phone")[:1])
    found = Actor.objects.filter(~reached_condition() & Q(pk__in=silent) | Q(pk__in=lost))
    reached = recipients_by_actor(lost) if lost else {}
    rows = found.values_list("pk", Coalesce(phone, Value("")))
    return {pk: _unreached(phone, lost.get(pk), reached.get(pk, [])) for pk, phone in rows}


def mails_of_each() -> QuerySet[Notification]:
    """What each row of a query over invitations was told by, for a subquery."""
    mails = Notification.objects.filter(kind__in=TELLING, content_type=ContentType.objects.get_for_model(Meeting))
    numbered = mails.annotate(invitation=Cast(KeyTextTransform("invitation", "context"), IntegerField()))
    return numbered.filter(object_id=Cast(OuterRef("meeting_id"), CharField()), invitation=OuterRef("pk"))


def is_lost() -> Q:
    """Of a mail that is no longer on its way and has not arrived (`Round.is_lost` is where all of them are)."""
    return Q(state__in=LOST) & (Q(leased_until=None) | Q(leased_until__lte=timezone.now()))


def _unreached(phone: str, last: Round | None, recipients: list[Recipient]) -> Unreached:
    if last is None:
        return Unreached(phone)
    is_new = any(recipient.email not in last.emails for recipient in recipients)
    unsure = Mail.UNKNOWN in last.states
    return Unreached(phone, not unsure, unsure, last.kind == KIND, is_new)


def _is_news(invitation: Invitation, last: Round) -> bool:
    """It has not answered, or did before these mails left."""
    answered_at = invitation.answered_at
    return invitation.answer == Invitation.Answer.NONE or (answered_at is not None and answered_at < last.at)


def _last_rounds(meeting: Meeting) -> dict[int, Round]:
    """What each invitation was told last, by its key."""
    mails = Notification.objects.filter(
        kind__in=TELLING, content_type=ContentType.objects.get_for_model(Meeting), object_id=str(meeting.pk)
    )
    rounds: dict[int, Round] = {}
    for mail in mails.only("kind", "created_at", "context", "email", "state", "leased_until"):
        if (pk := mail.context.get("invitation")) is None:
            continue
        if pk not in rounds or rounds[pk].at < mail.created_at:
            rounds[pk] = Round(mail.kind, mail.created_at)
        if rounds[pk].at == mail.created_at:
            rounds[pk].emails.add(mail.email)
            rounds[pk].states.add(Mail.WAITING if mail.is_being_sent else mail.state)
    return rounds


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
