"""What every page is compared with: nothing at all, and fifty rows of one table."""

from collections.abc import Callable
from time import thread_time
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.template import engines

from actors.directory.models import Actor

#: the headers in which the server says how many questions it asked, and how many milliseconds of the processor it took
COUNTED, SPENT = "X-Bench-Queries", "X-Bench-Spent"
ROWS = engines["django"].from_string(
    "<!doctype html><title>{{ total }}</title><table>{% for row in rows %}"
    "<tr><td>{{ row.pk }}</td><td>{{ row.slug }}</td><td>{{ row.name_ar }}</td><td>{{ row.name_fr }}</td></tr>"
    "{% endfor %}</table>"
)


@login_not_required
def constant(request: HttpRequest) -> HttpResponse:
    """The floor of everything: what the server and the middleware cost."""
    return HttpResponse("constant")


@login_not_required
def rows(request: HttpRequest) -> HttpResponse:
    """The list floor: count, select and render fifty rows of one table."""
    found = Actor.objects.order_by("pk")
    return HttpResponse(ROWS.render({"total": found.count(), "rows": found[:50]}, request))


class Counting:
    """Says in headers what an answer cost: the processor's time always; how many questions the database was asked to
    whoever asks for it with the same header."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        begun = thread_time()
        response = self._counted(request) if COUNTED in request.headers else self.get_response(request)
        response[SPENT] = f"{(thread_time() - begun) * 1000:.3f}"
        return response

    def _counted(self, request: HttpRequest) -> HttpResponse:
        asked = 0

        def count(execute: Any, *args: Any) -> Any:
            nonlocal asked
            asked += 1
            return execute(*args)

        with connection.execute_wrapper(count):
            response = self.get_response(request)
        response[COUNTED] = str(asked)
        return response
