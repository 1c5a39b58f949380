"""How an institution is reached and who answers for it: the forms around contact details and focal points."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from actors.directory import actions
from actors.directory.forms.people import ContactForm, EndForm, FocalPointForm
from actors.directory.models import Actor, Contact, FocalPoint
from actors.directory.permissions import check_edit_actor
from actors.directory.views.sheets import follows_merges, seen_actor
from portal.core.pages import page
from portal.core.saving import posted
from portal.core.stamps import with_stamp


@require_http_methods(["GET", "POST"])
@follows_merges
def add_contact(request: HttpRequest, slug: str) -> HttpResponse:
    actor = seen_actor(request, slug)
    check_edit_actor(request.user, actor)
    form = ContactForm(request.POST or None, actor=actor)
    told = _("The contact details are saved.")
    return form.carry(request, actions.add_contact, actor, makes=True, to=actor, told=told) or page(
        request, "directory/edit_contact.html", {"form": form, "actor": actor}
    )


@require_http_methods(["GET", "POST"])
def edit_contact(request: HttpRequest, pk: int) -> HttpResponse:
    contact = _seen_contact(request, pk)
    actor = contact.actor
    check_edit_actor(request.user, actor)
    form = ContactForm(request.POST or None, instance=contact, actor=actor)
    told = _("The contact details are saved.")
    return form.carry(request, actions.edit_contact, contact, to=actor, told=told) or page(
        request, "directory/edit_contact.html", {"form": form, "actor": actor, "contact": contact}
    )


@require_http_methods(["GET", "POST"])
def remove_contact(request: HttpRequest, pk: int) -> HttpResponse:
    contact = _seen_contact(request, pk)
    actor = contact.actor
    check_edit_actor(request.user, actor)
    if request.method == "POST":
        told = _("The contact details are removed.")
        return posted(request, actions.remove_contact, contact, to=actor, back=actor, told=told)
    context = {"actor": actor, "contact": contact, "back_url": actor.get_absolute_url()}
    return page(request, "directory/remove_contact.html", context)


@require_http_methods(["GET", "POST"])
@follows_merges
def add_focal_point(request: HttpRequest, slug: str) -> HttpResponse:
    actor = seen_actor(request, slug)
    check_edit_actor(request.user, actor)
    form = FocalPointForm(request.POST or None, actor=actor)
    told = _("The focal point is recorded; reminders go there from now on.")
    return form.carry(request, actions.add_focal_point, actor, to=actor, told=told) or page(
        request,
        "directory/add_focal_point.html",
        {"form": form, "actor": actor, "has_contacts": actor.contacts.exists()},
    )


@require_http_methods(["GET", "POST"])
def end_focal_point(request: HttpRequest, pk: int) -> HttpResponse:
    kept = Contact.objects.kept_by(request.user).values("pk")
    seen = FocalPoint.objects.filter(contact__in=kept, actor__in=Actor.objects.visible_to(request.user))
    point = get_object_or_404(seen.select_related("actor", "contact"), pk=pk)
    actor = point.actor
    check_edit_actor(request.user, actor)
    form = EndForm(request.POST or None)
    told = _("The end of the term is recorded.")
    context = {"form": form, "actor": actor, "point": point, "back_url": actor.get_absolute_url()}
    return form.carry(request, actions.end_focal_point, point, to=actor, told=told) or page(
        request, "directory/end_focal_point.html", context
    )


def _seen_contact(request: HttpRequest, pk: int) -> Contact:
    seen = Contact.objects.kept_by(request.user).filter(actor__in=Actor.objects.visible_to(request.user))
    return get_object_or_404(with_stamp(seen.select_related("actor")), pk=pk)
