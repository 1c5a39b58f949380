"""What came of a public meeting: a page to pass on, and its picture."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import conditional_page, require_safe

from meetings.models import Meeting
from meetings.reading.seen import meetings_seen_by
from portal.core.dates import day_text
from portal.core.pages import page
from portal.core.sharing import HEIGHT, WIDTH, Picture, drawn
from recommendations.reading.results import STEPS, Results


@login_not_required
@require_safe
def meeting_results(request: HttpRequest, reference: str) -> HttpResponse:
    """For everybody the same; a meeting that was not public has none."""
    meeting = _public_meeting(reference)
    results = Results(meeting)
    address = reverse("recommendations:results_picture", args=[reference])
    says = pgettext("between the parts of a list", ", ").join([str(meeting.title), results.summary])
    context = {
        "meeting": meeting,
        "results": results,
        "steps": STEPS,
        "shared_picture": {
            "address": f"{settings.SITE_ADDRESS}{address}",
            "says": says,
            "width": WIDTH,
            "height": HEIGHT,
        },
    }
    return page(request, "recommendations/meeting_results.html", context)


@login_not_required
@cache_control(public=True, no_cache=True)
@require_safe
@conditional_page
def results_picture(request: HttpRequest, reference: str) -> HttpResponse:
    meeting = _public_meeting(reference)
    results = Results(meeting)
    place = str(meeting.place or meeting.territory or "")
    where = pgettext("between the parts of a list", ", ").join(filter(None, [place, day_text(meeting.starts_at)]))
    picture = Picture(
        language=get_language() or "ar",
        name=_("Tansiq"),
        title=str(meeting.title),
        above=f"{_('Results of the meeting')} · {where}",
        count=results.count_text if results.rows else "",
        beside=results.done_text,
        below=results.updated_text,
        notice=_("Demonstration – sample data") if settings.IS_DEMO else "",
        parts=tuple((number, tone) for _label, number, tone in results.parts),
    )
    return HttpResponse(drawn(picture), content_type="image/png")


def _public_meeting(reference: str) -> Meeting:
    return get_object_or_404(meetings_seen_by(AnonymousUser()).held_in_public(), reference=reference)  # type: ignore[arg-type,attr-defined]
