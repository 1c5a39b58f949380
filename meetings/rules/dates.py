"""What speaks against the date of a meeting: a warning, never a wall."""

import hashlib
from datetime import timedelta

from django.utils import timezone
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from actors.directory.rules.recipients import recipients_by_actor
from meetings.models import Meeting
from portal.core.acting import Acting
from portal.core.dates import as_day, day_and_time, is_another_hour, long_day, start_of, today
from portal.notifications.rules.recipients import without
from portal.reference.calendar import rest_days

#: a slip of the pen in the year makes a long meeting: so many of its days are named
NAMED = 3
#: how the key of what is written at once begins; the others speak against the date
MAILS = "mails:"
#: what the invited must know at once when it changes
WHEN_AND_WHERE = ("starts_at", "ends_at", "times_known", "place_ar", "place_fr", "place_en", "link")


def warnings_about(meeting: Meeting) -> dict[str, str]:
    """The sentences whoever sets this date reads first, by a key that holds as long as the same speaks against it.

    A date gone by, rest days, and other meetings of the same space at that hour; `meeting` may not be saved yet.
    """
    return _gone_by(meeting) | _rest_days(meeting) | _same_hour(meeting)


def mails_about(meeting: Meeting, before: Meeting, *, by: Acting) -> dict[str, str]:
    """That saving a change of an announced meeting writes to the invited at once; the key holds while they and their
    mailboxes stay the same."""
    if before.state != Meeting.State.ANNOUNCED or meeting.is_over:
        return {}
    changed = any(getattr(meeting, name) != getattr(before, name) for name in WHEN_AND_WHERE)
    sent = meeting.invitations.sent().select_related("actor") if changed else ()
    if not sent:
        return {}
    found = recipients_by_actor([invitation.actor_id for invitation in sent])
    mailboxes = {pk: sorted(to.email for to in without(by, recipients)) for pk, recipients in found.items()}
    if meeting.begins_with(before) or not meeting.awaits_answers:
        sentence = _("By mail, the institutions invited are told of this change at once, and their answers stay.")
    elif is_another_hour(before.starts_at, meeting.starts_at):
        sentence = _("By mail, the institutions invited are told the new time at once, and asked anew.")
    else:
        sentence = _("By mail, the institutions invited are told the new date at once, and asked anew.")
    told = repr((sentence, sorted(mailboxes.items())))
    return {f"{MAILS}{hashlib.sha256(told.encode()).hexdigest()[:16]}": sentence}


def _gone_by(meeting: Meeting) -> dict[str, str]:
    over = meeting.starts_at < timezone.now() if meeting.times_known else meeting.begins_on < today()
    if not over:
        return {}
    return {f"past:{meeting.starts_at.isoformat()}": _("This date is gone by: %(when)s.") % {"when": _when(meeting)}}


def _rest_days(meeting: Meeting) -> dict[str, str]:
    found = {}
    for day, feasts in list(rest_days(meeting.begins_on, as_day(meeting.ends_at)).items())[:NAMED]:
        if feasts:
            names = pgettext("between the parts of a list", ", ").join(str(feast.name) for feast in feasts)
            sentence = _("%(day)s is a public holiday: %(names)s.") % {"day": long_day(day), "names": names}
            if any(feast.is_estimated and not feast.is_confirmed for feast in feasts):
                sentence += " " + _("This day is an estimate until it is confirmed.")
        else:
            sentence = _("%(day)s is not a working day.") % {"day": long_day(day)}
        found[f"rest:{day.isoformat()}"] = capfirst(sentence)
    return found


def _same_hour(meeting: Meeting) -> dict[str, str]:
    if meeting.space_id is None:
        return {}
    first, last = start_of(meeting.begins_on), start_of(as_day(meeting.ends_at) + timedelta(days=1))
    others = Meeting.objects.filter(space=meeting.space_id, starts_at__lt=last, ends_at__gt=first)
    others = others.exclude(pk=meeting.pk).exclude(state__in=Meeting.OFF)
    return {
        f"busy:{other.reference}:{other.starts_at.isoformat()}": format_html(
            '{} <a href="{}"><bdi>{}</bdi></a>',
            _("Another meeting of the same space is at that time (%(when)s):") % {"when": _when(other)},
            other.get_absolute_url(),
            other.title,
        )
        for other in others.order_by("starts_at", "pk")
        if meeting.meets_with(other)
    }


def _when(meeting: Meeting) -> str:
    return day_and_time(meeting.starts_at) if meeting.times_known else long_day(meeting.starts_at)
