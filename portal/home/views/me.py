"""A person's own page: who they are here, for whom they work, which language they read, and what happened to their
account."""

import copy
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from actors.directory.models import AccountOffer, Membership
from meetings.reading.feeds import followed_by_person
from portal.accounts.actions import edit_account
from portal.accounts.models import AccountEvent, User
from portal.core.dates import today
from portal.core.forms import PortalModelForm
from portal.core.lists import PER_PAGE
from portal.core.pages import page
from portal.core.stamps import marked


class MeForm(PortalModelForm):
    class Meta:
        model = User
        fields = ("name", "language")
        widgets = {"language": forms.RadioSelect}
        labels = {"language": _("I read the portal and its mails in")}

    def __init__(self, *args: Any, instance: User, **kwargs: Any) -> None:
        super().__init__(*args, instance=copy.copy(instance), **kwargs)
        self.edits = marked(instance, self.Meta.fields)


@require_http_methods(["GET", "POST"])
def me(request: HttpRequest) -> HttpResponse:
    form = MeForm(request.POST or None, instance=request.user)
    spoken = form.data.get("language") if form.is_bound and form.is_valid() else get_language()
    with translation.override(spoken):
        told, address = gettext("Your details are saved."), reverse("home:me")
    if answer := form.carry(request, edit_account, request.user, to=address, told=told):
        return answer
    memberships = Membership.objects.on(today()).filter(user=request.user.pk).select_related("actor")
    offers = AccountOffer.objects.open().filter(email=request.user.email).select_related("actor")
    context = {"form": form, "memberships": memberships, "offers": offers}
    return page(request, "home/me.html", context | {"own_feed": followed_by_person(request.user)})


@require_safe
def account_events(request: HttpRequest) -> HttpResponse:
    """When and from where one signed in, and what of one's account was changed; the newest first."""
    rows = AccountEvent.objects.visible_to(request.user).select_related("by")
    shown = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return page(request, "home/account_events.html", {"page": shown})
