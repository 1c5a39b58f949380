"""Projects are kept in /admin/; meetings and what hangs on them are only read there, an edit would bypass actions."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from actors.admin import ReadOnlyAdmin
from meetings.models import AgendaItem, Attendance, Document, Invitation, Meeting, Minutes, Project, Report


class ReadableAdmin(ReadOnlyAdmin):
    """Every administrator of the directory reads."""

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.is_active and request.user.is_staff

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)


@admin.register(Project)
class ProjectAdmin(admin.ModelAdmin):
    list_display = ("name_ar", "name_fr", "lead", "funder_ar")
    list_select_related = ("lead",)
    prepopulated_fields = {"slug": ("name_fr",)}

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.is_active and request.user.is_staff

    has_add_permission = has_module_permission = has_view_permission
    has_change_permission = has_view_permission

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Meeting)
class MeetingAdmin(ReadableAdmin):
    list_display = ("reference", "title_ar", "starts_at", "organiser", "space", "state", "audience")
    list_filter = ("state", "audience", "kind")
    list_select_related = ("organiser", "space")
    search_fields = ("reference", "title_ar", "title_fr")


@admin.register(AgendaItem)
class AgendaItemAdmin(ReadableAdmin):
    list_display = ("meeting", "position", "title_ar", "minutes_planned")
    list_select_related = ("meeting",)


@admin.register(Invitation)
class InvitationAdmin(ReadableAdmin):
    list_display = ("meeting", "actor", "answer", "sent_at", "answered_at", "by_phone")
    list_filter = ("answer",)
    list_select_related = ("meeting", "actor")


@admin.register(Attendance)
class AttendanceAdmin(ReadableAdmin):
    list_display = ("meeting", "actor", "status", "represented_by")
    list_filter = ("status",)
    list_select_related = ("meeting", "actor", "represented_by")


@admin.register(Minutes)
class MinutesAdmin(ReadableAdmin):
    list_display = ("meeting", "state", "version", "remarks_until", "adopted_at")
    list_filter = ("state",)
    list_select_related = ("meeting",)


@admin.register(Document)
class DocumentAdmin(ReadableAdmin):
    list_display = ("title", "meeting", "space", "audience", "version", "added_at")
    list_filter = ("audience",)
    list_select_related = ("meeting", "space")


@admin.register(Report)
class ReportAdmin(ReadableAdmin):
    list_display = ("meeting", "number", "language", "audience", "state", "requested_at")
    list_filter = ("state", "language")
    list_select_related = ("meeting",)
