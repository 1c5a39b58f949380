"""Reference data as administrators correct it; what they correct, a load leaves alone."""

from typing import Any

from django.contrib import admin
from django.db import models
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest

from portal.core.admin import ForAdministrators
from portal.reference.models import Axis, CouncilSession, Holiday, Place, SessionOpening, Territory, Theme


class ReferenceAdmin(ForAdministrators):
    """Marks what administrators change."""

    #: no deletion by the dozen either
    actions = None

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Only what was entered by hand: a loaded row would be back with the next load; it is switched off instead."""
        return self.has_module_permission(request) and (obj is None or self.is_own(obj))

    def is_own(self, row: models.Model) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: models.Model, form: ModelForm, change: bool) -> None:
        if not change or form.changed_data:
            obj.is_edited = True  # type: ignore[attr-defined]
        super().save_model(request, obj, form, change)


@admin.register(Territory)
class TerritoryAdmin(ReferenceAdmin):
    list_display = ("code", "name_ar", "name_fr", "kind", "population", "is_edited")
    list_filter = ("level", "kind", "is_edited")
    search_fields = ("code",)
    fields = ("code", "kind", "name_ar", "name_fr", "name_en", "aliases", "population", "latitude", "longitude")
    readonly_fields = ("code", "kind", "population")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Territories come from the census."""
        return False

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Territory], search_term: str
    ) -> tuple[QuerySet[Territory], bool]:
        by_code, distinct = super().get_search_results(request, queryset, search_term)
        if search_term:
            by_code |= queryset.filter(pk__in=Territory.objects.spelt(search_term).values("pk"))
        return by_code, distinct


@admin.register(Place)
class PlaceAdmin(ReferenceAdmin):
    """Localities and short names; those of the other regions come from the census and are only read."""

    list_display = ("name", "kind", "territory", "code", "is_edited")
    list_filter = ("kind", "is_edited")
    list_select_related = ("territory",)
    search_fields = ("name", "code")
    autocomplete_fields = ("territory",)
    fields = ("kind", "name", "territory")

    def is_own(self, row: models.Model) -> bool:
        return isinstance(row, Place) and row.is_edited

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        is_own = obj is None or (isinstance(obj, Place) and obj.kind != Place.Kind.ELSEWHERE)
        return super().has_change_permission(request, obj) and is_own

    def formfield_for_choice_field(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "kind":
            kwargs["choices"] = [choice for choice in Place.Kind.choices if choice[0] != Place.Kind.ELSEWHERE]
        return super().formfield_for_choice_field(db_field, request, **kwargs)


@admin.register(Theme)
class ThemeAdmin(ReferenceAdmin):
    list_display = ("code", "name_ar", "name_fr", "kind", "position", "is_active", "is_edited")
    list_filter = ("kind", "is_active")


@admin.register(Axis)
class AxisAdmin(ReferenceAdmin):
    list_display = ("code", "name_ar", "name_fr", "position", "is_active", "is_edited")
    list_filter = ("is_active",)


@admin.register(Holiday)
class HolidayAdmin(ReferenceAdmin):
    list_display = ("day", "name_ar", "name_fr", "is_estimated", "is_confirmed", "is_day_off", "is_edited")
    list_filter = ("is_estimated", "is_confirmed", "is_day_off")
    date_hierarchy = "day"

    def is_own(self, row: models.Model) -> bool:
        return isinstance(row, Holiday) and not row.source_key


@admin.register(CouncilSession)
class CouncilSessionAdmin(ReferenceAdmin):
    list_display = ("council", "month", "opens_from", "opens_by", "is_active", "is_edited")
    list_filter = ("council", "is_active")


@admin.register(SessionOpening)
class SessionOpeningAdmin(ForAdministrators):
    list_display = ("territory", "session", "opens_on")
    list_filter = ("session__council",)
    list_select_related = ("territory", "session")
    autocomplete_fields = ("territory",)
    date_hierarchy = "opens_on"
