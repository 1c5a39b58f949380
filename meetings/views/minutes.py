"""The minutes tab: read, record, circulate, review, adopt, correct."""

from datetime import timedelta
from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from meetings.actions import minutes as actions
from meetings.forms.minutes import AdoptForm, CirculateForm, MinutesForm, ReopenForm, ReviewForm
from meetings.models import AgendaItem, Meeting, Minutes, MinutesReview, MinutesSection
from meetings.permissions import (
    asked_about,
    can_record_minutes,
    check_record_minutes,
    check_review_minutes,
    reviewing_actors,
    why_not_record,
    why_not_review,
)
from meetings.reading.invitations import told_lines
from meetings.reading.minutes_page import reading_of, rounds_of
from meetings.reading.pages import meeting_context, meeting_or_404
from meetings.reading.seen import Seen, in_order
from meetings.rules.adopted import SHOWN, as_adopted
from meetings.rules.recipients import without_mail
from meetings.views.meetings import warn_of_unreached
from portal.core.dates import today
from portal.core.pages import page
from portal.core.stamps import with_stamp

WEEKS_TO_REMARK = timedelta(weeks=2)


@login_not_required
@require_safe
def minutes(request: HttpRequest, reference: str) -> HttpResponse:
    """The text by item; for who prepares the meeting also who said what about it, and what comes next."""
    meeting = meeting_or_404(request, reference)
    context = meeting_context(request, meeting, "minutes")
    return page(request, "meetings/minutes.html", context | _about(request, context["seen"]))


def _about(request: HttpRequest, seen: Seen) -> dict[str, Any]:
    meeting = seen.meeting
    reading = reading_of(seen, wanted=request.GET.get("version", ""))
    if reading is None or (reading.minutes is None and not seen.inside):
        raise Http404
    minutes, writes = reading.minutes, can_record_minutes(seen.user, meeting) and meeting.state in actions.MINUTED
    context: dict[str, Any] = {
        "reading": reading,
        "minutes": minutes,
        "meeting": as_adopted(meeting, reading.version),
        "can_record": writes,
        "can_write_now": writes and (minutes is None or minutes.state == Minutes.State.DRAFT),
    }
    context["changed_since"] = any(getattr(context["meeting"], name) != getattr(meeting, name) for name in SHOWN)
    context["is_ready"] = writes and minutes is not None and minutes.is_ready_to_circulate
    if minutes is None or not minutes.circulation:
        return context
    own = [actor for actor in seen.asked_about_minutes if actor.pk in seen.own]
    if reading.is_working and minutes.takes_remarks() and own:
        given = next((row for row in seen.reviews if row.circulation == minutes.circulation and row.actor in own), None)
        context["review_form"] = ReviewForm(minutes=minutes, actors=own, given=given)
    return context | {"rounds": rounds_of(seen, minutes)}


@require_http_methods(["GET", "POST"])
def record_minutes(request: HttpRequest, reference: str) -> HttpResponse:
    """One item at a time; a save over somebody else's answers 409 with both texts, and keeps what was typed."""
    meeting = _written_by(request, reference)
    minutes = getattr(meeting, "minutes", None)
    if request.method == "GET" and minutes is not None and (reason := why_not_record(minutes)):
        messages.info(request, reason)
        return redirect(minutes)
    item = _item(request, meeting)
    form = MinutesForm(request.POST or None, section=_section(meeting, item))
    to, told = _next(request, meeting, item), _("The minutes of this item are saved.")
    if answer := form.carry(request, actions.record_minutes, meeting, item=item, to=to, told=told):
        return answer
    context = {"meeting": meeting, "form": form, "item": item, "theirs": form.theirs, "steps": _steps(meeting, item)}
    return page(request, "meetings/record_minutes.html", context, status=409 if form.theirs else 0)


def _item(request: HttpRequest, meeting: Meeting) -> AgendaItem | None:
    wanted = request.GET.get("item", "")
    return get_object_or_404(meeting.items, pk=wanted) if wanted.isdecimal() else None


def _section(meeting: Meeting, item: AgendaItem | None) -> MinutesSection:
    found = MinutesSection.objects.filter(minutes__meeting=meeting, item=item).first()
    return found or MinutesSection(item=item)


def _steps(meeting: Meeting, current: AgendaItem | None) -> list[dict[str, Any]]:
    """Every item to write about, the general part first, with a mark on those that have a text."""
    written = set(MinutesSection.objects.written().filter(minutes__meeting=meeting).values_list("item_id", flat=True))
    every: list[AgendaItem | None] = [None, *meeting.items.all()]
    return [
        {
            "title": str(item.title) if item else _("In general"),
            "number": number or None,
            "url": _address(meeting, item),
            "is_written": (item.pk if item else None) in written,
            "is_current": item == current,
        }
        for number, item in enumerate(every)
    ]


def _address(meeting: Meeting, item: AgendaItem | None) -> str:
    address = reverse("meetings:record_minutes", args=[meeting.reference])
    return f"{address}?item={item.pk}" if item else address


def _next(request: HttpRequest, meeting: Meeting, item: AgendaItem | None) -> str:
    """The next item where that button was pressed, else the item in the whole text."""
    every: list[AgendaItem | None] = [None, *meeting.items.all()]
    place = every.index(item) + 1
    if "next" in request.POST and place < len(every):
        return _address(meeting, every[place])
    return f"{reverse('meetings:minutes', args=[meeting.reference])}#s{item.pk if item else 0}"


@require_http_methods(["GET", "POST"])
def circulate_minutes(request: HttpRequest, reference: str) -> HttpResponse:
    minutes = _minutes_written_by(request, reference)
    form = CirculateForm(request.POST or None, initial={"until": today() + WEEKS_TO_REMARK})
    told, submit = _("The draft minutes are circulated."), _("Circulate the draft minutes")
    then = partial(_warn, request, minutes)
    if answer := form.carry(request, actions.circulate_minutes, minutes, to=minutes, told=told, then=then):
        return answer
    unwritten = minutes.meeting.items.unwritten()
    lines = told_lines(minutes.meeting, asked_about(minutes.meeting), request.user)  # type: ignore[arg-type]
    return _confirm(
        request, "meetings/circulate_minutes.html", minutes, form, unwritten=unwritten, submit=submit, lines=lines
    )


@require_http_methods(["GET", "POST"])
def review_minutes(request: HttpRequest, reference: str) -> HttpResponse:
    """An institution approves the draft or remarks; it may change its word until the window closes."""
    meeting = meeting_or_404(request, reference)
    minutes = get_object_or_404(Minutes.objects.select_related("meeting"), meeting=meeting)
    check_review_minutes(request.user, minutes)
    actors = reviewing_actors(request.user, minutes)
    given = with_stamp(minutes.reviews.current()).filter(actor__in=actors).first()
    form = ReviewForm(request.POST or None, minutes=minutes, actors=actors, given=given)
    if request.method == "GET" and (reason := why_not_review(minutes)):
        messages.info(request, reason)
        return redirect(minutes)
    told = _("Your institution’s answer is recorded. You may change it until the period ends.")
    return form.carry(request, actions.review_minutes, minutes, to=minutes, told=told) or _confirm(
        request, "meetings/review_minutes.html", minutes, form, submit=_("Send the answer")
    )


@require_http_methods(["GET", "POST"])
def adopt_minutes(request: HttpRequest, reference: str) -> HttpResponse:
    minutes = _minutes_written_by(request, reference)
    silent = actions.silent_about(minutes)
    form = AdoptForm(request.POST or None, minutes=minutes, early=minutes.takes_remarks() and bool(silent))
    told, then = _("The minutes are adopted."), partial(_warn, request, minutes)
    if answer := form.carry(request, actions.adopt_minutes, minutes, to=minutes, told=told, then=then):
        return answer
    lines = told_lines(minutes.meeting, asked_about(minutes.meeting), request.user)  # type: ignore[arg-type]
    remarks = minutes.reviews.current().filter(answer=MinutesReview.Answer.REMARKS).select_related("actor")
    more = {"silent": silent, "remarks": remarks, "lines": lines, "submit": _("Adopt the minutes")}
    return _confirm(request, "meetings/adopt_minutes.html", minutes, form, **more)


@require_http_methods(["GET", "POST"])
def reopen_minutes(request: HttpRequest, reference: str) -> HttpResponse:
    """Back to draft; adopted minutes stay readable while their correction is written."""
    minutes = _minutes_written_by(request, reference)
    form = ReopenForm(request.POST or None, minutes=minutes, required=minutes.state == Minutes.State.ADOPTED)
    told = _("The minutes are a draft again.")
    submit = _("Correct the minutes") if minutes.state == Minutes.State.ADOPTED else _("Take back to draft")
    return form.carry(request, actions.reopen_minutes, minutes, to=minutes, told=told) or _confirm(
        request, "meetings/reopen_minutes.html", minutes, form, submit=submit
    )


def _warn(request: HttpRequest, minutes: Minutes, _done: object) -> None:
    warn_of_unreached(request, without_mail(in_order(asked_about(minutes.meeting))))


def _confirm(request: HttpRequest, template: str, minutes: Minutes, form: Any, **more: Any) -> HttpResponse:
    context = {
        "meeting": minutes.meeting,
        "minutes": minutes,
        "form": form,
        "back_url": minutes.get_absolute_url(),
        **more,
    }
    return page(request, template, context)


def _written_by(request: HttpRequest, reference: str) -> Meeting:
    meeting = meeting_or_404(request, reference)
    check_record_minutes(request.user, meeting)
    return meeting


def _minutes_written_by(request: HttpRequest, reference: str) -> Minutes:
    return get_object_or_404(Minutes.objects.select_related("meeting"), meeting=_written_by(request, reference))
