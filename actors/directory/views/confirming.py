"""The page behind the link in a mail: a sheet is confirmed, or said to be wrong, without signing in."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from actors.directory import actions
from actors.directory.forms.people import SheetReportForm
from actors.directory.rules.confirmation import Letter, LinkStanding, letter_of
from portal.core.acting import Bearer
from portal.core.by_link import by_link
from portal.core.pages import page, stands_on
from portal.core.saving import posted


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@by_link
def confirm_from_mail(request: HttpRequest, token: str) -> HttpResponse:
    """Opening the link changes nothing: mail scanners do it too. The button on the page confirms."""
    letter = _letter(request, token)
    if request.method != "POST" or letter.recipient is None:
        return _page(request, token, letter, SheetReportForm())
    told = _("Thank you: the sheet is confirmed as of today.")
    # The address leads back to itself, so that it is kept nowhere.
    return posted(request, actions.confirm_from_mail, letter, to="./", back="./", told=told)


@login_not_required
@by_link
@stands_on("directory:confirm_from_mail")
def report_from_mail(request: HttpRequest, token: str) -> HttpResponse:
    letter = _letter(request, token)
    form = SheetReportForm(request.POST)
    told = _("Thank you: the administrators of the directory have been told.")
    return form.carry(request, actions.report_from_mail, letter, to="../", told=told) or _page(
        request, token, letter, form
    )


def _letter(request: HttpRequest, token: str) -> Letter:
    """What the link says; its recipient is who acts in this request, whoever is signed in."""
    letter = letter_of(token)
    if letter is None:
        raise Http404
    if letter.recipient is not None:
        request.bearer = Bearer(letter.recipient, letter.actor, "answer_from_mail")  # type: ignore[attr-defined]
    return letter


def _page(request: HttpRequest, token: str, letter: Letter, form: SheetReportForm) -> HttpResponse:
    """An open link shows the sheet; one that is no longer good says why, and nothing but a public name."""
    actor = letter.actor
    context = {
        "actor": actor,
        "token": token,
        "form": form,
        "is_open": letter.is_open,
        "is_done": letter.standing == LinkStanding.DONE,
        "is_expired": letter.standing == LinkStanding.EXPIRED,
        "has_account": letter.user is not None,
        "contacts": actor.contacts.current().order_by("pk") if letter.is_open else (),
    }
    response = page(request, "directory/confirm_from_mail.html", context)
    if not letter.is_open and response.status_code == 200:
        response.status_code = 410
    return response
