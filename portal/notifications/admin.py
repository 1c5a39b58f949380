"""Notifications and ledger in the admin, to be read only: an edit would pass by the postman."""

from django.contrib import admin

from portal.core.admin import ReadOnlyAdmin
from portal.notifications.models import LedgerEntry, Notification, ReminderRun


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
