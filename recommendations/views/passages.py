"""From the minutes to a recommendation, and back."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from meetings.models import Meeting, MinutesRevision
from portal.core.forms import row_field
from portal.core.pages import page
from recommendations import actions
from recommendations.forms import PassageForm, RecommendationForm
from recommendations.permissions import check_steering, why_not_draft
from recommendations.rules.passages import passage_in, why_not_quote
from recommendations.views.drafting import draft_is_saved, list_of
from recommendations.views.finding import find_meeting, find_recommendation, turned_away


@require_http_methods(["GET", "POST"])
def cut_recommendation(request: HttpRequest, reference: str) -> HttpResponse:
    """A draft from words of the minutes: the address says which section, revision, offset and length (or text)."""
    meeting = find_meeting(request, reference)
    check_steering(request.user, meeting)
    revision, text, offset = _asked(request, meeting)
    if away := turned_away(request, meeting, why_not_draft(meeting) or why_not_quote(meeting, revision, text)):
        return away
    passage = passage_in(meeting, revision=revision, text=text, offset=offset)
    initial = {f"text_{meeting.language}": " ".join(passage.text.split()), "item": passage.revision.section.item_id}
    form = RecommendationForm(request.POST or None, meeting=meeting, initial=initial)
    context = {"meeting": meeting, "form": form, "passage": passage}
    return form.carry(
        request,
        actions.draft_recommendation,
        meeting,
        passage=passage,
        makes=True,
        to=list_of(meeting),
        told=draft_is_saved,
    ) or page(request, "recommendations/draft_recommendation.html", context)


def _asked(request: HttpRequest, meeting: Meeting) -> tuple[MinutesRevision, str, int]:
    """Which words of which revision the address means, and near which place."""
    revision = get_object_or_404(
        MinutesRevision.objects.select_related("section__minutes", "section__item"),
        section=_number(request, "section"),
        section__minutes__meeting=meeting,
        number=_number(request, "revision"),
    )
    offset = _number(request, "offset")
    text = request.GET.get("text") or revision.text[offset : offset + _number(request, "length")]
    return revision, text, offset


def _number(request: HttpRequest, name: str) -> int:
    value = request.GET.get(name, "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else 0


@require_http_methods(["GET", "POST"])
def link_passage(request: HttpRequest, reference: str) -> HttpResponse:
    """Tie an agreed recommendation to the words of the minutes it comes from."""
    found = find_recommendation(request, reference, to_edit=True)
    check_steering(request.user, found.meeting)
    form = PassageForm(request.POST or None, recommendation=found)
    told = _("The recommendation is linked to its passage.")
    context = {"recommendation": found, "form": form, "sections": row_field(form, "section").queryset}
    return form.carry(request, actions.link_passage, found, to=found, told=told) or page(
        request, "recommendations/link_passage.html", context
    )
