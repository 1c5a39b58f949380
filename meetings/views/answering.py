"""The page behind the personal link of an invitation: whoever has the mailbox answers it, without signing in."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from meetings.actions import participation as actions
from meetings.forms.participation import LinkAnswerForm
from meetings.models import AgendaItem, Invitation
from meetings.permissions import why_not_answer
from meetings.reading.calendar import calendar_of
from meetings.reading.programme import programme_of
from meetings.rules.answering import ACT, AnswerLetter, letter_of
from meetings.rules.offices import office_of
from portal.core.acting import Bearer
from portal.core.by_link import by_link
from portal.core.pages import page


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@by_link
def answer_by_link(request: HttpRequest, token: str) -> HttpResponse:
    """Opening the link changes nothing: mail scanners do it too. The button on the page answers."""
    letter = letter_of(token)
    if letter is None or letter.invitation is None:
        return _shut(request, letter)
    invitation = letter.invitation
    request.bearer = Bearer(letter.recipient, invitation, ACT)  # type: ignore[attr-defined]
    form = LinkAnswerForm(request.POST or None, invitation=invitation, initial=_answer_so_far(invitation))
    # The address leads back to itself, so that it is kept nowhere.
    answer = form.carry(request, actions.answer_invitation, invitation, to="./")
    return answer or page(request, "meetings/answer_by_link.html", _context(request, letter, invitation, form))


def _context(
    request: HttpRequest, letter: AnswerLetter, invitation: Invitation, form: LinkAnswerForm
) -> dict[str, object]:
    """What an invited institution is told of its meeting, and no more."""
    meeting, now = invitation.meeting, timezone.now()
    why_not = why_not_answer(invitation, now)
    is_answered = invitation.answer != Invitation.Answer.NONE
    shows_form = form.is_bound or not (why_not or (is_answered and "change" not in request.GET))
    return {
        "letter": letter,
        "token": letter.link.token,
        "invitation": invitation,
        "actor": invitation.actor,
        "meeting": meeting,
        "lines": programme_of(meeting, list(AgendaItem.objects.filter(meeting=meeting))).lines,
        "form": form,
        "why_not": why_not,
        "is_answered": is_answered,
        "is_confirmed": invitation.answer == Invitation.Answer.CONFIRMED,
        "shows_form": shows_form,
        "changes": "change" in request.GET or form.is_bound,
        "office": office_of(meeting, letter.recipient),
    }


def _answer_so_far(invitation: Invitation) -> dict[str, object]:
    """A plain yes is one tap: it is chosen where nothing was answered yet."""
    is_new = invitation.answer == Invitation.Answer.NONE
    return {
        "answer": Invitation.Answer.CONFIRMED if is_new else invitation.answer,
        "representative": invitation.designated,
        "mandate": invitation.mandate,
        "note": invitation.note,
        "asked_point": invitation.asked_point,
        "asked_for": invitation.meeting.starts_at.isoformat(),
    }


def _shut(request: HttpRequest, letter: AnswerLetter | None) -> HttpResponse:
    """A link that opens nothing says why, and tells nothing but whose it was."""
    context = {"letter": letter, "actor": letter.actor if letter else None}
    return page(request, "meetings/answer_by_link.html", context, status=404 if letter is None else 410)


@login_not_required
@require_safe
@by_link
def calendar_by_link(request: HttpRequest, token: str) -> HttpResponse:
    """The meeting for the calendar of who was invited, with the link to join."""
    letter = letter_of(token)
    if letter is None or letter.invitation is None:
        return _shut(request, letter)
    meeting = letter.invitation.meeting
    name = f'attachment; filename="{meeting.reference}.ics"'
    content = calendar_of([meeting], None, linked=[meeting.pk])
    return HttpResponse(content, content_type="text/calendar; charset=utf-8", headers={"Content-Disposition": name})
