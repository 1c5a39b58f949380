"""Whom the invitations of a meeting reach, and which telephone is left where no mail does."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from actors.directory.models import Actor, Contact
from actors.directory.rules.recipients import reached_condition
from meetings.models import Invitation, Meeting
from meetings.reading.seen import Seen, in_order
from meetings.rules.invitations import KIND, InvitationLetter, digest_of, letters_to, texts_of
from portal.core.names import LANGUAGES
from portal.notifications.models import Notification
from portal.notifications.rules.recipients import without

if TYPE_CHECKING:
    from portal.accounts.models import User

Mail = Notification.State


@dataclass(frozen=True, slots=True)
class Unreached:
    """An institution to telephone: it has no mailbox, each of those it has refused the invitation (`refused`), or none
    is known to have it (`unsure`)."""

    phone: str
    refused: bool = False
    unsure: bool = False


def phones_of(actors: Collection[int], user: "User") -> dict[int, str]:
    """The first telephone of each institution that this person sees, an office's before a person's."""
    return dict(_phones(user).filter(actor__in=actors).reverse().values_list("actor_id", "phone"))


def _phones(user: "User") -> QuerySet[Contact]:
    return Contact.objects.visible_to(user).exclude(phone="").order_by("person", "pk")


def phone_of(actor: Actor, user: "User") -> str:
    return phones_of([actor.pk], user).get(actor.pk, "")


def unreached(seen: Seen) -> dict[int, Unreached]:
    """For who prepares a meeting to come: the institutions without an answer that no mail reaches, by key."""
    meeting = seen.meeting
    if not seen.steers or meeting.state not in Meeting.AHEAD or meeting.is_over:
        return {}
    silent = {row.pk: row.actor_id for row in seen.invitations if row.answer == Invitation.Answer.NONE}
    if not silent:
        return {}
    mails = _undelivered(meeting)
    refused = {actor for pk, actor in silent.items() if mails.get(pk) == {Mail.GIVEN_UP}}
    unsure = {actor for pk, actor in silent.items() if Mail.UNKNOWN in mails.get(pk, ())}
    phone = Subquery(_phones(seen.user).filter(actor=OuterRef("pk")).values("phone")[:1])
    found = Actor.objects.filter(~reached_condition() | Q(pk__in=refused | unsure), pk__in=silent.values())
    rows = found.values_list("pk", Coalesce(phone, Value("")))
    return {pk: Unreached(phone, pk in refused, pk in unsure) for pk, phone in rows}


def _undelivered(meeting: Meeting) -> dict[int, set[str]]:
    """The states of the mails of each invitation, by its key, where none of them is still on its way or has arrived."""
    mails = Notification.objects.filter(
        kind=KIND, content_type=ContentType.objects.get_for_model(Meeting), object_id=str(meeting.pk)
    )
    states: dict[int, set[str]] = defaultdict(set)
    for context, state in mails.values_list("context", "state"):
        if (pk := context.get("invitation")) is not None:
            states[pk].add(state)
    return {pk: found for pk, found in states.items() if found <= {Mail.GIVEN_UP, Mail.UNKNOWN}}


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
