"""`manage.py reindex`: rebuild the stored search text of every record."""

from django.core.management.base import BaseCommand

from portal.core.search import reindex_all


class Command(BaseCommand):
    help = "Rebuild the stored search text of every record that can be searched."

    def handle(self, *args: object, **options: object) -> None:
        for label, changed, rows in reindex_all():
            self.stdout.write(f"{label}: {changed} of {rows} changed")
