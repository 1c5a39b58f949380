"""What must follow."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RecommendationsConfig(AppConfig):
    name = "recommendations"

    def ready(self) -> None:
        """Hang in what lower apps ask for: the clock's rungs, a tab of the meeting, two sections of its report."""
        from meetings.tabs import Tab, register
        from portal.notifications.registry import register_source
        from recommendations import reminders, reports

        register_source("recommendations", reminders.rungs, reminders.LABELS)
        reports.register()
        register(
            Tab(
                "recommendations",
                _("Recommendations"),
                "recommendations:meeting_recommendations",
                count=lambda seen: sum(row.state != "dropped" for row in seen.recommendations) or None,
                order=40,
            )
        )
