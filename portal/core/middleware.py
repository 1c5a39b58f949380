"""What every answer needs: for htmx one Vary, messages out of band, redirects of the page; for a 405 a page of ours."""

from collections.abc import Callable

from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers

from portal.core.pages import came_from, page


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
