"""A person's own page: who they are here, for whom they work, which language they read."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from actors.directory.models import Membership
from portal.accounts.models import User
from portal.core.dates import today
from portal.core.forms import PortalModelForm
from portal.core.pages import page


class MeForm(PortalModelForm):
    class Meta:
        model = User
        fields = ("name", "language")
        widgets = {"language": forms.RadioSelect}
        labels = {"language": _("I read the portal and its mails in")}


@require_http_methods(["GET", "POST"])
def me(request: HttpRequest) -> HttpResponse:
    form = MeForm(request.POST or None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        user = form.save()
        with translation.override(user.language):
            messages.success(request, _("Your details are saved."))
            return redirect(reverse("home:me"))
    memberships = Membership.objects.on(today()).filter(user=request.user.pk).select_related("actor")
    return page(request, "home/me.html", {"form": form, "memberships": memberships})
