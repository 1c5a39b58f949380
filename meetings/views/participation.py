"""Who is invited, what they answered, and who came."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from actors.directory.models import Actor, Contact, SpaceMember
from actors.directory.reading.suggesting import ranked
from actors.directory.reports.spreadsheet import SpreadsheetExport, wanted_format
from meetings.actions import participation as actions
from meetings.forms.participation import DELEGATED, AddAttendeeForm, AnswerForm, AttendanceForm, InviteForm
from meetings.models import Attendance, Invitation, Meeting
from meetings.permissions import (
    can_answer_invitation,
    can_see_inside,
    check_invite,
    check_note_answer,
    check_record_attendance,
    why_not_answer,
)
from meetings.reading.invitations import announced_to, open_links, phone_of, unreached
from meetings.reading.pages import meeting_context, meeting_or_404
from meetings.reading.participation import answer_shown, institution_shown, participation_rows, participation_totals
from meetings.reading.seen import in_order
from meetings.rules.invitations import letters_to
from meetings.views.meetings import warn_of_unreached
from portal.core.dates import today
from portal.core.exports import Columns, export
from portal.core.forms import keys_of
from portal.core.nearest import nearest
from portal.core.pages import page, stands_on
from portal.core.saving import posted
from portal.core.stamps import with_stamp

#: institutions offered beside the members of the space; then as many more each time, or by search
OFFERED, MOST_OFFERED = 40, 2000


@login_not_required
@require_safe
def participation(request: HttpRequest, reference: str) -> HttpResponseBase:
    """Invitations with their answers and the attendance, by kind of institution; visitors see the present only."""
    meeting = meeting_or_404(request, reference)
    context = meeting_context(request, meeting, "participation")
    seen, groups = context["seen"], participation_rows(context["seen"], unreached(context["seen"]))
    if seen.inside and (wanted := wanted_format(request.GET.get("export", ""))):
        rows = [row for _heading, rows in groups for row in rows]
        return export(request, SpreadsheetExport(wanted, rows), _columns(), f"{meeting.reference}-participation")
    may_act = seen.steers and meeting.state in Meeting.AHEAD and not meeting.is_over
    has_tools = seen.steers and any(meeting.awaits_answers or not row.is_sent for row in seen.invitations)
    context |= {
        "groups": [
            (heading, [institution_shown(row, seen, has_tools=has_tools) for row in rows]) for heading, rows in groups
        ],
        "totals": participation_totals(seen),
        "awaits_answers": meeting.awaits_answers,
        "can_invite": may_act,
        "has_tools": has_tools,
        "can_record": seen.steers and meeting.state in Meeting.RUNNING and today() >= meeting.begins_on,
        "own_invitations": [(row, answer_shown(row, meeting)) for row in seen.own_invitations],
    }
    return page(request, "meetings/participation.html", context)


def _columns() -> Columns:
    return [
        (_("Institution"), lambda row: row.actor.name),
        (_("Kind"), lambda row: row.actor.get_kind_display()),
        (_("Invitation"), lambda row: row.answer),
        (_("Represented by"), lambda row: row.representative),
        (_("Attendance"), lambda row: row.attendance.line if row.attendance else ""),
    ]


@require_http_methods(["GET", "POST"])
def invite(request: HttpRequest, reference: str) -> HttpResponse:
    """The space's members stand ticked; others are found by search, a button of the same form that keeps the ticks.

    Where the mails leave at once, who gets which one is shown first; the button there sends them.
    """
    meeting = meeting_or_404(request, reference)
    check_invite(request.user, meeting)
    free = Actor.objects.published().exclude(invitations__meeting=meeting)
    is_sent = request.method == "POST" and not {"search", "near", "more"} & request.POST.keys()
    form = InviteForm(request.POST if is_sent else None, candidates=free)
    at_once = is_sent and meeting.state == Meeting.State.ANNOUNCED
    if at_once and not request.POST.get("planned") and form.is_valid():
        return _shown_first(request, meeting, form)
    answer = form.carry(
        request,
        actions.invite,
        meeting,
        to=_tab(meeting),
        told=lambda done: _invited_text(meeting, len(done[0])),
        then=lambda done: warn_of_unreached(request, done[1]),
    )
    if answer:
        return answer
    if at_once and "actors" not in form.errors:
        return _shown_first(request, meeting, form)
    context = {"form": form, "meeting": meeting, **_invitable(request, free, _members_of_space(meeting, free))}
    return page(request, "meetings/invite.html", context)


def _shown_first(request: HttpRequest, meeting: Meeting, form: InviteForm) -> HttpResponse:
    actors = list(form.cleaned_data["actors"])
    letters = letters_to(meeting, actors)
    context = announced_to(meeting, request.user, letters)  # type: ignore[arg-type]
    context |= {"form": form, "meeting": meeting, "actors": actors, "back_url": _tab(meeting)}
    return page(request, "meetings/invite_at_once.html", context | {"submit": _("Send the invitations")})


def _invitable(request: HttpRequest, free: QuerySet[Actor], members: list[Actor]) -> dict[str, object]:
    """Whom the page offers, each once and ticked as it was: what the search finds, those chosen so far, the members."""
    asked = request.POST if request.method == "POST" else request.GET
    query = " ".join((asked.get("near") or asked.get("q", "")).split())
    inside = {actor.pk for actor in members}
    ticked = {int(key) for key in keys_of(request.POST.getlist("actors"))} if request.method == "POST" else inside
    shown = min(int(next(iter(keys_of([asked.get("more", "")])), 0)), MOST_OFFERED) + OFFERED
    found = list(ranked(free if query else free.exclude(pk__in=inside | ticked), query)[: shown + 1])
    there = {actor.pk for actor in found[:shown]}
    return {
        "query": query,
        "nearest": nearest(query, free) if query and not found else "",
        "found": [(actor, actor.pk in ticked) for actor in found[:shown]],
        "more": shown if len(found) > shown else 0,
        "chosen": [(actor, True) for actor in ranked(free.filter(pk__in=ticked - inside - there), "")],
        "members": [(actor, actor.pk in ticked) for actor in members if actor.pk not in there],
    }


def _tab(meeting: Meeting) -> str:
    return reverse("meetings:participation", args=[meeting.reference])


def _members_of_space(meeting: Meeting, free: QuerySet[Actor]) -> list[Actor]:
    if meeting.space_id is None:
        return []
    members = SpaceMember.objects.on(today()).filter(space=meeting.space_id)
    return list(free.filter(pk__in=members.values("actor")).select_related("seat"))


def _invited_text(meeting: Meeting, count: int) -> str:
    if meeting.state == Meeting.State.ANNOUNCED:
        return ngettext(
            "The invitation is sent to %(count)d institution.",
            "The invitation is sent to %(count)d institutions.",
            count,
        ) % {"count": count}
    return ngettext(
        "%(count)d institution will be invited when the meeting is announced.",
        "%(count)d institutions will be invited when the meeting is announced.",
        count,
    ) % {"count": count}


@require_http_methods(["GET", "POST"])
def answer_invitation(request: HttpRequest, pk: int) -> HttpResponse:
    """The institution's people answer; who prepares the meeting notes an answer given by telephone.

    `?answer=` is what the button said that led here: one of the answers of the form.
    """
    invitation = _invitation(request, pk)
    own = can_answer_invitation(request.user, invitation)
    check_note_answer(request.user, invitation, not own)
    if request.method == "GET" and (reason := why_not_answer(invitation, timezone.now())):
        messages.info(request, reason)
        return redirect(invitation.meeting)
    contacts = Contact.objects.visible_to(request.user).filter(actor=invitation.actor)
    so_far = _answer_so_far(request, invitation)
    form = AnswerForm(request.POST or None, invitation=invitation, contacts=contacts, initial=so_far)
    answer = form.carry(
        request,
        actions.answer_invitation,
        invitation,
        by_phone=not own,
        to=invitation.meeting if own else _tab(invitation.meeting),
        told=_("The answer is noted. It can be changed until the meeting begins."),
    )
    if answer:
        return answer
    context = {"form": form, "invitation": invitation, "meeting": invitation.meeting, "by_phone": not own}
    context["phone"] = "" if own else phone_of(invitation.actor, request.user)  # type: ignore[arg-type]
    context["links"] = () if own else open_links(invitation)
    return page(request, "meetings/answer_invitation.html", context)


def _answer_so_far(request: HttpRequest, invitation: Invitation) -> dict[str, object]:
    given = DELEGATED if invitation.designated else invitation.answer
    return {
        "answer": request.GET.get("answer", "") or given,
        "represented_by": invitation.represented_by_id,
        "representative": invitation.representative,
        "mandate": invitation.mandate,
        "note": invitation.note,
        "asked_point": invitation.asked_point,
        "asked_for": invitation.meeting.starts_at.isoformat(),
    }


@require_POST
def remind_invitation(request: HttpRequest, pk: int) -> HttpResponse:
    invitation = _invitation(request, pk)
    to, told = _tab(invitation.meeting), _("A reminder is on its way to %(actor)s.") % {"actor": invitation.actor}
    return posted(request, actions.remind_invitation, invitation, to=to, back=to, told=told)


@require_POST
def revoke_links(request: HttpRequest, pk: int) -> HttpResponse:
    invitation = _invitation(request, pk)
    to = _tab(invitation.meeting)
    told = _("The personal links sent to %(actor)s no longer open anything; its next message brings a new one.")
    return posted(request, actions.revoke_links, invitation, to=to, back=to, told=told % {"actor": invitation.actor})


@require_POST
def withdraw_invitation(request: HttpRequest, pk: int) -> HttpResponse:
    invitation = _invitation(request, pk)
    to, told = _tab(invitation.meeting), _("%(actor)s is off the list.") % {"actor": invitation.actor}
    return posted(request, actions.withdraw_invitation, invitation, to=to, back=to, told=told)


@require_http_methods(["GET", "POST"])
def record_attendance(request: HttpRequest, reference: str) -> HttpResponse:
    """The whole table at once, made for a phone at the door; a button of the same form notes all who confirmed."""
    meeting = _attended(request, reference)
    table = _table(meeting)
    fills = "expected" in request.POST
    form = AttendanceForm(None if fills else request.POST or None, **table)
    if fills:
        typed = AttendanceForm(initial=request.POST.dict(), **table)
        noted = dict.fromkeys(typed.expected, Attendance.Status.PRESENT)
        form = AttendanceForm(initial=request.POST.dict() | noted, **table)
    told = _("The attendance is saved.")
    return form.carry(request, actions.record_attendance, meeting, to=_tab(meeting), told=told) or page(
        request, "meetings/record_attendance.html", _attendance_context(meeting, form) | {"is_filled": fills}
    )


@stands_on("meetings:record_attendance")
def add_attendee(request: HttpRequest, reference: str) -> HttpResponse:
    """An institution that came without an invitation joins the table."""
    meeting = _attended(request, reference)
    table = _table(meeting)
    form = AddAttendeeForm(request.POST)
    answer = form.carry(
        request,
        actions.add_attendee,
        meeting,
        to=reverse("meetings:record_attendance", args=[meeting.reference]),
        told=lambda row: _("%(actor)s is noted as present.") % {"actor": row.actor},
    )
    if answer:
        return answer
    context = _attendance_context(meeting, AttendanceForm(**table)) | {"add_form": form}
    return page(request, "meetings/record_attendance.html", context)


def _attendance_context(meeting: Meeting, form: AttendanceForm) -> dict[str, object]:
    return {
        "meeting": meeting,
        "form": form,
        "add_form": AddAttendeeForm(),
        "now": timezone.now(),
    }


def _table(meeting: Meeting) -> dict[str, Any]:
    """The organiser, the invited and who is noted already; where nobody was invited, the space's members."""
    recorded = {row.actor_id: row for row in with_stamp(Attendance.objects.filter(meeting=meeting))}
    rows = Invitation.objects.filter(meeting=meeting).select_related("represented_by")
    invitations = {row.actor_id: row for row in rows}
    invited = set(invitations)
    if not invited and meeting.space_id:
        invited = set(SpaceMember.objects.on(today()).filter(space=meeting.space_id).values_list("actor_id", flat=True))
    actors = Actor.objects.filter(pk__in={meeting.organiser_id, *invited, *recorded})
    return {"actors": in_order(actors), "recorded": recorded, "invitations": invitations}


def _attended(request: HttpRequest, reference: str) -> Meeting:
    meeting = meeting_or_404(request, reference)
    check_record_attendance(request.user, meeting)
    return meeting


def _invitation(request: HttpRequest, pk: int) -> Invitation:
    """An invitation of a meeting this person sees from inside; others do not learn that it exists."""
    seen = Meeting.objects.visible_to(request.user)
    rows = Invitation.objects.select_related("meeting__organiser", "meeting__space", "actor", "represented_by")
    invitation = get_object_or_404(with_stamp(rows), pk=pk, meeting__in=seen)
    if not can_see_inside(request.user, invitation.meeting):
        return get_object_or_404(Invitation.objects.none())
    return invitation
