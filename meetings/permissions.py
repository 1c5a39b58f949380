"""Who may do what with a meeting."""

from typing import TYPE_CHECKING

from django.db.models import Q

from actors.directory.models import Actor, Membership, Space, SpaceMember
from actors.directory.models.membership import parts_by_actor
from actors.directory.models.space import roles_by_space
from meetings.models import Attendance, Invitation, Meeting, Minutes

if TYPE_CHECKING:
    from actors.directory.models.actor import ActorQuerySet
    from portal.accounts.models import User


def is_secretariat(user: "User", meeting: Meeting) -> bool:
    """Chair or secretariat of the meeting's space; where it is in none, a manager of the organiser."""
    if not user.is_authenticated:
        return False
    if meeting.space_id is not None:
        return roles_by_space(user).get(meeting.space_id) in SpaceMember.STEERING
    return Membership.Part.MANAGER in parts_by_actor(user).get(meeting.organiser_id, ())


def steers(user: "User", meeting: Meeting) -> bool:
    """The meeting's secretariat, or an administrator: they prepare, announce, invite and take attendance."""
    return getattr(user, "is_administrator", False) or is_secretariat(user, meeting)


def takes_part(user: "User", meeting: Meeting) -> bool:
    """In the meeting's space, of its organiser, or of an institution that was invited."""
    return Meeting.objects.filter(pk=meeting.pk).taken_part_in_by(user).exists()


def can_see_inside(user: "User", meeting: Meeting) -> bool:
    """Who was invited, who answered, who was absent or excused: those who prepare the meeting or take part in it."""
    return steers(user, meeting) or takes_part(user, meeting)


def can_add_meeting(user: "User") -> bool:
    """Chair or secretariat of any space, manager of any institution, administrators."""
    if getattr(user, "is_administrator", False):
        return True
    if not user.is_authenticated:
        return False
    managed = any(Membership.Part.MANAGER in parts for parts in parts_by_actor(user).values())
    return managed or any(role in SpaceMember.STEERING for role in roles_by_space(user).values())


def can_call_meeting(user: "User", organiser: Actor, space: Space | None) -> bool:
    """Call a meeting of `space` (its chair or secretariat), or of none (the organiser's managers)."""
    return steers(user, Meeting(organiser=organiser, space=space))


def can_edit_meeting(user: "User", meeting: Meeting) -> bool:
    return steers(user, meeting)


def can_announce_meeting(user: "User", meeting: Meeting) -> bool:
    """Announce, hold, close, cancel, postpone and announce again."""
    return steers(user, meeting)


def can_edit_agenda(user: "User", meeting: Meeting) -> bool:
    return steers(user, meeting)


def can_invite(user: "User", meeting: Meeting) -> bool:
    """Invite institutions, remind them, note what they answered by telephone."""
    return steers(user, meeting)


def can_record_attendance(user: "User", meeting: Meeting) -> bool:
    return steers(user, meeting)


def can_answer_invitation(user: "User", invitation: Invitation) -> bool:
    """Anybody who works for the invited institution answers for it."""
    return user.is_authenticated and invitation.actor_id in parts_by_actor(user)


def can_read_working_minutes(user: "User", minutes: Minutes) -> bool:
    """The text as it stands: a draft for those who prepare the meeting; circulated, for all who take part as well."""
    if steers(user, minutes.meeting):
        return True
    return minutes.state != Minutes.State.DRAFT and takes_part(user, minutes.meeting)


def can_read_adopted_minutes(user: "User", meeting: Meeting) -> bool:
    """Adopted minutes: everybody for a public meeting, else those who take part."""
    return meeting.audience == Meeting.Audience.PUBLIC or can_see_inside(user, meeting)


def can_record_minutes(user: "User", meeting: Meeting) -> bool:
    """Write, circulate, adopt, take back: the secretariat; administrators read."""
    return is_secretariat(user, meeting)


def reviewing_actors(user: "User", minutes: Minutes) -> list[Actor]:
    """The institutions on whose behalf this person may speak about the circulated minutes: invited or present ones."""
    own = list(parts_by_actor(user)) if user.is_authenticated else []
    return list(asked_about(minutes.meeting).filter(pk__in=own)) if own else []


def asked_about(meeting: Meeting) -> "ActorQuerySet":
    """The institutions whose word on the minutes is asked: invited, or present without an invitation."""
    invited = Invitation.objects.sent().filter(meeting=meeting).values("actor_id")
    here = Attendance.objects.filter(meeting=meeting, status__in=Attendance.HERE).values("actor_id")
    return Actor.objects.filter(Q(pk__in=invited) | Q(pk__in=here))


def can_edit_documents(user: "User", meeting: Meeting) -> bool:
    """Add files, replace them, take them away."""
    return steers(user, meeting)


def can_read_reminders(user: "User", meeting: Meeting) -> bool:
    """Whoever prepares the meeting reads them all, whoever takes part their own."""
    return can_see_inside(user, meeting)


def can_make_report(user: "User", meeting: Meeting) -> bool:
    return steers(user, meeting)
