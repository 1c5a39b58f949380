"""`manage.py load_reference`: territories, shapes, places, themes, axes, holidays, sessions; again: nothing."""

from argparse import ArgumentParser
from collections import Counter

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from portal.reference import resolver, spellings, themes
from portal.reference.loaders import (
    UnknownRegion,
    load_axes,
    load_holidays,
    load_places,
    load_sessions,
    load_shapes,
    load_territories,
    load_themes,
)
from portal.reference.loaders.rows import told


class Command(BaseCommand):
    help = "Load territories of the configured region, themes, axes and public holidays, and say what changed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--region", default=settings.PORTAL_REGION, help="HCP code of the region, 01 to 12")

    @transaction.atomic
    def handle(self, *args: object, region: str, verbosity: int, **options: object) -> None:
        try:
            tallies: dict[str, Counter[str]] = {
                f"territories of region {region}": load_territories(region),
                "shapes on the map": load_shapes(region),
                "other names of places": load_places(region),
                "themes": load_themes(),
                "axes": load_axes(),
                "holidays": load_holidays(),
                "sessions of councils": load_sessions(),
            }
        except UnknownRegion as error:
            raise CommandError(str(error)) from error
        for module in (spellings, resolver, themes):
            module.memory.forget()
        if verbosity:
            for name, tally in tallies.items():
                self.stdout.write(f"{name}: {told(tally)}")
