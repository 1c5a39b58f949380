"""For administrators: every mail, where it stands, and sending it again."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from portal.core.errors import Refused
from portal.core.lists import listing
from portal.core.pages import page
from portal.core.permissions import require
from portal.core.work import call_worker
from portal.notifications import tasks
from portal.notifications.actions import resend
from portal.notifications.filters import DeliveryFilter
from portal.notifications.models import Notification
from portal.notifications.permissions import can_see_deliveries
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
    require(can_see_deliveries(request.user), _("Only administrators see the deliveries."))
    rows = Notification.objects.select_related("user").annotate(state_rank=Notification.State.rank_of("state"))
    shown = listing(request, rows, DeliveryFilter, sorts=SORTS, default_sort="-created")
    context = {"listing": shown, "last_run": last_run(), "has_mailbox": has_mailbox()}
    return page(request, "notifications/deliveries.html", context, partial="list")


@require_POST
def resend_notification(request: HttpRequest, pk: int) -> HttpResponse:
    require(can_see_deliveries(request.user), _("Only administrators send a mail again."))
    notification = get_object_or_404(Notification, pk=pk)
    try:
        resend(notification, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        call_worker(tasks.deliver, notification)
        messages.success(request, _("The mail will be sent again."))
    return redirect("notifications:deliveries")
