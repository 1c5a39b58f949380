"""What must follow."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RecommendationsConfig(AppConfig):
    name = "recommendations"

    def ready(self) -> None:
        """Hang in what lower apps ask for: the clock's rungs, what a hand-over lists, a tab of the meeting and more."""
        from actors.directory.rules.open_items import register_open_items
        from meetings.reading.tabs import Tab, register
        from meetings.rules.offices import office_of
        from portal.notifications.rules.acts import register_acts, register_page
        from portal.notifications.rules.offices import keep_inside, register_office
        from portal.notifications.rules.registry import register_source
        from recommendations import merging, receivers, reminders, reports  # noqa: F401
        from recommendations.models import Recommendation
        from recommendations.reading import coverage, open_items
        from recommendations.rules.acts import ACTS, recommendation_page

        register_source("recommendations", reminders.rungs, reminders.LABELS)
        register_open_items("recommendations", open_items.open_items)
        register_acts(ACTS)
        register_page(Recommendation, recommendation_page)
        register_office(Recommendation, office_of)
        keep_inside("recommendations.awaiting_clearance", "recommendations.sent_back")
        reports.register()
        merging.register()
        coverage.register()
        register(
            Tab(
                "recommendations",
                _("Recommendations"),
                "recommendations:meeting_recommendations",
                count=lambda seen: seen.recommendations_count or None,
                order=40,
            )
        )
