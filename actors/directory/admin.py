"""Reminder rules are set in /admin/; sheets and spaces are only read there, an edit would bypass actions."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from actors.directory.models import (
    AccountOffer,
    Actor,
    Contact,
    FocalPoint,
    Membership,
    ReminderRule,
    Space,
    SpaceMember,
)
from portal.core.admin import ForAdministrators, ReadOnlyAdmin


@admin.register(Actor)
class ActorAdmin(ReadOnlyAdmin):
    list_display = ("name_ar", "name_fr", "acronym", "kind", "state", "confirmed_on")
    list_filter = ("kind", "state")
    search_fields = ("name_ar", "name_fr", "acronym")


@admin.register(Contact)
class ContactAdmin(ReadOnlyAdmin):
    list_display = ("actor", "role_ar", "email", "phone", "audience")
    list_filter = ("audience",)
    list_select_related = ("actor",)


@admin.register(FocalPoint, Membership, SpaceMember)
class TermAdmin(ReadOnlyAdmin):
    list_display = ("__str__", "part", "starts_on", "ends_on")
    list_filter = ("part",)

    def get_queryset(self, request: HttpRequest) -> Any:
        related = [name for name in ("actor", "contact", "user", "space") if hasattr(self.model, name)]
        return super().get_queryset(request).select_related(*related)


@admin.register(AccountOffer)
class AccountOfferAdmin(ReadOnlyAdmin):
    list_display = ("email", "actor", "part", "state", "made_at", "expires_at", "made_by")
    list_filter = ("state",)
    search_fields = ("email",)
    list_select_related = ("actor", "made_by")


@admin.register(Space)
class SpaceAdmin(ReadOnlyAdmin):
    list_display = ("code", "name_ar", "kind", "audience", "opened_on", "closed_on")
    list_filter = ("kind", "audience")


@admin.register(ReminderRule)
class ReminderRuleAdmin(ForAdministrators):
    ordering = (ReminderRule.Kind.rank_of("kind"), "offset_days")
    list_display = ("kind", "offset_days", "repeat_days", "space", "is_active")
    list_filter = ("kind", "is_active")
    list_select_related = ("space",)
