"""The views a person keeps of lists: kept under a name, and forgotten."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from portal.accounts import actions
from portal.accounts.models import SavedView
from portal.accounts.rules.saved_views import list_address, view_query
from portal.core.errors import Refused
from portal.core.forms import PortalForm
from portal.core.pages import page


class SaveViewForm(PortalForm):
    """The name; which list and what of it come along from the list's page."""

    name = forms.CharField(label=gettext_lazy("Name of the view"), max_length=60)
    route = forms.CharField(widget=forms.HiddenInput)
    query = forms.CharField(widget=forms.HiddenInput, required=False)


@require_POST
def save_view(request: HttpRequest) -> HttpResponse:
    """Back to the list it was sent from; a name that cannot be taken is asked again, with the reason."""
    form = SaveViewForm(request.POST)
    if form.is_valid():
        try:
            view = actions.save_view(form.cleaned_data.pop("route"), **form.cleaned_data, by=request.user)
        except Refused as refusal:
            form.add_error(refusal.field, refusal)
        else:
            messages.success(request, _("The view is kept under “%(name)s”.") % {"name": view.name})
            return _to_list(view.route, view.query)
    address = list_address(request.POST.get("route", ""))
    back = f"{address}?{view_query(request.POST.get('query', ''))}" if address else ""
    return page(request, "home/save_view.html", {"form": form, "back_url": back})


@require_POST
def remove_view(request: HttpRequest, pk: int) -> HttpResponse:
    view = get_object_or_404(SavedView.objects.visible_to(request.user), pk=pk)
    actions.remove_view(view, by=request.user)
    messages.success(request, _("The view “%(name)s” is removed.") % {"name": view.name})
    return _to_list(view.route, view_query(request.POST.get("query", "")))


def _to_list(route: str, query: str) -> HttpResponse:
    """A list of ours with a query of ours: never an address that came along."""
    address = list_address(route) or list_address("home:home")
    return redirect(f"{address}?{query}" if query else address)
