"""Changes of name, kind and seat that institutions ask for: the list, one of them, and its answer."""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST, require_safe

from actors.directory import actions, permissions
from actors.directory.forms.sheets import AlsoForm, RefuseForm
from actors.directory.models import ProposedChange
from actors.directory.sheets.proposals import ProposalStanding, asked_in
from portal.core.pages import page, stands_on
from portal.core.saving import posted

PER_PAGE = 20


@require_safe
def proposed_changes(request: HttpRequest) -> HttpResponse:
    permissions.check_answer_change(request.user)
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


@stands_on("directory:proposed_change")
def accept_change(request: HttpRequest, pk: int) -> HttpResponse:
    proposal = _seen(request, pk)
    form = AlsoForm(request.POST, sheet=proposal.actor)
    told = _("The sheet says it now; who proposed it is told.")
    return form.carry(request, actions.accept_change, proposal, to=proposal.actor, told=told) or _shown(
        request, _seen(request, pk), accepting=form
    )


@stands_on("directory:proposed_change")
def refuse_change(request: HttpRequest, pk: int) -> HttpResponse:
    proposal = _seen(request, pk)
    permissions.check_answer_change(request.user)
    form = RefuseForm(request.POST)
    told = _("The sheet stays as it is; who proposed the change is told why.")
    return form.carry(
        request, actions.refuse_change, proposal, to=reverse("directory:proposed_changes"), told=told
    ) or _shown(request, _seen(request, pk), refusing=form)


@require_POST
def withdraw_change(request: HttpRequest, pk: int) -> HttpResponse:
    proposal = _seen(request, pk)
    told = _("The proposal is withdrawn; the sheet stays as it is.")
    return posted(request, actions.withdraw_change, proposal, to=proposal.actor, told=told)


def _seen(request: HttpRequest, pk: int) -> ProposedChange:
    found = ProposedChange.objects.visible_to(request.user).select_related("actor__seat", "proposed_by", "answered_by")
    return get_object_or_404(found, pk=pk)


def _shown(
    request: HttpRequest,
    proposal: ProposedChange,
    *,
    accepting: AlsoForm | None = None,
    refusing: RefuseForm | None = None,
) -> HttpResponse:
    rows = asked_in([proposal])[proposal.pk]
    user, waits = request.user, proposal.is_waiting
    accepting, refusing = accepting or AlsoForm(sheet=proposal.actor), refusing or RefuseForm()
    context = {
        "proposal": proposal,
        "actor": proposal.actor,
        "rows": rows,
        "overtaken": [row for row in rows if row.standing == ProposalStanding.OVERTAKEN] if waits else [],
        "can_answer": waits and permissions.can_answer_change(user),
        "can_withdraw": waits and not permissions.is_administrator(user)
        and permissions.can_edit_actor(user, proposal.actor),
        "form": refusing,
        "accepting": accepting,
        "errors": [*accepting.non_field_errors(), *([] if waits else refusing.non_field_errors())],
    }  # fmt: skip
    return page(request, "directory/proposed_change.html", context)
