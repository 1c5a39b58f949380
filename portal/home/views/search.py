"""Everything at once: places, themes and who works there; actors, spaces, meetings and recommendations."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from portal.core.limits import within_limit
from portal.core.pages import page
from portal.home.found import Everything, find_everything


@login_not_required
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    query = request.GET.get("q", "").strip()[:200]
    if query:
        within_limit(request, "searches")
    found = find_everything(query, request.user) if query else Everything([])
    return page(request, "home/search.html", {"query": query, "found": found})
