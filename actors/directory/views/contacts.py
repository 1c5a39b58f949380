"""How an institution is reached and who answers for it: the forms around contact details and focal points."""

import copy

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from actors.directory import actions
from actors.directory.forms.people import ContactForm, EndForm, FocalPointForm
from actors.directory.models import Actor, Contact, FocalPoint
from actors.directory.views.sheets import follows_merges, require_edit, seen_actor
from portal.core.errors import Refused
from portal.core.pages import page


@require_http_methods(["GET", "POST"])
@follows_merges
def add_contact(request: HttpRequest, slug: str) -> HttpResponse:
    actor = seen_actor(request, slug)
    require_edit(request, actor)
    form = ContactForm(request.POST or None, actor=actor)
    form.instance.actor = actor
    if form.is_valid():
        try:
            actions.add_contact(actor, **form.changes, by=request.user)
        except Refused as refusal:
            form.add_error(refusal.field, refusal)
        else:
            messages.success(request, _("The contact details are saved."))
            return redirect(actor)
    return page(request, "directory/add_contact.html", {"form": form, "actor": actor})


@require_http_methods(["GET", "POST"])
def edit_contact(request: HttpRequest, pk: int) -> HttpResponse:
    contact = _seen_contact(request, pk)
    require_edit(request, contact.actor)
    form = ContactForm(request.POST or None, instance=copy.copy(contact), actor=contact.actor)
    if form.is_valid():
        try:
            actions.edit_contact(contact, **form.changes, by=request.user)
        except Refused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("The contact details are saved."))
            return redirect(contact.actor)
    return page(request, "directory/edit_contact.html", {"form": form, "actor": contact.actor, "contact": contact})


@require_http_methods(["GET", "POST"])
def remove_contact(request: HttpRequest, pk: int) -> HttpResponse:
    contact = _seen_contact(request, pk)
    actor = contact.actor
    require_edit(request, actor)
    if request.method == "POST":
        try:
            actions.remove_contact(contact, by=request.user)
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("The contact details are removed."))
        return redirect(actor)
    return page(
        request,
        "directory/remove_contact.html",
        {"actor": actor, "contact": contact, "back_url": actor.get_absolute_url()},
    )


@require_http_methods(["GET", "POST"])
@follows_merges
def add_focal_point(request: HttpRequest, slug: str) -> HttpResponse:
    actor = seen_actor(request, slug)
    require_edit(request, actor)
    form = FocalPointForm(request.POST or None, actor=actor)
    if form.is_valid():
        try:
            actions.add_focal_point(actor, **form.cleaned_data, by=request.user)
        except Refused as refusal:
            form.add_error(refusal.field, refusal)
        else:
            messages.success(request, _("The focal point is recorded; reminders go there from now on."))
            return redirect(actor)
    return page(
        request,
        "directory/add_focal_point.html",
        {"form": form, "actor": actor, "has_contacts": actor.contacts.exists()},
    )


@require_http_methods(["GET", "POST"])
def end_focal_point(request: HttpRequest, pk: int) -> HttpResponse:
    kept = Contact.objects.kept_by(request.user).values("pk")
    seen = FocalPoint.objects.filter(contact__in=kept, actor__in=Actor.objects.visible_to(request.user))
    point = get_object_or_404(seen.select_related("actor", "contact"), pk=pk)
    require_edit(request, point.actor)
    form = EndForm(request.POST or None)
    if form.is_valid():
        try:
            actions.end_focal_point(point, **form.cleaned_data, by=request.user)
        except Refused as refusal:
            form.add_error(refusal.field, refusal)
        else:
            messages.success(request, _("The end of the term is recorded."))
            return redirect(point.actor)
    context = {"form": form, "actor": point.actor, "point": point, "back_url": point.actor.get_absolute_url()}
    return page(request, "directory/end_focal_point.html", context)


def _seen_contact(request: HttpRequest, pk: int) -> Contact:
    seen = Contact.objects.kept_by(request.user).filter(actor__in=Actor.objects.visible_to(request.user))
    return get_object_or_404(seen.select_related("actor"), pk=pk)
