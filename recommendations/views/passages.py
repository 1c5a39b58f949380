"""From the minutes to a recommendation, and back."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from meetings.models import Meeting, MinutesRevision, MinutesSection
from portal.core.errors import Refused
from portal.core.forms import row_field
from portal.core.pages import page
from recommendations import actions
from recommendations.forms import PassageForm, RecommendationForm
from recommendations.permissions import check_draft, check_steering
from recommendations.rules.passages import Passage, passage_in
from recommendations.views.finding import find_meeting, find_recommendation, turned_away


@require_http_methods(["GET", "POST"])
def cut_recommendation(request: HttpRequest, reference: str) -> HttpResponse:
    """A draft from words of the minutes: the address says which section, revision, offset and length (or text)."""
    meeting = find_meeting(request, reference)
    try:
        check_draft(request.user, meeting)
        passage = _asked_passage(request, meeting)
    except Refused as refusal:
        return turned_away(request, refusal, meeting)
    initial = {f"text_{meeting.language}": " ".join(passage.text.split()), "item": passage.revision.section.item_id}
    form = RecommendationForm(request.POST or None, meeting=meeting, initial=initial)
    if form.is_valid():
        try:
            draft = actions.draft_recommendation(meeting, by=request.user, passage=passage, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal)
        else:
            messages.success(request, _("Draft %(reference)s is saved.") % {"reference": draft.short_reference})
            return redirect("recommendations:meeting_recommendations", meeting.reference)
    context = {"meeting": meeting, "form": form, "passage": passage}
    return page(request, "recommendations/draft_recommendation.html", context)


def _asked_passage(request: HttpRequest, meeting: Meeting) -> Passage:
    revision = get_object_or_404(
        MinutesRevision.objects.select_related("section__minutes", "section__item"),
        section=_number(request, "section"),
        section__minutes__meeting=meeting,
        number=_number(request, "revision"),
    )
    offset = _number(request, "offset")
    text = request.GET.get("text") or revision.text[offset : offset + _number(request, "length")]
    return passage_in(meeting, revision=revision, text=text, offset=offset)


def _number(request: HttpRequest, name: str) -> int:
    value = request.GET.get(name, "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else 0


@require_http_methods(["GET", "POST"])
def link_passage(request: HttpRequest, reference: str) -> HttpResponse:
    """Tie an agreed recommendation to the words of the minutes it comes from."""
    found = find_recommendation(request, reference)
    try:
        check_steering(request.user, found.meeting)
    except Refused as refusal:
        return turned_away(request, refusal, found)
    form = PassageForm(request.POST or None, meeting=found.meeting)
    if form.is_valid():
        try:
            passage = passage_in(
                found.meeting, revision=_newest(form.cleaned_data["section"]), text=form.cleaned_data["text"]
            )
            actions.link_passage(found, passage=passage, by=request.user)
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal)
        else:
            messages.success(request, _("The recommendation is linked to its passage."))
            return redirect(found)
    sections = row_field(form, "section").queryset
    return page(
        request, "recommendations/link_passage.html", {"recommendation": found, "form": form, "sections": sections}
    )


def _newest(section: MinutesSection) -> MinutesRevision:
    revision = section.revisions.select_related("section__minutes").filter(number=section.revision).first()
    if revision is None:
        raise Refused(_("This section of the minutes has no text yet."), field="section")
    return revision
