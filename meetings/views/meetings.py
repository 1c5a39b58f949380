"""One meeting: its page, and what happens to it as a whole."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from actors.directory.models import Actor
from meetings.actions import meetings as actions
from meetings.forms.meetings import AnnounceForm, CallOffForm, MeetingForm, PrepareNextForm, WhenForm
from meetings.models import AgendaItem, Attendance, Invitation, Meeting
from meetings.permissions import (
    can_edit_agenda,
    check_add_meeting,
    check_announce_meeting,
    check_edit_meeting,
    check_read_reminders,
)
from meetings.reading.invitations import announced_to, lines_of, told_lines
from meetings.reading.next_steps import next_step, unnoted_text
from meetings.reading.pages import meeting_context, meeting_or_404
from meetings.reading.programme import programme_of
from meetings.rules.invitations import letters_of
from meetings.rules.recipients import unreached
from portal.core.pages import page
from portal.core.saving import posted
from portal.notifications.reading.story import story_of
from portal.notifications.rules.recipients import Recipient

State = Meeting.State


@login_not_required
@require_safe
def meeting(request: HttpRequest, reference: str) -> HttpResponse:
    """The programme, and beside it what comes next, who came and what was recommended."""
    meeting = meeting_or_404(request, reference)
    return page(request, "meetings/meeting.html", programme_context(request, meeting), partial="programme")


def programme_context(request: HttpRequest, meeting: Meeting, moved: AgendaItem | None = None) -> dict[str, Any]:
    """What the programme tab shows, also after an item was moved."""
    context = meeting_context(request, meeting, "programme")
    seen = context["seen"]
    programme = programme_of(meeting, seen.items, seen.documents)
    can_edit = can_edit_agenda(request.user, meeting) and meeting.state not in Meeting.ENDED
    return context | {
        "programme": programme,
        "lines": [line.as_shown(can_edit=can_edit, is_moved=line.item == moved) for line in programme.lines],
        "next": next_step(seen),
        "can_edit_agenda": can_edit,
    }


@require_safe
def meeting_reminders(request: HttpRequest, reference: str) -> HttpResponse:
    """Why somebody got a mail about the meeting, what was sent, what comes next; others' mail for its secretariat."""
    meeting = meeting_or_404(request, reference)
    check_read_reminders(request.user, meeting)
    context = meeting_context(request, meeting, "reminders")
    to = None if context["can_steer"] else Recipient.of(request.user)
    return page(request, "meetings/meeting_reminders.html", context | {"ledger": story_of(meeting, to=to)})


@require_http_methods(["GET", "POST"])
def add_meeting(request: HttpRequest) -> HttpResponse:
    check_add_meeting(request.user)
    initial = {
        name: request.GET[name] for name in ("space", "organiser", "project") if request.GET.get(name, "").isdecimal()
    }
    form = MeetingForm(request.POST or None, user=request.user, initial=initial)
    return form.carry(
        request,
        actions.add_meeting,
        None,
        makes=True,
        to=lambda meeting: meeting,
        told=_told_of_draft,
    ) or page(request, "meetings/edit_meeting.html", {"form": form})


@require_http_methods(["GET", "POST"])
def prepare_next(request: HttpRequest, reference: str) -> HttpResponse:
    """The next meeting, with all that this one has in common with it filled in."""
    after = meeting_or_404(request, reference)
    check_edit_meeting(request.user, after)
    form = PrepareNextForm(request.POST or None, user=request.user, after=after)
    return form.carry(
        request, actions.prepare_next, None, makes=True, to=lambda meeting: meeting, told=_told_of_draft, after=after
    ) or page(request, "meetings/prepare_next.html", {"form": form, "after": after})


def _told_of_draft(meeting: Meeting) -> str:
    return _("The meeting %(reference)s is in preparation.") % {"reference": meeting.reference}


@require_http_methods(["GET", "POST"])
def edit_meeting(request: HttpRequest, reference: str) -> HttpResponse:
    meeting = meeting_or_404(request, reference, to_edit=True)
    check_edit_meeting(request.user, meeting)
    form = MeetingForm(request.POST or None, user=request.user, instance=meeting)
    before, told = meeting.sequence, _("The meeting is saved.")

    def then(fresh: Meeting) -> None:
        if fresh.sequence != before and fresh.state == State.ANNOUNCED and not fresh.is_over:
            warn_of_unreached(request, unreached(fresh, all_of_them=True))

    if answer := form.carry(request, actions.edit_meeting, meeting, to=meeting, told=told, then=then):
        return answer
    context: dict[str, Any] = {"form": form, "meeting": meeting}
    if form.writes_at_once:
        invited = [invitation.actor for invitation in meeting.invitations.sent().select_related("actor")]
        context["lines"] = told_lines(meeting, invited, request.user)  # type: ignore[arg-type]
    return page(request, "meetings/edit_meeting.html", context)


@require_http_methods(["GET", "POST"])
def announce_meeting(request: HttpRequest, reference: str) -> HttpResponse:
    """Who will get the invitation and what it says come first; the button sends it."""
    meeting = meeting_or_404(request, reference)
    check_announce_meeting(request.user, meeting)
    if request.method == "GET" and meeting.state != State.DRAFT:
        return redirect(meeting)
    form = AnnounceForm(request.POST if request.method == "POST" else None)
    told, then = _("The meeting is announced."), partial(warn_of_unreached, request)
    if answer := form.carry(request, actions.announce_meeting, meeting, to=meeting, told=told, then=then):
        return answer
    context = announced_to(meeting, request.user, letters_of(meeting))  # type: ignore[arg-type]
    context |= {"form": form, "meeting": meeting, "back_url": meeting.get_absolute_url()}
    context["submit"] = _("Announce and send the invitations") if context["lines"] else _("Announce")
    return page(request, "meetings/announce_meeting.html", context)


@require_POST
def hold_meeting(request: HttpRequest, reference: str) -> HttpResponse:
    """What is not recorded of the attendance is said, and stands in nobody's way."""

    def then(_done: object) -> None:
        noted = Attendance.objects.filter(meeting__reference=reference).values("actor")
        missing = Invitation.objects.sent().filter(meeting__reference=reference).exclude(actor__in=noted).count()
        if missing:
            messages.warning(request, unnoted_text(missing))

    return _act(request, reference, actions.hold_meeting, _("The meeting is noted as held."), then)


@require_POST
def close_meeting(request: HttpRequest, reference: str) -> HttpResponse:
    return _act(request, reference, actions.close_meeting, _("The file of the meeting is closed."))


def _act(
    request: HttpRequest,
    reference: str,
    action: Callable[..., Any],
    done: str,
    then: Callable[[Any], object] | None = None,
) -> HttpResponse:
    meeting = meeting_or_404(request, reference)
    return posted(request, action, meeting, to=meeting, told=done, then=then)


@require_http_methods(["GET", "POST"])
def cancel_meeting(request: HttpRequest, reference: str) -> HttpResponse:
    """Cancelling cannot be taken back: the page says so and asks why."""
    return _call_off(
        request,
        reference,
        actions.cancel_meeting,
        "meetings/cancel_meeting.html",
        done=_("The meeting is cancelled."),
        submit=_("Cancel the meeting"),
    )


@require_http_methods(["GET", "POST"])
def postpone_meeting(request: HttpRequest, reference: str) -> HttpResponse:
    return _call_off(
        request,
        reference,
        actions.postpone_meeting,
        "meetings/postpone_meeting.html",
        done=_("The meeting is postponed."),
        submit=_("Postpone the meeting"),
    )


def _call_off(
    request: HttpRequest, reference: str, action: Callable[..., Any], template: str, *, done: str, submit: str
) -> HttpResponse:
    meeting = meeting_or_404(request, reference)
    check_announce_meeting(request.user, meeting)
    form = CallOffForm(request.POST or None)
    if answer := form.carry(
        request,
        action,
        meeting,
        to=meeting,
        told=done,
        then=lambda _done: warn_of_unreached(request, unreached(meeting)),
    ):
        return answer
    told = [invitation.actor for invitation in meeting.invitations.expected().select_related("actor")]
    context = {
        "form": form,
        "meeting": meeting,
        "lines": told_lines(meeting, told, request.user),  # type: ignore[arg-type]
        "back_url": meeting.get_absolute_url(),
        "danger": True,
        "submit": submit,
    }
    return page(request, template, context)


@require_http_methods(["GET", "POST"])
def reannounce_meeting(request: HttpRequest, reference: str) -> HttpResponse:
    meeting = meeting_or_404(request, reference, to_edit=True)
    check_announce_meeting(request.user, meeting)
    form = WhenForm(request.POST or None, meeting=meeting)
    answer = form.carry(
        request,
        actions.reannounce_meeting,
        meeting,
        to=meeting,
        told=_("The meeting is announced with its new date."),
        then=partial(warn_of_unreached, request),
    )
    if answer:
        return answer
    lines = lines_of(meeting, letters_of(meeting, again=True), request.user)  # type: ignore[arg-type]
    return page(request, "meetings/reannounce_meeting.html", {"form": form, "meeting": meeting, "lines": lines})


def warn_of_unreached(request: HttpRequest, actors: list[Actor] | None) -> None:
    """Say which institutions no mail reaches, so that somebody telephones."""
    if actors:
        names = pgettext("between the parts of a list", ", ").join(str(actor) for actor in actors)
        messages.warning(request, _("No mail reaches these institutions, telephone them: %(names)s") % {"names": names})
