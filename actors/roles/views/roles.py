"""Roles of institutions: the page of one, and the forms in which they are entered, edited, ended and answered."""

from functools import partial

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from actors.directory.forms.people import EndForm
from actors.directory.permissions import is_administrator
from actors.directory.reading.frame import sheet_frame
from actors.directory.rules.recipients import recipients_of
from actors.directory.views.sheets import follows_merges, seen_actor
from actors.roles import actions, permissions
from actors.roles.forms import ContestForm, RoleForm
from actors.roles.models import Responsibility
from actors.roles.reading import roles_of
from portal.core.pages import own_path, page
from portal.core.saving import posted
from portal.core.stamps import with_stamp

#: what the address may say beforehand about a new role
PREFILLED = ("actor", "theme", "territory", "part")


@login_not_required
@require_safe
@follows_merges
def actor_roles(request: HttpRequest, slug: str) -> HttpResponse:
    sheet = seen_actor(request, slug)
    context = sheet_frame(sheet, request.user, "roles") | {"roles": roles_of(sheet, request.user)}
    return page(request, "roles/actor_roles.html", context)


@require_http_methods(["GET", "POST"])
def add_role(request: HttpRequest) -> HttpResponse:
    """Begun from a cell of the matrix (theme and territory), from a sheet (actor), or from nothing."""
    permissions.check_enter_roles(request.user)
    initial = {name: request.GET[name] for name in PREFILLED if request.GET.get(name)}
    form = RoleForm(request.POST or None, initial=initial, user=request.user)
    back = safe_back(request)
    context = {"form": form, "back": back, "asks_institution": is_administrator(request.user)}
    return form.carry(
        request,
        actions.add_role,
        None,
        makes=True,
        to=lambda role: back or role,
        then=partial(_say, request),
    ) or page(request, "roles/edit_role.html", context)


@require_http_methods(["GET", "POST"])
def edit_role(request: HttpRequest, pk: int) -> HttpResponse:
    role = _seen_role(request, pk)
    permissions.check_edit_role(request.user, role)
    form = RoleForm(request.POST or None, instance=role, user=request.user)
    back = safe_back(request)
    answers = permissions.can_answer_role(request.user, role)
    context = {"form": form, "role": role, "back": back, "asks_institution": not answers}
    return form.carry(
        request, actions.edit_role, role, to=back or role, then=lambda _done: _say(request, role)
    ) or page(request, "roles/edit_role.html", context)


@require_http_methods(["GET", "POST"])
def end_role(request: HttpRequest, pk: int) -> HttpResponse:
    role = _seen_role(request, pk)
    permissions.check_edit_role(request.user, role)
    form = EndForm(request.POST or None)
    told = _("The end of the role is recorded.")
    return form.carry(request, actions.end_role, role, to=safe_back(request) or role, told=told) or page(
        request, "roles/end_role.html", _asking(request, role) | {"form": form}
    )


@require_http_methods(["GET", "POST"])
def confirm_role(request: HttpRequest, pk: int) -> HttpResponse:
    """A button beside the role; a mail leads to the page that asks."""
    role = _seen_role(request, pk)
    permissions.check_answer_role(request.user, role)
    back = safe_back(request) or role
    if request.method == "POST":
        told = _("The role is confirmed; everybody can see it now.")
        return posted(request, actions.confirm_role, role, to=back, back=back, told=told)
    if role.answer == Responsibility.Answer.CONFIRMED:
        return redirect(role)
    return page(request, "roles/confirm_role.html", _asking(request, role) | {"submit": _("Confirm the role")})


@require_http_methods(["GET", "POST"])
def contest_role(request: HttpRequest, pk: int) -> HttpResponse:
    role = _seen_role(request, pk)
    permissions.check_answer_role(request.user, role)
    form = ContestForm(request.POST or None, role=role)
    told = _("The reservations are recorded; the administrators have been told.")
    return form.carry(request, actions.contest_role, role, to=safe_back(request) or role, told=told) or page(
        request, "roles/contest_role.html", _asking(request, role) | {"form": form}
    )


def safe_back(request: HttpRequest) -> str:
    """The page of ours to come back to, when the address names one (`back`)."""
    return own_path(request.GET.get("back", ""))


def _say(request: HttpRequest, role: Responsibility) -> None:
    """What happened, and who comes next; where nobody can be told, that."""
    if role.answer == Responsibility.Answer.CONFIRMED:
        messages.success(request, _("The role is saved and confirmed."))
    elif recipients_of(role.actor):
        messages.success(request, _("The role is saved; it waits for the institution to confirm it."))
    else:
        messages.warning(
            request,
            _("The role is saved, but nobody can be told: the institution has no account, focal point or mailbox yet."),
        )


def _seen_role(request: HttpRequest, pk: int) -> Responsibility:
    seen = Responsibility.objects.visible_to(request.user).select_related("actor", "theme", "territory")
    return get_object_or_404(with_stamp(seen), pk=pk)


def _asking(request: HttpRequest, role: Responsibility) -> dict[str, object]:
    return {"role": role, "actor": role.actor, "back_url": safe_back(request) or role.get_absolute_url()}
