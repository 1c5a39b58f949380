"""For the demonstration: the mails that were written to files instead of being sent."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from portal.core.pages import page
from portal.notifications.permissions import check_read_mailbox
from portal.notifications.reading.mailbox import has_mailbox, mail_named, mails


@require_safe
def mailbox(request: HttpRequest) -> HttpResponse:
    _only_here(request)
    return page(request, "notifications/mailbox.html", {"mails": mails()})


@require_safe
def read_mail(request: HttpRequest, name: str) -> HttpResponse:
    _only_here(request)
    if (mail := mail_named(name)) is None:
        raise Http404
    return page(request, "notifications/read_mail.html", {"mail": mail})


def _only_here(request: HttpRequest) -> None:
    if not has_mailbox():
        raise Http404
    check_read_mailbox(request.user)
