"""manage.py load_consultation: the consultation of Nador, and with --demonstration what surrounds it."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.home.loads.consultation import load_consultation
from portal.home.loads.demonstration import load_demonstration
from portal.reference.models import Axis, Territory


class Command(BaseCommand):
    help = "Load the Nador consultation of 26 September 2025; run again it changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--demonstration",
            action="store_true",
            help="also demonstration institutions, accounts, meetings and follow-up",
        )

    def handle(self, *args: Any, demonstration: bool = False, **options: Any) -> None:
        if demonstration and not settings.IS_DEMO:
            raise CommandError("A demonstration has known passwords: it is loaded only where PORTAL_DEMO is set.")
        if not (Axis.objects.exists() and Territory.objects.exists()):
            raise CommandError("Load the reference data first: manage.py load_reference")
        added = load_consultation() + (load_demonstration() if demonstration else [])
        if options["verbosity"] > 1:
            for line in added:
                self.stdout.write(f"  {line}")
        self.stdout.write(f"Consultation: {len(added)} rows added." if added else "Consultation: nothing to add.")
