"""Notifications and ledger in the admin, to be read only: an edit would pass by the postman."""

from django.contrib import admin
from django.http import HttpRequest

from portal.notifications.models import LedgerEntry, Notification, ReminderRun


class ReadOnlyAdmin(admin.ModelAdmin):
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object | None = None) -> bool:
        return False

    def has_module_permission(self, request: HttpRequest) -> bool:
        return bool(getattr(request.user, "is_administrator", False))

    def has_view_permission(self, request: HttpRequest, obj: object | None = None) -> bool:
        return self.has_module_permission(request)


@admin.register(Notification)
class NotificationAdmin(ReadOnlyAdmin):
    list_display = ("subject", "email", "kind", "state", "attempts", "created_at", "sent_at")
    list_filter = ("state", "language")
    search_fields = ("subject", "email")
    list_select_related = ("user",)


@admin.register(LedgerEntry)
class LedgerEntryAdmin(ReadOnlyAdmin):
    list_display = ("rung", "occurrence", "recipient_key", "outcome", "reason", "due_at", "created_at")
    list_filter = ("outcome",)
    search_fields = ("rung", "recipient_key", "object_id")


@admin.register(ReminderRun)
class ReminderRunAdmin(ReadOnlyAdmin):
    list_display = ("started_at", "finished_at", "sent", "skipped")
