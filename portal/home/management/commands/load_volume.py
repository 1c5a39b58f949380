"""manage.py load_volume: as many rows as a country's portal holds, to see how it bears them."""

import time
from dataclasses import fields
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.core.dates import today
from portal.home.loads.volume import Sizes, load_volume, strangers
from portal.reference.models import Axis, Territory


class Command(BaseCommand):
    help = "Fill a database that holds nothing but the demonstration, to try the portal with as much as a country's."

    def add_arguments(self, parser: CommandParser) -> None:
        for one in fields(Sizes):
            parser.add_argument(f"--{one.name}", type=int, default=one.default, help="how many (default: %(default)s)")
        parser.add_argument("--scale", type=float, default=1.0, help="so much of each: 0.1 is a tenth")

    def handle(self, *args: Any, scale: float, **options: Any) -> None:
        if not (Axis.objects.exists() and Territory.objects.exists()):
            raise CommandError("Load the reference data first: manage.py load_reference")
        if found := strangers():
            raise CommandError(
                f"{found} institutions or accounts here are not of the demonstration: the volume is loaded beside"
                " nothing else. Take a database of its own."
            )
        begun = time.monotonic()
        sizes = Sizes(**{one.name: options[one.name] for one in fields(Sizes)}).scaled(scale)
        load_volume(sizes, day=today(), say=lambda line: self.stdout.write(f"  {line}"))
        self.stdout.write(f"Volume loaded in {time.monotonic() - begun:.0f} s.")
