"""The page behind the link in a mail: a sheet is confirmed, or said to be wrong, without signing in."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from actors.directory import actions
from actors.directory.forms.people import SheetReportForm
from actors.directory.rules.confirmation import Letter, Standing, letter_of
from portal.core.errors import Refused
from portal.core.pages import page


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_from_mail(request: HttpRequest, token: str) -> HttpResponse:
    """Opening the link changes nothing: mail scanners do it too. The button on the page confirms."""
    letter = _letter(token)
    if request.method == "POST":
        try:
            actions.confirm_from_mail(letter, by=letter.user)
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("Thank you: the sheet is confirmed as of today."))
        return redirect("directory:confirm_from_mail", token)
    return _page(request, token, letter, SheetReportForm())


@login_not_required
@never_cache
@require_POST
def report_from_mail(request: HttpRequest, token: str) -> HttpResponse:
    letter = _letter(token)
    form = SheetReportForm(request.POST)
    if form.is_valid():
        try:
            actions.report_from_mail(letter, **form.cleaned_data, by=letter.user)
        except Refused as refusal:
            form.add_error(refusal.field, refusal)
        else:
            messages.success(request, _("Thank you: the administrators of the directory have been told."))
            return redirect("directory:confirm_from_mail", token)
    return _page(request, token, letter, form)


def _letter(token: str) -> Letter:
    letter = letter_of(token)
    if letter is None:
        raise Http404
    return letter


def _page(request: HttpRequest, token: str, letter: Letter, form: SheetReportForm) -> HttpResponse:
    """An open link shows the sheet; one that is no longer good says why, and nothing but a public name."""
    actor = letter.actor
    context = {
        "actor": actor,
        "token": token,
        "form": form,
        "is_open": letter.is_open,
        "is_done": letter.standing == Standing.DONE,
        "is_expired": letter.standing == Standing.EXPIRED,
        "has_account": letter.user is not None,
        "contacts": actor.contacts.current().order_by("pk") if letter.is_open else (),
    }
    response = page(request, "directory/confirm_from_mail.html", context)
    if not letter.is_open and response.status_code == 200:
        response.status_code = 410
    response.headers["X-Robots-Tag"] = "noindex"
    return response
