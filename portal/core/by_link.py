"""What stands behind a personal link: kept by nobody, found by no search engine, told to no other site."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from portal.core.limits import within_limit

View = Callable[..., HttpResponse]


def by_link(view: View) -> View:
    """The view of a page that only its link opens, so often from one address.

    No cookie lets anybody act there, the link alone does: no other site can act in its reader's name, and Django need
    not ask where a form came from, which browsers do not say of a page that tells nobody its address.
    """

    @wraps(view)
    def shut(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        within_limit(request, "link_answers" if request.method == "POST" else "links")
        response = view(request, *args, **kwargs)
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["X-Robots-Tag"] = "noindex"
        return response

    return csrf_exempt(never_cache(shut))
