"""Who may do what with a meeting."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from actors.directory.models import Actor, Space
from actors.directory.models.membership import managed_by, parts_by_actor
from actors.directory.models.space import steered_by
from meetings.models import Invitation, Meeting, Minutes
from meetings.models.participation import taking_part
from portal.core.acting import rule
from portal.core.dates import day_and_time, day_text

if TYPE_CHECKING:
    from actors.directory.models.actor import ActorQuerySet
    from portal.accounts.models import User


def is_secretariat(user: "User", meeting: Meeting) -> bool:
    """Chair or secretariat of the meeting's space; where it is in none, a manager of the organiser."""
    if meeting.space_id is not None:
        return meeting.space_id in steered_by(user)
    return meeting.organiser_id in managed_by(user)


def steers(user: "User", meeting: Meeting) -> bool:
    """The meeting's secretariat, or an administrator: they prepare, announce, invite and take attendance."""
    return user.is_administrator or is_secretariat(user, meeting)


def takes_part(user: "User", meeting: Meeting) -> bool:
    """In the meeting's space, of its organiser, or of an institution that was invited or recorded present."""
    return Meeting.objects.filter(pk=meeting.pk).taken_part_in_by(user).exists()


def can_see_inside(user: "User", meeting: Meeting) -> bool:
    """Who was invited, who answered, who was absent or excused: those who prepare the meeting or take part in it."""
    return steers(user, meeting) or takes_part(user, meeting)


def can_add_meeting(user: "User") -> bool:
    """Chair or secretariat of any space, manager of any institution, administrators."""
    return user.is_administrator or bool(managed_by(user) or steered_by(user))


_CALLED = _("Meetings are called by the secretariat of a space or the managers of an institution.")
check_add_meeting = rule(can_add_meeting, _CALLED)


def can_call_meeting(user: "User", organiser: Actor, space: Space | None = None) -> bool:
    """Call a meeting of `space` (its chair or secretariat), or of none (the organiser's managers)."""
    return steers(user, Meeting(organiser=organiser, space=space))


check_call_meeting = rule(can_call_meeting, _CALLED)


def can_edit_meeting(user: "User", meeting: Meeting) -> bool:
    return steers(user, meeting)


check_edit_meeting = rule(can_edit_meeting, _("Only those who prepare the meeting change it."))


def can_announce_meeting(user: "User", meeting: Meeting) -> bool:
    """Announce, hold, close, cancel, postpone and announce again."""
    return steers(user, meeting)


check_announce_meeting = rule(can_announce_meeting, _("Only those who prepare the meeting do this."))


def why_not_hold(meeting: Meeting, now: datetime | None = None) -> str:
    """What has begun is noted as held; what was never announced, once it is over."""
    if meeting.state == Meeting.State.DRAFT and meeting.ends_at > (now or timezone.now()):
        return gettext("This meeting is in preparation: announce it, or note that it took place once it is over.")
    if meeting.has_begun(now):
        return ""
    if meeting.times_known:
        sentence = gettext("This meeting begins on %(when)s: note it as held once it has begun.")
        return sentence % {"when": day_and_time(meeting.starts_at)}
    sentence = gettext("This meeting takes place on %(day)s: note it as held from that day on.")
    return sentence % {"day": day_text(meeting.starts_at)}


def can_edit_agenda(user: "User", meeting: Meeting) -> bool:
    return steers(user, meeting)


check_edit_agenda = rule(can_edit_agenda, _("Only those who prepare the meeting change its programme."))


def can_invite(user: "User", meeting: Meeting) -> bool:
    """Invite institutions, remind them, note what they answered by telephone."""
    return steers(user, meeting)


check_invite = rule(can_invite, _("Only those who prepare the meeting invite to it."))


def can_record_attendance(user: "User", meeting: Meeting) -> bool:
    return steers(user, meeting)


check_record_attendance = rule(can_record_attendance, _("Only those who prepare the meeting record the attendance."))


def can_answer_invitation(user: "User", invitation: Invitation) -> bool:
    """Anybody who works for the invited institution answers for it."""
    return invitation.actor_id in parts_by_actor(user)


def can_note_answer(user: "User", invitation: Invitation, by_phone: bool) -> bool:
    """The institution's people for themselves; who prepares the meeting what was said by telephone."""
    return can_invite(user, invitation.meeting) if by_phone else can_answer_invitation(user, invitation)


check_note_answer = rule(
    can_note_answer,
    _("Only the people of the invited institution, or those who prepare the meeting, note its answer."),
)


def why_not_answer(invitation: Invitation, now: datetime) -> str:
    meeting = invitation.meeting
    if meeting.state == Meeting.State.CANCELLED:
        return gettext("This meeting is cancelled: no answer is needed.")
    if meeting.state == Meeting.State.POSTPONED:
        return gettext("This meeting is postponed: you will be asked again when its new date is known.")
    if meeting.state in Meeting.TOOK_PLACE or now >= meeting.starts_at:
        sentence = gettext("This meeting began on %(day)s: answers are no longer taken.")
        return sentence % {"day": day_text(meeting.starts_at)}
    if not invitation.is_sent or meeting.state != Meeting.State.ANNOUNCED:
        return gettext("This invitation has not been sent yet.")
    return ""


def can_read_working_minutes(user: "User", minutes: Minutes) -> bool:
    """The text as it stands: a draft for those who prepare the meeting; circulated, also for all who take part, and for
    those whose word is asked."""
    if steers(user, minutes.meeting):
        return True
    if minutes.state == Minutes.State.DRAFT:
        return False
    return takes_part(user, minutes.meeting) or bool(reviewing_actors(user, minutes))


def can_read_adopted_minutes(user: "User", meeting: Meeting) -> bool:
    """Adopted minutes: everybody for a public meeting, else those who take part."""
    return meeting.audience == Meeting.Audience.PUBLIC or can_see_inside(user, meeting)


def can_record_minutes(user: "User", meeting: Meeting) -> bool:
    """Write, circulate, adopt, take back: the secretariat; administrators read."""
    return is_secretariat(user, meeting)


check_record_minutes = rule(can_record_minutes, _("Only the secretariat writes the minutes."))


def why_not_record(minutes: Minutes) -> str:
    if minutes.state == Minutes.State.DRAFT:
        return ""
    return gettext("The minutes are no longer a draft: take them back to draft before you change them.")


def reviewing_actors(user: "User", minutes: Minutes) -> list[Actor]:
    """The institutions on whose behalf this person may speak about the circulated minutes: invited or present ones."""
    own = list(parts_by_actor(user))
    return list(asked_about(minutes.meeting).filter(pk__in=own)) if own else []


def can_review_minutes(user: "User", minutes: Minutes, actor: Actor | None = None) -> bool:
    """Whoever works for the institution speaks for it; without `actor`, for any whose word is asked."""
    return bool(reviewing_actors(user, minutes)) if actor is None else actor.pk in parts_by_actor(user)


check_review_minutes = rule(
    can_review_minutes, _("Only institutions that were invited or present give their word on the minutes.")
)


def why_not_review(minutes: Minutes) -> str:
    if minutes.takes_remarks():
        return ""
    if minutes.state == Minutes.State.ADOPTED:
        return gettext("These minutes are adopted: remarks are no longer taken.")
    if minutes.was_taken_back:
        return gettext(
            "The secretariat has taken these minutes back to correct them: "
            "your institution is asked again once they are circulated anew."
        )
    if minutes.state == Minutes.State.DRAFT:
        return gettext("These minutes have not been circulated yet.")
    return gettext("The time for remarks on these minutes is over.")


def asked_about(meeting: Meeting) -> "ActorQuerySet":
    """The institutions whose word on the minutes is asked."""
    return Actor.objects.filter(pk__in=taking_part("actor_id", meeting=meeting))


def can_edit_documents(user: "User", meeting: Meeting) -> bool:
    """Add files, replace them, take them away."""
    return steers(user, meeting)


check_edit_documents = rule(can_edit_documents, _("Only those who prepare the meeting add files or take them away."))


def can_read_reminders(user: "User", meeting: Meeting) -> bool:
    """Whoever prepares the meeting reads them all, whoever takes part their own."""
    return can_see_inside(user, meeting)


check_read_reminders = rule(can_read_reminders, _("The reminders are shown to the institutions concerned."))


def can_make_report(user: "User", meeting: Meeting) -> bool:
    return steers(user, meeting)


check_make_report = rule(can_make_report, _("Only those who prepare the meeting make its report."))


def can_keep_feed(user: "User", owner: "User") -> bool:
    """Open, renew and stop the secret address of a calendar."""
    return bool(owner.is_authenticated and owner == user)


check_keep_feed = rule(can_keep_feed, _("Everybody keeps the address of their own calendar alone."))
