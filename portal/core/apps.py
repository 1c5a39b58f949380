"""The core: text, dates, lists, PDF, history, permission and page helpers; knows no domain noun."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class CoreConfig(AppConfig):
    name = "portal.core"
    label = "core"

    def ready(self) -> None:
        from portal.core import checks  # noqa: F401
        from portal.core.search_index import make_trigram_indexes, rewrite_search_texts

        post_migrate.connect(rewrite_search_texts, dispatch_uid="core.search_texts")
        post_migrate.connect(make_trigram_indexes, dispatch_uid="core.trigram_indexes")
