"""What every request passes and every answer needs: one door for what is sent; for htmx one Vary, messages out of band,
redirects of the page; for what is not taken in this way (405), or not so often (429), a page of ours. And the one
answer that needs nothing: the process is alive."""

import re
from collections.abc import Callable
from math import ceil

from django.conf import settings
from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _

from portal.core.errors import TooOften
from portal.core.limits import again_in
from portal.core.pages import came_from, page, place_of
from portal.core.text import CONTROLS, NO_LETTER
from portal.core.typed import typed_in


class Alive:
    """`/health/live` is answered before anything else is asked, so that a server out of reach restarts no other."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info == "/health/live":
            return JsonResponse({"status": "ok"}, headers={"Cache-Control": "no-store"})
        return self.get_response(request)


class HtmxAnswers:
    """Lets views answer htmx and plain browsers with the same lines."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        patch_vary_headers(response, ["HX-Request"])
        htmx = getattr(request, "htmx", None)
        if not htmx or htmx.boosted:
            return response
        if response.status_code in {301, 302, 303}:
            answer = HttpResponse(status=200)
            answer.headers["HX-Redirect"] = response.headers["Location"]
            answer.cookies = response.cookies
            return answer
        is_page = response.headers.get("Content-Type", "").startswith("text/html") and not response.streaming
        if is_page and (told := list(get_messages(request))):
            context = {"messages": told, "out_of_band": True}
            response.content += render_to_string("components/messages.html", context).encode()
        return response


class OneDoor:
    """Whatever an address or a form says comes in here; what no hand writes is answered with a sentence, 400.

    1. Control characters, which databases and files refuse: nowhere in an address or a name; in a text none but those a
       paste out of another program brings along, which a form puts a space for.
    2. A number nobody can mean in an address; of one in a form its field says so.
    """

    IN_NO_TEXT = re.compile(r"[\x00-\x08\x0e-\x1b\x7f]")
    ENDLESS_NUMBER = re.compile(r"\s*[+-]?\d{1000}")

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not (reason := self.why_not(request)):
            return self.get_response(request)
        context = {"reason": reason, "typed": typed_in(request), "place": came_from(request)}
        return page(request, "illegible.html", context, partial="sentence", status=400)

    def why_not(self, request: HttpRequest) -> str:
        asked, sent = dict(request.GET.lists()), dict(request.POST.lists())
        values = [value for found in asked.values() for value in found]
        texts = [value for found in sent.values() for value in found]
        if any(CONTROLS.search(text) or NO_LETTER.search(text) for text in (request.path_info, *asked, *sent, *values)):
            return _("What was asked for holds signs that stand in no text. Copy the address again, or write it anew.")
        if any(self.IN_NO_TEXT.search(text) for text in texts):
            return _("What was sent holds signs that stand in no text: nothing of it has been saved.")
        if any(self.ENDLESS_NUMBER.match(text) for text in values):
            return _("A number in this address is longer than anything it could stand for.")
        return ""


class NotIndexed:
    """Search engines keep nothing of a portal that is not a real one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not settings.IS_INDEXED:
            response.headers["X-Robots-Tag"] = "noindex"
        return response


class NotAllowed:
    """An address opened in a way it does not take says so on a page of ours, with a way back."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code != 405 or response.content:
            return response
        place = came_from(request)
        # The same address, in whatever language, would answer the same.
        back = "" if place.partition("?")[0][3:] == request.path_info[3:] else place
        answer = page(request, "405.html", {"place": back}, partial="sentence", status=405)
        answer.headers["Allow"] = response.headers.get("Allow", "")
        return answer


class NotSoOften:
    """What was done too often says when it may be done again, and keeps what was typed."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, TooOften):
            return None
        context = {"again": again_in(exception.until), "typed": typed_in(request), "place": place_of(request)}
        answer = page(request, "429.html", context, partial="sentence", status=429)
        answer.headers["Retry-After"] = str(max(1, ceil((exception.until - timezone.now()).total_seconds())))
        return answer
