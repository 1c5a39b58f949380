"""What htmx needs of every answer: one Vary, messages out of band, redirects of the whole page."""

from collections.abc import Callable

from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers


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
