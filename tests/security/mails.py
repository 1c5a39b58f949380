"""What the postman would carry to somebody, as they would read it: every kind of mail about everything they see."""

from collections.abc import Callable, Iterator
from typing import Any

from django.utils import timezone

from actors.directory.models import AccountOffer, Actor, HandOver, ProposedChange
from actors.directory.rules.recipients import recipients_of
from actors.roles.models import Responsibility
from meetings.models import Meeting
from meetings.permissions import can_see_inside
from portal.core.dates import today
from portal.notifications.rules.messages import drafted, render
from portal.notifications.rules.recipients import Recipient
from portal.notifications.work import reason_to_drop
from recommendations.models import Recommendation
from tests.notifications.test_words_of_mails import SAMPLES

MODELS = {
    "commune": Actor, "hand_over": HandOver, "meeting": Meeting, "offer": AccountOffer, "proposal": ProposedChange,
    "recommendation": Recommendation, "role": Responsibility,
}  # fmt: skip
CONTEXT = {"part": "leads", "until": today()}


def administrators(user: Any, _about: Any) -> bool:
    return user.is_administrator


def answering(user: Any, actor: Actor) -> bool:
    return any(to.user == user for to in recipients_of(actor))


def has_minutes(_user: Any, meeting: Meeting) -> bool:
    return hasattr(meeting, "minutes")


def standing(state: str) -> Callable[[Any, Any], bool]:
    return lambda user, meeting: meeting.state == state and can_see_inside(user, meeting)


#: who of those that see the thing are written to; for the rest all are
WRITTEN_TO: dict[str, Callable[[Any, Any], bool]] = {
    "directory.change_proposed": administrators,
    "directory.sheet_reported": administrators,
    "directory.sheet_stale": answering,
    "meetings.cancelled": standing(Meeting.State.CANCELLED),
    "meetings.postponed": standing(Meeting.State.POSTPONED),
    "meetings.minutes_adopted": has_minutes,
    "meetings.minutes_circulated": has_minutes,
    "meetings.minutes_reviewed": has_minutes,
    "meetings.remarks_closing": has_minutes,
    "roles.role_contested": administrators,
}


def mails(user: Any) -> Iterator[bytes]:
    """To the account, and to a mailbox of the same institution that has none."""
    for kind, (thing, *_ways) in SAMPLES.items():
        if thing not in MODELS:  # about an account, to its owner
            continue
        is_written_to = WRITTEN_TO.get(kind, lambda _user, _about: True)
        for about in MODELS[thing].objects.visible_to(user) if user.is_authenticated else ():
            if is_written_to(user, about):
                for to in (Recipient.of(user), Recipient("office@example.org", user.language)):
                    mail = drafted(to, kind, about, CONTEXT)
                    if not reason_to_drop(mail, timezone.now()):
                        message = render(mail)
                        yield f"{message.subject}\n{message.text}\n{message.html}".encode()
