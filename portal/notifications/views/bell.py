"""The bell: what I was told, and opening it."""

from functools import partial

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from portal.core.forms import keys_of
from portal.core.pages import page
from portal.core.saving import posted
from portal.notifications import actions
from portal.notifications.models import Notification

PER_PAGE = 25


@require_safe
def notifications(request: HttpRequest) -> HttpResponse:
    """Mine, unread first, then the newest."""
    mine = (
        Notification.objects.of(request.user)
        .on_the_bell()
        .order_by(F("read_at").desc(nulls_first=True), "-created_at", "-pk")
    )
    shown = Paginator(mine, PER_PAGE).get_page(request.GET.get("page"))
    unread = Notification.objects.of(request.user).on_the_bell().unread().count()
    return page(request, "notifications/notifications.html", {"page": shown, "unread": unread})


@require_safe
def open_notification(request: HttpRequest, pk: int) -> HttpResponse:
    """To the thing itself, in the language of the reader; opening it is reading it."""
    notification = get_object_or_404(Notification.objects.of(request.user), pk=pk)
    Notification.objects.filter(pk=pk, read_at=None).update(read_at=timezone.now())
    return redirect(notification.path_in(get_language() or notification.language))


@require_POST
def read_notifications(request: HttpRequest) -> HttpResponse:
    """Mark one (`pk`) or all of mine as read."""
    address, one = reverse("notifications:notifications"), request.POST.get("pk", "")
    pk = int(next(iter(keys_of([one])), 0)) if one else None
    return posted(
        request, actions.read_notifications, request.user, pk=pk, to=address, back=address, then=partial(_say, request)
    )


def _say(request: HttpRequest, count: int) -> None:
    if count:
        said = ngettext(
            "%(count)d notification is marked as read.", "%(count)d notifications are marked as read.", count
        )
        messages.success(request, said % {"count": count})
    else:
        messages.info(request, _("There was nothing left to mark as read."))
