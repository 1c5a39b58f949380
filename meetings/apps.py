"""When we meet."""

from django.apps import AppConfig


class MeetingsConfig(AppConfig):
    name = "meetings"

    def ready(self) -> None:
        from meetings import reminders
        from meetings.reports import sections
        from portal.notifications.registry import register_source

        register_source("meetings", reminders.rungs, reminders.LABELS)
        sections.register()
