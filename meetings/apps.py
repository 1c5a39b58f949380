"""When we meet."""

from django.apps import AppConfig


class MeetingsConfig(AppConfig):
    name = "meetings"

    def ready(self) -> None:
        from actors.directory.rules.open_items import register_open_items
        from meetings import merging, reminders
        from meetings.models import Meeting
        from meetings.reading import open_items
        from meetings.reports import sections
        from meetings.rules.acts import ACTS, LINKS, meeting_page
        from meetings.rules.offices import office_of
        from portal.notifications.rules.acts import register_acts, register_links, register_page
        from portal.notifications.rules.offices import register_office
        from portal.notifications.rules.registry import register_source

        register_source("meetings", reminders.rungs, reminders.LABELS)
        register_open_items("meetings", open_items.open_items)
        register_acts(ACTS)
        register_links(LINKS, asking=False)
        register_page(Meeting, meeting_page)
        register_office(Meeting, office_of)
        sections.register()
        merging.register()
