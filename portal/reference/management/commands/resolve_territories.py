"""`manage.py resolve_territories FILE.csv`: what each cell of a list means, in the words of the resolver."""

import json
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from portal.core.errors import Refused
from portal.core.tables import Row, read_tables
from portal.reference.models import Territory
from portal.reference.resolver import resolve

INPUT, PROVINCE, LEVEL = "input", "province_given", "level"


class Command(BaseCommand):
    help = (
        "Say for each row of FILE (columns `input` and `province_given`, perhaps `level`: province or commune) which "
        "territory is meant."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--format", choices=["text", "json"], default="text")

    def handle(self, *args: object, file: Path, format: str, **options: object) -> None:  # noqa: A002
        if not Territory.objects.exists():
            raise CommandError("No territory is loaded yet: run manage.py load_reference first.")
        answers = list(self._answers(self._rows(file)))
        if format == "json":
            self.stdout.write(json.dumps(answers, ensure_ascii=False, indent=1))
            return
        for answer in answers:
            cells = [answer[INPUT], answer[PROVINCE], answer["answer"]]
            self.stdout.write("\t".join(" ".join(str(cell).split()) for cell in cells))

    def _rows(self, file: Path) -> list[Row]:
        try:
            with file.open("rb") as content:
                return read_tables(content, file.name).tables[0].rows
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}") from error
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal

    def _answers(self, rows: list[Row]) -> Iterator[dict[str, object]]:
        heads = [cell.strip().lower() for cell in rows[0].cells]
        if INPUT not in heads:
            raise CommandError(f"The first row names no column {INPUT!r}; it has: {', '.join(filter(None, heads))}.")
        for row in rows[1:]:
            cells = dict(zip(heads, row.cells, strict=True))
            if not row.is_blank:
                cell, province = cells[INPUT], cells.get(PROVINCE, "")
                resolved = resolve(cell, province=province, level=cells.get(LEVEL, "").strip().lower())
                yield {
                    "record": row.number,
                    INPUT: cell,
                    PROVINCE: province,
                    "answer": resolved.answer,
                    "outcome": resolved.outcome.value,
                    "codes": list(resolved.codes),
                }
