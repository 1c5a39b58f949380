"""Whoever has a page before them has read what they were told about it."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from portal.notifications.models import Notification
from portal.notifications.reading.bell import bell_of, leads_here


class SeenPages:
    """After a whole page with its bell: the notifications that lead to it are no longer new. Asks nothing where there
    are none."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        shown = request.method == "GET" and response.status_code == 200 and hasattr(request, "bell")
        if shown and bell_of(request).here:
            mine = Notification.objects.of(request.user).filter(leads_here(request), read_at=None)
            mine.update(read_at=timezone.now())
        return response
