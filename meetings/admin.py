"""Projects are kept in /admin/; meetings and what hangs on them are only read there, an edit would bypass actions."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from meetings.models import AgendaItem, Attendance, Document, Invitation, Meeting, Minutes, Project, Report
from portal.core.admin import ForAdministrators, ReadOnlyAdmin


@admin.register(Project)
class ProjectAdmin(ForAdministrators):
    list_display = ("name_ar", "name_fr", "lead", "funder_ar")
    list_select_related = ("lead",)
    prepopulated_fields = {"slug": ("name_fr",)}

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Meeting)
class MeetingAdmin(ReadOnlyAdmin):
    list_display = ("reference", "title_ar", "starts_at", "organiser", "space", "state", "audience")
    list_filter = ("state", "audience", "kind")
    list_select_related = ("organiser", "space")
    search_fields = ("reference", "title_ar", "title_fr")


@admin.register(AgendaItem)
class AgendaItemAdmin(ReadOnlyAdmin):
    list_display = ("meeting", "position", "title_ar", "minutes_planned")
    list_select_related = ("meeting",)


@admin.register(Invitation)
class InvitationAdmin(ReadOnlyAdmin):
    list_display = ("meeting", "actor", "answer", "sent_at", "answered_at", "by_phone")
    list_filter = ("answer",)
    list_select_related = ("meeting", "actor")


@admin.register(Attendance)
class AttendanceAdmin(ReadOnlyAdmin):
    list_display = ("meeting", "actor", "status", "represented_by")
    list_filter = ("status",)
    list_select_related = ("meeting", "actor", "represented_by")


@admin.register(Minutes)
class MinutesAdmin(ReadOnlyAdmin):
    list_display = ("meeting", "state", "version", "remarks_until", "adopted_at")
    list_filter = ("state",)
    list_select_related = ("meeting",)


@admin.register(Document)
class DocumentAdmin(ReadOnlyAdmin):
    list_display = ("title", "meeting", "space", "audience", "version", "added_at")
    list_filter = ("audience",)
    list_select_related = ("meeting", "space")


@admin.register(Report)
class ReportAdmin(ReadOnlyAdmin):
    list_display = ("meeting", "number", "language", "audience", "state", "requested_at")
    list_filter = ("state", "language")
    list_select_related = ("meeting",)
