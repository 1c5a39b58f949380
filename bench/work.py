"""The long work, each kind beside the least that such work could be, in the same process and the same run."""

import csv
import io
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.db.models import Count
from django.test import RequestFactory
from openpyxl import Workbook
from weasyprint import HTML

from actors.directory.models import Actor
from actors.directory.views.actors import actors
from actors.doubles.rules.candidates import find_candidates
from actors.imports import actions, work
from actors.imports.models import ActorImport
from bench.pages import OFFICER
from meetings.models import Meeting, Report
from meetings.reports.collect import collect
from meetings.work import render
from portal.accounts.models import User
from portal.core.dates import start_of, today
from portal.notifications.reminders import send_due
from portal.reference.calendar import is_rest_day
from recommendations.models import Recommendation

#: a page of the floor's PDF: forty lines of a sentence, in the script of the reports
LINES, SENTENCE = 40, "يتتبع الفضاء الترابي للتنسيق تنفيذ التوصيات التي اعتمدت خلال الاجتماع، ويحيط علما بما أنجز منها."
LETTERS = "ابتجحخدرسشصطعفقكلمنهوي"


@dataclass
class Worked:
    """One line of the table; seconds of the clock and of the processor."""

    name: str
    times: list[float] = field(default_factory=list)
    floors: list[float] = field(default_factory=list)
    spent: list[float] = field(default_factory=list)
    floors_spent: list[float] = field(default_factory=list)

    def figures(self) -> dict[str, Any]:
        """As written to the file: seconds, and floors of the clock and of the processor."""
        figures = {
            "seconds": round(statistics.median(self.times), 2),
            "floor_s": round(statistics.median(self.floors), 3),
            "ratio": round(statistics.median(self.times) / statistics.median(self.floors), 2),
        }
        if self.spent:
            figures["cpu_ratio"] = round(min(self.spent) / min(self.floors_spent), 2)
        return figures


@dataclass(frozen=True)
class LongWork:
    """A kind of long work, and its floor."""

    name: str
    do: Callable[[], object]
    floor: Callable[[], object]


def worked(*, times: int, rows: tuple[int, ...], only: list[str]) -> list[Worked]:
    """Each kind so many times, each beside its floor; once each what takes long: reminders, imports of so many rows."""
    found = []
    for kind in [*_kinds(), *_imports(rows)]:
        if only and not any(name in kind.name for name in only):
            continue
        row = Worked(kind.name)
        for _time in range(1 if kind.name.startswith(("reminders", "import", "undo")) else times):
            for act, clock, processor in (
                (kind.floor, row.floors, row.floors_spent),
                (kind.do, row.times, row.spent),
            ):
                seconds, spent = _timed(act)
                clock.append(seconds)
                processor.append(spent)
        found.append(row)
    return found


def _timed(act: Callable[[], object]) -> tuple[float, float]:
    begun, spent = time.perf_counter(), time.process_time()
    act()
    return time.perf_counter() - begun, time.process_time() - spent


@contextmanager
def _undone() -> Iterator[None]:
    """Whatever is written, the next kind of work finds the database as it was."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def _kinds() -> list[LongWork]:
    meeting = Meeting.objects.annotate(items_there=Count("items")).order_by("-items_there", "pk")[0]
    return [
        LongWork("report, 20 items", lambda: _report(meeting), _three_pages),
        LongWork("directory as XLSX", _directory, _four_columns),
        LongWork("doubles", lambda: len(find_candidates().candidates), lambda: list(Actor.objects.all())),
        LongWork("reminders", _reminders, lambda: list(Recommendation.objects.open())),
    ]


def _report(meeting: Meeting) -> bytes:
    data = collect(meeting, language="ar", audience=Report.Audience.PUBLIC)
    return render(Report(meeting=meeting, language="ar", audience=Report.Audience.PUBLIC, number=1, data=data))


def _directory() -> None:
    """Asked for by an officer, in this process."""
    request = RequestFactory().get("/", {"export": "xlsx"})
    request.user = User.objects.get(email=f"{OFFICER}@volume.test")
    if actors(request).status_code != 200:
        raise RuntimeError("The directory is not exported.")


def _three_pages() -> bytes:
    page = "".join(f"<p>{SENTENCE}</p>" for _line in range(LINES))
    style = "<style>p{font:11pt/1.2 sans-serif;margin:0 0 4pt}section{break-after:page}</style>"
    body = f"<section>{page}</section>" * 2 + f"<div>{page}</div>"
    content: bytes = HTML(string=f"<html lang=ar dir=rtl>{style}{body}").write_pdf()
    return content


def _reminders() -> None:
    """What the clock finds owed on the morning of the next working day; nobody is written to."""
    day = today()
    while is_rest_day(day):
        day += timedelta(days=1)
    now: datetime = start_of(day) + timedelta(hours=10)
    send_due(now, dry_run=True)


def _imports(sizes: tuple[int, ...]) -> Iterator[LongWork]:
    for size in sizes:
        runs: list[ActorImport] = []
        floor = lambda size=size: _inserted(size)  # noqa: E731
        yield LongWork(f"import of {size} rows", lambda size=size, runs=runs: runs.append(_imported(size)), floor)
        yield LongWork(f"undo of {size} rows", lambda runs=runs: _taken_back(runs.pop()), floor)


def _inserted(size: int) -> None:
    """So many rows of one table, one after the other, in one transaction."""
    with _undone():
        for number in range(size):
            Actor.objects.bulk_create(
                [Actor(slug=f"bench-{number}", name_ar=_name(number), kind=Actor.Kind.ASSOCIATION)]
            )


def _name(number: int) -> str:
    """A name of its own for each number: what looks alike would be asked about, and left out."""
    random = Random(number)
    words = ("".join(random.choices(LETTERS, k=7)) for _word in range(2))
    return f"جمعية {' '.join(words)}"


def _imported(size: int) -> ActorImport:
    by = User.objects.get(email="administrator@volume.test")
    text = io.StringIO()
    rows = csv.writer(text, delimiter=";")
    rows.writerow(["الاسم بالعربية", "الجماعة", "البريد الإلكتروني"])
    rows.writerows([_name(number), "الناظور", f"bench-{number}@example.org"] for number in range(size))
    run = actions.upload_import(SimpleUploadedFile("bench.csv", text.getvalue().encode("utf-8-sig")), by=by)
    columns = {int(place): key for place, key in run.columns.items()}
    actions.set_columns(run, sheet=run.facts["sheet"], header_row=run.header_row, columns=columns, by=by)
    _until(run, ActorImport.State.READY)
    actions.start_import(run, new_state=run.new_state, contact_audience=run.contact_audience, by=by)
    _until(run, ActorImport.State.DONE)
    if (added := run.rows.filter(outcome="added").count()) < size:
        raise RuntimeError(f"Of {size} rows {added} were brought in.")
    return run


def _taken_back(run: ActorImport) -> None:
    actions.undo_import(run, by=User.objects.get(email="administrator@volume.test"))
    _until(run, ActorImport.State.UNDONE)


def _until(run: ActorImport, state: str) -> None:
    """What the worker does, until the import stands there. Raises RuntimeError where it stands elsewhere."""
    while work.produce(run.pk):
        pass
    run.refresh_from_db()
    if run.state != state:
        raise RuntimeError(f"The import is {run.state}, not {state}: {run.error}")


def _four_columns() -> bytes:
    """The floor of an export: every row of one table as a workbook of four columns."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in Actor.objects.values_list("pk", "slug", "name_ar", "name_fr"):
        sheet.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()
