"""Recommendations are read in the admin, never written: an edit there would pass by actions, history and notices."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from recommendations.models import Assignment, FollowUp, Recommendation


class ReadOnly(admin.ModelAdmin):
    """Looked at, not touched."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.is_active and request.user.is_staff


@admin.register(Recommendation)
class RecommendationAdmin(ReadOnly):
    list_display = ("reference", "state", "progress", "due_on", "meeting")
    list_filter = ("state", "priority", "people")
    search_fields = ("reference", "text_ar", "text_fr", "text_en")
    list_select_related = ("meeting",)


@admin.register(Assignment)
class AssignmentAdmin(ReadOnly):
    list_display = ("recommendation", "actor", "part", "answer", "assigned_at")
    list_filter = ("part", "answer")
    list_select_related = ("recommendation", "actor")


@admin.register(FollowUp)
class FollowUpAdmin(ReadOnly):
    list_display = ("recommendation", "kind", "on_behalf_of", "new_state", "clearance", "drafted_at")
    list_filter = ("kind", "clearance")
    list_select_related = ("recommendation", "on_behalf_of")

    def get_queryset(self, request: HttpRequest) -> Any:
        """Entries still inside an institution stay there."""
        return super().get_queryset(request).filter(clearance=FollowUp.Clearance.CLEARED)
