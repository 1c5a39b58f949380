"""Recommendations are read in the admin, never written: an edit there would pass by actions, history and notices."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from portal.core.admin import ReadOnlyAdmin
from recommendations.models import Assignment, FollowUp, Recommendation


@admin.register(Recommendation)
class RecommendationAdmin(ReadOnlyAdmin):
    list_display = ("reference", "state", "progress", "due_on", "meeting")
    list_filter = ("state", "priority", "people")
    search_fields = ("reference", "text_ar", "text_fr", "text_en")
    list_select_related = ("meeting",)


@admin.register(Assignment)
class AssignmentAdmin(ReadOnlyAdmin):
    list_display = ("recommendation", "actor", "part", "answer", "assigned_at")
    list_filter = ("part", "answer")
    list_select_related = ("recommendation", "actor")


@admin.register(FollowUp)
class FollowUpAdmin(ReadOnlyAdmin):
    list_display = ("recommendation", "kind", "on_behalf_of", "new_state", "clearance", "drafted_at")
    list_filter = ("kind", "clearance")
    list_select_related = ("recommendation", "on_behalf_of")

    def get_queryset(self, request: HttpRequest) -> Any:
        """Entries still inside an institution stay there."""
        return super().get_queryset(request).filter(clearance=FollowUp.Clearance.CLEARED)
