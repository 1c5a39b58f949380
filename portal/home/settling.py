"""When a notification is no longer new: its page was seen (`portal.notifications.middleware`), or what it asks for was
done. This is the one place that knows what each kind asks for."""

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Model, Q
from django.dispatch import receiver
from django.utils import timezone

from meetings.models import Invitation
from meetings.permissions import can_answer_invitation
from portal.core.acting import person
from portal.core.saving import acted
from portal.notifications.models import Notification

_DIRECTORY, _ROLES = "actors.directory", "actors.roles"
_ANSWERED = ("meetings.answer_invitation",)
_REVIEWED = ("meetings.review_minutes",)
_REPORTED = ("recommendations.report_progress",)
_CONFIRMED = ("recommendations.confirm_recommendation", "recommendations.contest_recommendation")

#: each kind of notification, and the acts that do what it asks; those without an act are news, and are only read
ASKS: dict[str, tuple[str, ...]] = {
    "meetings.invited": _ANSWERED,
    "meetings.answer_missing": _ANSWERED,
    "meetings.answered": (),
    "meetings.coming": _ANSWERED,
    "meetings.moved": _ANSWERED,
    "meetings.changed": (),
    "meetings.postponed": (),
    "meetings.cancelled": (),
    "meetings.minutes_missing": ("meetings.record_minutes", "meetings.circulate_minutes"),
    "meetings.minutes_circulated": _REVIEWED,
    "meetings.remarks_closing": _REVIEWED,
    "meetings.minutes_reviewed": ("meetings.adopt_minutes", "meetings.reopen_minutes"),
    "meetings.minutes_adopted": (),
    "recommendations.assigned": ("recommendations.answer_assignment",),
    "recommendations.assignment_answered": ("recommendations.assign",),
    "recommendations.agenda": (),
    "recommendations.due": _REPORTED,
    "recommendations.overdue": _REPORTED,
    "recommendations.silent": _REPORTED,
    "recommendations.sent_back": _REPORTED,
    "recommendations.contested": _REPORTED,
    "recommendations.reopened": _REPORTED,
    "recommendations.awaiting_clearance": ("recommendations.clear_follow_up", "recommendations.send_back_follow_up"),
    "recommendations.declared_done": _CONFIRMED,
    "recommendations.unconfirmed": _CONFIRMED,
    "recommendations.confirmed": (),
    "recommendations.dropped": (),
    "recommendations.reported": (),
    "directory.sheet_stale": (f"{_DIRECTORY}.confirm_actor", f"{_DIRECTORY}.confirm_from_mail"),
    "directory.sheet_reported": (f"{_DIRECTORY}.edit_actor",),
    "directory.change_proposed": (f"{_DIRECTORY}.accept_change", f"{_DIRECTORY}.refuse_change"),
    "directory.change_answered": (),
    "directory.account_offered": (f"{_DIRECTORY}.answer_offer",),
    "directory.handed_over": (),
    "directory.hand_over_called_off": (),
    "roles.role_named": (f"{_ROLES}.confirm_role", f"{_ROLES}.contest_role"),
    "roles.role_contested": (f"{_ROLES}.edit_role", f"{_ROLES}.end_role"),
}
#: how the thing that is acted on names what people were told about
BELONGS_TO = ("meeting", "recommendation", "actor")


@receiver(acted, dispatch_uid="home.settle")
def settle(sender: Any, *, act: str, thing: Any, by: Any, **kwargs: Any) -> None:
    """What asked this person for the act is no longer new to them."""
    kinds = [kind for kind, acts in ASKS.items() if act in acts]
    user = person(by)
    if not kinds or user is None or _speaks_for_others(user, thing):
        return
    about = Q()
    for one in (thing, *(getattr(thing, name, None) for name in BELONGS_TO)):
        if isinstance(one, Model):
            about |= Q(content_type=ContentType.objects.get_for_model(one), object_id=str(one.pk))
    Notification.objects.of(user).filter(about, kind__in=kinds, read_at=None).update(read_at=timezone.now())


def _speaks_for_others(user: Any, thing: Any) -> bool:
    """A secretariat that notes a telephone answer has not answered its own invitation."""
    return isinstance(thing, Invitation) and not can_answer_invitation(user, thing)
