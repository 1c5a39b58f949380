"""The views a person keeps of lists: kept under a name, and forgotten."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from portal.accounts import actions
from portal.accounts.models import SavedView
from portal.accounts.rules.saved_views import list_address, view_query
from portal.core.forms import PortalForm
from portal.core.pages import page, stands_on
from portal.core.saving import posted


class SaveViewForm(PortalForm):
    """The name; which list and what of it come along from the list's page."""

    name = forms.CharField(label=gettext_lazy("Name of the view"), max_length=60)
    route = forms.CharField(widget=forms.HiddenInput)
    query = forms.CharField(widget=forms.HiddenInput, required=False)


@stands_on("home:me")
def save_view(request: HttpRequest) -> HttpResponse:
    """Back to the list it was sent from; a name that cannot be taken is asked again, with the reason."""
    form = SaveViewForm(request.POST)
    if answer := form.carry(
        request,
        actions.save_view,
        None,
        to=lambda view: _list_of(view.route, view.query),
        told=lambda view: _("The view is kept under “%(name)s”.") % {"name": view.name},
    ):
        return answer
    address = list_address(request.POST.get("route", ""))
    back = f"{address}?{view_query(request.POST.get('query', ''))}" if address else ""
    return page(request, "home/save_view.html", {"form": form, "back_url": back})


@require_POST
def remove_view(request: HttpRequest, pk: int) -> HttpResponse:
    view = get_object_or_404(SavedView.objects.visible_to(request.user), pk=pk)
    address = _list_of(view.route, view_query(request.POST.get("query", "")))
    told = _("The view “%(name)s” is removed.") % {"name": view.name}
    return posted(request, actions.remove_view, view, to=address, told=told, back=address)


def _list_of(route: str, query: str) -> str:
    """A list of ours with a query of ours: never an address that came along."""
    address = list_address(route) or list_address("home:home")
    return f"{address}?{query}" if query else address
