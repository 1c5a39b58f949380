"""Roles are only read in the admin: an edit would bypass actions."""

from django.contrib import admin

from actors.roles.models import Responsibility
from portal.core.admin import ReadOnlyAdmin


@admin.register(Responsibility)
class ResponsibilityAdmin(ReadOnlyAdmin):
    list_display = ("actor", "theme", "territory", "part", "answer", "starts_on", "ends_on")
    list_filter = ("part", "answer")
    list_select_related = ("actor", "theme", "territory")
