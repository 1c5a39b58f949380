"""Who takes part: actors, contacts, memberships, spaces."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ActorsConfig(AppConfig):
    name = "actors"

    def ready(self) -> None:
        from actors import reminders
        from actors.doubles import rules
        from actors.signals import create_default_rungs
        from portal.notifications.registry import register_source

        register_source("actors", reminders.rungs, reminders.LABELS)
        post_migrate.connect(create_default_rungs, sender=self, dispatch_uid="actors.default_rungs")
        rules.register()
