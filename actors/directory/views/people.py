"""Who works for an institution: parts given to colleagues with an account, and ended."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from actors.directory import actions
from actors.directory.forms.people import EndForm, MembershipForm
from actors.directory.models import Membership
from actors.directory.views.sheets import follows_merges, require_edit, seen_actor
from portal.core.errors import Refused
from portal.core.pages import page


@require_http_methods(["GET", "POST"])
@follows_merges
def add_membership(request: HttpRequest, slug: str) -> HttpResponse:
    actor = seen_actor(request, slug)
    require_edit(request, actor)
    form = MembershipForm(request.POST or None)
    if form.is_valid():
        try:
            actions.add_membership(actor, **form.cleaned_data, by=request.user)
        except Refused as refusal:
            form.add_error(refusal.field, refusal)
        else:
            messages.success(request, _("The person now works for the institution here."))
            return redirect(actor)
    return page(request, "directory/add_membership.html", {"form": form, "actor": actor})


@require_http_methods(["GET", "POST"])
def end_membership(request: HttpRequest, pk: int) -> HttpResponse:
    membership = get_object_or_404(Membership.objects.visible_to(request.user).select_related("actor", "user"), pk=pk)
    actor = membership.actor
    require_edit(request, actor)
    form = EndForm(request.POST or None)
    if form.is_valid():
        try:
            actions.end_membership(membership, **form.cleaned_data, by=request.user)
        except Refused as refusal:
            form.add_error(refusal.field, refusal)
        else:
            messages.success(request, _("The end of the term is recorded."))
            return redirect(actor)
    context = {"form": form, "actor": actor, "membership": membership, "back_url": actor.get_absolute_url()}
    return page(request, "directory/end_membership.html", context)
