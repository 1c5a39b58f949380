"""`manage.py sweep_files`: which files no row names, and which are gone; with --remove it does as the clock does."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from portal.core.models import FileFault
from portal.core.sweeping import find_strays, note_gone, sweep


class Command(BaseCommand):
    help = "List the files that no row names and those that are gone; with --remove throw the former away."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--remove", action="store_true", help="throw away what no row names")

    def handle(self, *args: Any, remove: bool, **options: Any) -> None:
        strays, gone = sweep() if remove else (find_strays(timezone.now()), note_gone())
        told = "Thrown away" if remove else "Named by no row, and older than a day"
        self.stdout.write(f"{told}: {len(strays)}")
        for name in strays:
            self.stdout.write(f"  {name}")
        self.stdout.write(f"Gone from the disk: {gone}")
        for fault in FileFault.objects.filter(fault=FileFault.Fault.GONE):
            self.stdout.write(f"  {fault.name} ({fault.model} {fault.row})")
