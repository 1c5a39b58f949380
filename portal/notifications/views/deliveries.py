"""For administrators: every mail, where it stands, and sending it again."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from portal.core.lists import listing
from portal.core.pages import page
from portal.core.saving import posted
from portal.core.work import call_worker
from portal.notifications.actions import resend
from portal.notifications.filters import DeliveryFilter
from portal.notifications.models import Notification
from portal.notifications.permissions import check_see_deliveries
from portal.notifications.reading.last_run import last_run
from portal.notifications.reading.mailbox import has_mailbox

SORTS = {
    "created": ("created_at",),
    "subject": ("subject",),
    "state": ("state_rank", "-created_at"),
    "attempts": ("attempts",),
}


@require_safe
def deliveries(request: HttpRequest) -> HttpResponse:
    check_see_deliveries(request.user)
    rows = Notification.objects.select_related("user").annotate(state_rank=Notification.State.rank_of("state"))
    shown = listing(request, rows, DeliveryFilter, sorts=SORTS, default_sort="-created")
    context = {"listing": shown, "last_run": last_run(), "has_mailbox": has_mailbox()}
    return page(request, "notifications/deliveries.html", context)


@require_POST
def resend_notification(request: HttpRequest, pk: int) -> HttpResponse:
    check_see_deliveries(request.user)
    address = reverse("notifications:deliveries")
    return posted(
        request,
        resend,
        get_object_or_404(Notification, pk=pk),
        to=address,
        back=address,
        told=_("The mail will be sent again."),
        then=call_worker,
    )
