"""The life of the minutes: recorded item by item, circulated, reviewed, adopted, corrected."""

from datetime import date

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from actors.directory.models import Actor
from meetings.models import AgendaItem, Meeting, Minutes, MinutesReview, MinutesRevision, MinutesSection, MinutesVersion
from meetings.permissions import (
    asked_about,
    check_record_minutes,
    check_review_minutes,
    why_not_record,
    why_not_review,
)
from meetings.rules.adopted import frozen
from meetings.rules.recipients import recipients_of_all, steering_recipients
from meetings.rules.words import missing_in_review
from portal.core import history
from portal.core.acting import Acting, person
from portal.core.dates import day_text, today
from portal.core.errors import Refused, refuse_all
from portal.core.html import clean, plain
from portal.notifications.actions import notify
from portal.notifications.rules.recipients import Recipient

#: a meeting of which minutes are written: under way, held, or with its file closed and something to correct
MINUTED = (Meeting.State.ANNOUNCED, *Meeting.TOOK_PLACE)


@transaction.atomic
def record_minutes(
    meeting: Meeting, *, html: str, seen_revision: int, by: Acting, item: AgendaItem | None = None
) -> MinutesSection:
    """Keep what was said on one item (in general, without one) as a new revision; the same text again keeps none.

    Raises Refused when the minutes are not a draft, or when somebody saved since `seen_revision`: then `details`
    carries `theirs` (their revision, with who and when), and nothing is written.
    """
    check_record_minutes(by, meeting)
    if meeting.state not in MINUTED:
        raise Refused(_("Minutes are written of a meeting that was announced and takes place."))
    if item is not None and item.meeting_id != meeting.pk:
        raise Refused(_("This item belongs to another meeting."))
    minutes = begin_minutes(meeting, by=by)
    # Both are kept until the end: while a text is written nobody circulates, or takes its item off the programme.
    history.renew(minutes)
    if item is not None:
        history.renew(item)
    if reason := why_not_record(minutes):
        raise Refused(reason)
    html = clean(html)
    section = _section(minutes, item)
    if section.revision == seen_revision and section.html == html:
        return section
    saved = MinutesSection.objects.filter(
        pk=section.pk, revision=seen_revision, minutes__state=Minutes.State.DRAFT
    ).update(html=html, text=plain(html), revision=seen_revision + 1)
    if not saved:
        theirs = section.revisions.select_related("saved_by").first()
        if theirs is not None and theirs.saved_by is not None and theirs.saved_by == person(by):
            sentence = _(
                "You saved this item yourself in another window while you were writing here. "
                "Both texts are below: bring them together, then save."
            )
        else:
            sentence = _(
                "Somebody else saved this item while you were writing. "
                "Both texts are below: bring them together, then save."
            )
        raise Refused(sentence, theirs=theirs)
    section.refresh_from_db()
    MinutesRevision.objects.create(
        section=section, number=section.revision, html=section.html, text=section.text, saved_by=person(by)
    )
    return section


def begin_minutes(meeting: Meeting, *, by: Acting) -> Minutes:
    """The meeting's minutes, begun as a draft where there are none."""
    check_record_minutes(by, meeting)
    minutes = Minutes.objects.filter(meeting=meeting).first()
    if minutes is None:
        minutes = Minutes(meeting=meeting)
        try:
            with transaction.atomic():
                history.save(minutes, by=by)
        except IntegrityError:
            return Minutes.objects.get(meeting=meeting)
    return minutes


def _section(minutes: Minutes, item: AgendaItem | None) -> MinutesSection:
    section, _created = MinutesSection.objects.get_or_create(minutes=minutes, item=item)
    return section


@transaction.atomic
def circulate_minutes(minutes: Minutes, *, until: date, by: Acting) -> None:
    """Put the draft before the institutions until the end of the day `until`, and tell each of them.

    Raises Refused for an empty draft, a meeting not yet held, a day that is not to come.
    """
    check_record_minutes(by, minutes.meeting)
    history.renew(minutes)
    if not minutes.meeting.took_place:
        raise Refused(_("Minutes are circulated once the meeting is marked as held."))
    if until <= today():
        raise Refused(_("Choose a day to come, so that the institutions have time to answer."), field="until")
    if not minutes.sections.written().exists():
        raise Refused(_("The minutes are still empty: write at least one item."))
    history.move(
        minutes,
        Minutes.State.CIRCULATED,
        by=by,
        circulated_at=timezone.now(),
        remarks_until=until,
        circulation=minutes.circulation + 1,
    )
    notify(
        _institutions(minutes.meeting),
        kind="meetings.minutes_circulated",
        about=minutes.meeting,
        by=by,
        context={"until": until, "again": minutes.circulation > 1},
    )


@transaction.atomic
def review_minutes(minutes: Minutes, *, actor: Actor, answer: str, text: str = "", by: Acting) -> MinutesReview:
    """Record an institution's approval or remarks, and tell the secretariat.

    It may change its word until the window closes.
    """
    check_review_minutes(by, minutes, actor)
    history.renew(minutes)
    if reason := why_not_review(minutes):
        raise Refused(reason)
    if not asked_about(minutes.meeting).filter(pk=actor.pk).exists():
        raise Refused(_("This institution was neither invited to the meeting nor present."), field="actor")
    refuse_all(missing_in_review(answer, text))
    review = minutes.reviews.current().filter(actor=actor).first() or MinutesReview(
        minutes=minutes, version=minutes.version, circulation=minutes.circulation, actor=actor
    )
    review.answer, review.given_by = answer, person(by)
    review.text = text.strip() if answer == MinutesReview.Answer.REMARKS else ""
    try:
        with transaction.atomic():
            history.save(review, by=by)
    except IntegrityError as error:
        raise Refused(_("A colleague has just answered for your institution. Reload the page to see it.")) from error
    notify(
        steering_recipients(minutes.meeting),
        kind="meetings.minutes_reviewed",
        about=minutes.meeting,
        by=by,
        context={"actor": actor, "answer": MinutesReview.Answer(answer).label},
    )
    return review


def silent_about(minutes: Minutes) -> list[Actor]:
    """The institutions asked that have not said a word on the minutes as they were last circulated."""
    spoken = minutes.reviews.current().values("actor_id")
    return list(
        asked_about(minutes.meeting).exclude(pk__in=spoken).order_by(Actor.Kind.rank_of("kind"), "name_ar", "pk")
    )


@transaction.atomic
def adopt_minutes(minutes: Minutes, *, by: Acting, in_session: bool = False) -> MinutesVersion:
    """Freeze the circulated text as a version, with the meeting as it was, and tell everybody.

    It is the secretariat that adopts: who says nothing has neither approved nor remarked. While the window is open
    every institution must have answered, or the minutes were adopted `in_session` by the institutions themselves.
    Two people adopting at once: one is Refused.
    """
    check_record_minutes(by, minutes.meeting)
    history.renew(minutes)
    history.renew(minutes.meeting)
    until = minutes.remarks_until
    if until and minutes.takes_remarks() and not in_session and (silent := len(silent_about(minutes))):
        raise Refused(
            ngettext(
                "%(count)d institution may still answer until %(day)s. "
                "Wait until then, or say that the minutes were adopted in session.",
                "%(count)d institutions may still answer until %(day)s. "
                "Wait until then, or say that the minutes were adopted in session.",
                silent,
            )
            % {"count": silent, "day": day_text(until)},
            field="in_session",
        )
    now = timezone.now()
    history.move(minutes, Minutes.State.ADOPTED, by=by, reason=Minutes.IN_SESSION if in_session else "", adopted_at=now)
    version = MinutesVersion.objects.create(
        minutes=minutes,
        number=minutes.version,
        sections=_frozen(minutes),
        facts=frozen(minutes.meeting),
        adopted_at=now,
        adopted_by=person(by),
    )
    notify(
        _institutions(minutes.meeting),
        kind="meetings.minutes_adopted",
        about=minutes.meeting,
        by=by,
        context={"version": minutes.version},
    )
    return version


def _frozen(minutes: Minutes) -> list[dict]:
    items = minutes.meeting.items.values_list("pk", flat=True)
    numbers: dict[int | None, int] = {pk: number for number, pk in enumerate(items, start=1)}
    return [
        {
            "section": section.pk,
            "item": section.item_id,
            "number": numbers.get(section.item_id),
            "title_ar": section.item.title_ar if section.item else "",
            "title_fr": section.item.title_fr if section.item else "",
            "title_en": section.item.title_en if section.item else "",
            "html": section.html,
            "text": section.text,
            "revision": section.revision,
        }
        for section in minutes.sections.written().select_related("item")
    ]


@transaction.atomic
def reopen_minutes(minutes: Minutes, *, by: Acting, reason: str = "") -> None:
    """Back to draft: circulated minutes to be changed, or adopted ones to be corrected.

    A correction is the next version and needs a reason; the adopted version stays readable until it is adopted itself.
    """
    check_record_minutes(by, minutes.meeting)
    history.renew(minutes)
    if minutes.state == Minutes.State.ADOPTED:
        if not reason.strip():
            raise Refused(_("Say what has to be corrected."), field="reason")
        history.move(
            minutes, Minutes.State.DRAFT, by=by, reason=reason.strip(), version=minutes.version + 1, remarks_until=None
        )
    else:
        history.move(minutes, Minutes.State.DRAFT, by=by, reason=reason.strip(), remarks_until=None)


def _institutions(meeting: Meeting) -> list[Recipient]:
    return recipients_of_all(asked_about(meeting).order_by("pk"))
