"""Changes of name, kind and seat that institutions ask for: the list, one of them, and its answer."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST, require_safe

from actors.directory import actions, permissions
from actors.directory.forms.sheets import RefuseForm
from actors.directory.models import ProposedChange
from actors.directory.sheets.proposals import Standing, asked_in
from actors.directory.sheets.stamps import stamp_of
from portal.core.errors import Refused
from portal.core.pages import page
from portal.core.permissions import require

PER_PAGE = 20


@require_safe
def proposed_changes(request: HttpRequest) -> HttpResponse:
    require(
        permissions.can_answer_change(request.user),
        _("Only administrators answer the changes that institutions ask for."),
    )
    counts = dict(
        ProposedChange.objects.order_by()
        .values_list("state")
        .annotate(number=Count("pk"))
        .values_list("state", "number")
    )
    answered = "answered" in request.GET
    found = ProposedChange.objects.visible_to(request.user).select_related("actor", "proposed_by", "answered_by")
    rows = (
        found.exclude(state=ProposedChange.State.WAITING) if answered else found.waiting().order_by("proposed_at", "pk")
    )
    here = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    asked = asked_in(here.object_list)
    context = {
        "page": here,
        "rows": [(proposal, asked[proposal.pk]) for proposal in here.object_list],
        "answered": answered,
        "tabs": _tabs(counts, answered),
    }
    return page(request, "directory/proposed_changes.html", context)


def _tabs(counts: dict[str, int], answered: bool) -> list[dict[str, Any]]:
    waiting = counts.get(ProposedChange.State.WAITING, 0)
    return [
        {"label": pgettext("of proposals", "Waiting"), "url": "?", "count": waiting, "current": not answered},
        {
            "label": pgettext("of proposals", "Answered or withdrawn"),
            "url": "?answered=",
            "count": sum(counts.values()) - waiting,
            "current": answered,
        },
    ]


@require_safe
def proposed_change(request: HttpRequest, pk: int) -> HttpResponse:
    return _shown(request, _seen(request, pk))


@require_POST
def accept_change(request: HttpRequest, pk: int) -> HttpResponse:
    proposal = _seen(request, pk)
    _require_answer(request)
    chosen = request.POST.getlist("also")
    try:
        actions.accept_change(proposal, also=chosen, seen=request.POST.get("seen", ""), by=request.user)
    except Refused as refusal:
        return _shown(request, _seen(request, pk), error=str(refusal), chosen=chosen)
    messages.success(request, _("The sheet says it now; who proposed it is told."))
    return redirect(proposal.actor)


@require_POST
def refuse_change(request: HttpRequest, pk: int) -> HttpResponse:
    proposal = _seen(request, pk)
    _require_answer(request)
    form = RefuseForm(request.POST)
    if form.is_valid():
        try:
            actions.refuse_change(proposal, reason=form.cleaned_data["reason"], by=request.user)
        except Refused as refusal:
            return _shown(request, _seen(request, pk), error=str(refusal))
        messages.success(request, _("The sheet stays as it is; who proposed the change is told why."))
        return redirect("directory:proposed_changes")
    return _shown(request, proposal, form=form)


@require_POST
def withdraw_change(request: HttpRequest, pk: int) -> HttpResponse:
    proposal = _seen(request, pk)
    require(
        permissions.can_edit_actor(request.user, proposal.actor),
        _("Only the institution’s managers and administrators edit its sheet."),
    )
    try:
        actions.withdraw_change(proposal, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect(proposal)
    messages.success(request, _("The proposal is withdrawn; the sheet stays as it is."))
    return redirect(proposal.actor)


def _seen(request: HttpRequest, pk: int) -> ProposedChange:
    found = ProposedChange.objects.visible_to(request.user).select_related("actor__seat", "proposed_by", "answered_by")
    return get_object_or_404(found, pk=pk)


def _require_answer(request: HttpRequest) -> None:
    require(
        permissions.can_answer_change(request.user),
        _("Only administrators answer the changes that institutions ask for."),
    )


def _shown(
    request: HttpRequest,
    proposal: ProposedChange,
    *,
    form: RefuseForm | None = None,
    error: str = "",
    chosen: list[str] | None = None,
) -> HttpResponse:
    rows = asked_in([proposal])[proposal.pk]
    user, waits = request.user, proposal.is_waiting
    context = {
        "proposal": proposal,
        "actor": proposal.actor,
        "rows": rows,
        "overtaken": [row for row in rows if row.standing == Standing.OVERTAKEN] if waits else [],
        "can_answer": waits and permissions.can_answer_change(user),
        "can_withdraw": waits and not permissions.is_administrator(user)
        and permissions.can_edit_actor(user, proposal.actor),
        "form": form or RefuseForm(),
        "error": error,
        "chosen": chosen or [],
        "stamp": stamp_of(proposal.actor),
    }  # fmt: skip
    return page(request, "directory/proposed_change.html", context, status=422 if error else 0)
