"""The postman: ledger, notifications, delivery."""

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "portal.notifications"
    label = "notifications"

    def ready(self) -> None:
        from portal.notifications import receivers  # noqa: F401
