"""`manage.py reindex`: rebuild the stored search text of every record."""

from django.apps import apps
from django.core.management.base import BaseCommand

from portal.core.search import reindex


class Command(BaseCommand):
    help = "Rebuild the stored search text of every record that can be searched."

    def handle(self, *args: object, **options: object) -> None:
        for model in apps.get_models():
            if hasattr(model, "search_parts") and hasattr(model, "search_text"):
                rows = model._default_manager.all()
                self.stdout.write(f"{model._meta.label}: {reindex(rows)} of {rows.count()} changed")
