"""What the boxes in which an institution is chosen offer while its name is written."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from actors.directory.models import Actor, Space
from actors.directory.reading.suggesting import MOST, suggested
from portal.core.limits import within_limit
from portal.core.pages import page
from portal.core.text import without_controls

#: a longer name is no name
LONGEST = 200


@require_safe
def suggest_actors(request: HttpRequest) -> HttpResponse:
    """At most twelve that this person sees: `q` the text, `among` which sheets, `space` whose members come first."""
    text = " ".join(without_controls(request.GET.get("q", ""))[:LONGEST].split())
    if text:
        within_limit(request, "searches")
    seen = Actor.objects.visible_to(request.user)
    rows = seen.kept() if request.GET.get("among") == "kept" else seen.published()
    slug = without_controls(request.GET.get("space", ""))
    space = Space.objects.visible_to(request.user).filter(slug=slug).first() if slug else None
    found = suggested(rows, text, space) if text or space else []
    context = {"actors": found[:MOST], "has_more": len(found) > MOST, "text": text}
    return page(request, "directory/suggest_actors.html", context)
