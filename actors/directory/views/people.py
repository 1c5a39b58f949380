"""Who works for an institution: parts ended."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from actors.directory import actions
from actors.directory.forms.people import EndForm
from actors.directory.models import Membership
from actors.directory.permissions import check_edit_actor
from portal.core.pages import page


@require_http_methods(["GET", "POST"])
def end_membership(request: HttpRequest, pk: int) -> HttpResponse:
    membership = get_object_or_404(Membership.objects.visible_to(request.user).select_related("actor", "user"), pk=pk)
    actor = membership.actor
    check_edit_actor(request.user, actor)
    form = EndForm(request.POST or None)
    told = _("The end of the term is recorded.")
    context = {"form": form, "actor": actor, "membership": membership, "back_url": actor.get_absolute_url()}
    return form.carry(request, actions.end_membership, membership, to=actor, told=told) or page(
        request, "directory/end_membership.html", context
    )
