"""Who takes part: actors, contacts, memberships, spaces."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class DirectoryConfig(AppConfig):
    name = "actors.directory"

    def ready(self) -> None:
        from actors.directory import receivers, reminders  # noqa: F401
        from actors.directory.models import Actor, HandOver, ProposedChange
        from actors.directory.rules.leading import LINKS, sheet_page
        from actors.directory.signals import create_default_rungs
        from portal.notifications.rules.acts import register_links, register_page
        from portal.notifications.rules.registry import register_source

        register_source("directory", reminders.rungs, reminders.LABELS)
        register_links(LINKS)
        for model in (Actor, HandOver, ProposedChange):
            register_page(model, sheet_page)
        post_migrate.connect(create_default_rungs, sender=self, dispatch_uid="directory.default_rungs")
