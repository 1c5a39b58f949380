"""Long work of all four kinds: claimed once, taken up after a dead worker, given up, tried again, watched on a page."""

import errno
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from types import ModuleType
from typing import Any

import pytest
from django.conf import settings
from django.core.files.storage import FileSystemStorage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.module_loading import import_string
from django.utils.translation import gettext
from kombu.exceptions import OperationalError as NoBroker

from actors.directory import work as printouts
from actors.directory.actions import order_printout, retry_printout
from actors.doubles import work as searches
from actors.doubles.actions import order_search
from actors.imports import actions as import_actions
from actors.imports import work as imports
from actors.imports.models import ActorImport
from meetings import work as reports
from meetings.actions.reports import make_report, retry_report
from meetings.reports.collect import collect
from portal.celery import CLOCK
from portal.core.breaker import Breaker
from portal.core.errors import NotNow, Refused
from portal.core.work import ATTEMPTS, HOLD, LEASE, TURN, FileWork, kinds, resume
from tests import factories
from tests.messenger import SameThread

RENDERED = "the pages are being laid out"


def a_report(world):
    data = collect(world.meeting, language="ar", audience="participants")
    return make_report(world.meeting, language="ar", audience="participants", data=data, by=world.secretariat)[0]


def a_printout(world):
    return order_printout("directory.hand_over", title="محضر", language="ar", data={}, by=world.secretariat)


def a_search(world):
    return order_search(by=world.administrator)


def an_import(world):
    upload = SimpleUploadedFile("list.csv", "الاسم بالعربية;المختصر\nجمعية النور;ANL\n".encode())
    run = import_actions.upload_import(upload, by=world.administrator)
    import_actions.set_columns(run, sheet=0, header_row=1, columns={0: "name_ar"}, by=world.administrator)
    return run


@dataclass(frozen=True)
class Kind:
    """One kind of long work: how it is ordered, made, called, tried again and watched."""

    order: Callable[[Any], Any]
    module: ModuleType
    #: the function of its module in the midst of which a test does something
    midst: str
    page: Callable[[Any], str]
    #: the button that asks a worker, for what has failed
    button: Callable[[Any], str]
    retry: Callable[..., object] | None = None
    says: str = ""

    def produce(self, row, now=None) -> bool:
        made = getattr(self.module, "produce", None) or self.module.find_doubles
        return made(row.pk, now)


KINDS = {
    "report": Kind(
        a_report,
        reports,
        "render",
        page=lambda row: reverse("meetings:report", args=[row.meeting.reference]),
        button=lambda row: reverse("meetings:retry_report", args=[row.pk]),
        retry=retry_report,
        says=RENDERED,
    ),
    "printout": Kind(
        a_printout,
        printouts,
        "render",
        page=lambda row: reverse("directory:printout", args=[row.pk]),
        button=lambda row: reverse("directory:retry_printout", args=[row.pk]),
        retry=retry_printout,
        says=RENDERED,
    ),
    "search": Kind(
        a_search,
        searches,
        "find_candidates",
        page=lambda row: reverse("doubles:duplicates"),
        button=lambda row: reverse("doubles:find_doubles"),
    ),
    "import": Kind(
        an_import,
        imports,
        "read_whole",
        page=lambda row: reverse("imports:actor_import", args=[row.pk]),
        button=lambda row: reverse("imports:retry_import", args=[row.pk]),
        retry=import_actions.retry_import,
    ),
}


@pytest.fixture(params=KINDS)
def kind(request):
    return KINDS[request.param]


@dataclass
class World:
    meeting: Any
    secretariat: Any
    administrator: Any
    folder: Any
    #: what happens in the midst of the next making, one each
    midst: list[Callable[[], object]] = field(default_factory=list)
    made: int = 0

    def files(self) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in self.folder.rglob("*.pdf")}


@pytest.fixture
def world(kind, space, association, secretariat, administrator, settings, tmp_path, monkeypatch):
    settings.MEDIA_ROOT = tmp_path
    world = World(factories.MeetingFactory(space=space, organiser=association), secretariat, administrator, tmp_path)
    real = getattr(kind.module, kind.midst)

    def making(*args):
        world.made += 1
        number = world.made
        if world.midst:
            world.midst.pop()()
        return b"%%PDF-1.7 %d" % number if kind.midst == "render" else real(*args)

    monkeypatch.setattr(kind.module, kind.midst, making)
    return world


@pytest.fixture
def row(kind, world):
    """Work that waits."""
    return kind.order(world)


def now_of(row):
    return type(row).objects.filter(pk=row.pk).values().get()


def test_of_two_workers_one_makes_it_and_only_once(kind, world, row):
    other = []
    world.midst = [lambda: other.append(kind.produce(row))]
    kind.produce(row)
    assert not kind.produce(row)
    row.refresh_from_db()
    assert (row.stage, row.percent, row.leased_until, row.error) == ("done", 100, None, "")
    assert (other, world.made) == ([None], 1)


def test_what_a_dead_worker_left_is_taken_up_when_its_lease_has_run_out(kind, world, row):
    now = timezone.now()
    assert type(row).objects.claim(row.pk, now) is not None
    assert resume(now + LEASE / 2) == []
    row.refresh_from_db()
    assert (row.stage, world.made) == ("running", 0)
    assert resume(now + LEASE + timedelta(seconds=1)) == [row.pk]
    row.refresh_from_db()
    assert (row.stage, world.made) == ("done", 1)


def test_a_worker_that_comes_back_too_late_writes_nothing_and_throws_its_file_away(kind, world, row):
    told = []

    def meanwhile():
        kind.produce(row, timezone.now() + LEASE + timedelta(seconds=1))
        told.append((now_of(row), world.files()))

    world.midst = [meanwhile]
    assert not kind.produce(row)
    assert [(now_of(row), world.files())] == told
    row.refresh_from_db()
    assert (row.stage, world.made) == ("done", 2)
    if isinstance(row, FileWork):
        assert list(world.files().values()) == [b"%PDF-1.7 2"]
        assert row.file_size == len(b"%PDF-1.7 2")


@pytest.mark.parametrize("kind", [KINDS["report"], KINDS["printout"]], ids=["report", "printout"])
def test_nothing_half_written_stays_of_an_earlier_attempt(kind, world, row):
    dead = type(row).objects.claim(row.pk, timezone.now() - 2 * LEASE)
    half = world.folder / dead.place(1)
    half.parent.mkdir()
    half.write_bytes(b"%PDF half")
    assert kind.produce(row)
    assert list(world.files().values()) == [b"%PDF-1.7 1"]


@pytest.mark.parametrize("kind", [KINDS["report"], KINDS["printout"]], ids=["report", "printout"])
def test_a_storage_that_fails_leaves_no_file_and_says_so(kind, world, row, monkeypatch):
    def full(self, name, content, **options):
        (world.folder / name).parent.mkdir(exist_ok=True)
        (world.folder / name).write_bytes(b"%PDF half")
        raise OSError("disk full")

    monkeypatch.setattr(FileSystemStorage, "_save", full)
    assert not kind.produce(row)
    row.refresh_from_db()
    assert (row.stage, world.files()) == ("failed", {})
    assert "disk full" in row.error


def test_after_three_dead_workers_it_is_given_up_and_then_tried_again(kind, world, row):
    now = timezone.now()
    begun = row.state
    for _attempt in range(ATTEMPTS):
        assert type(row).objects.claim(row.pk, now) is not None
        now += LEASE + timedelta(seconds=1)
    assert type(row).objects.claim(row.pk, now) is None
    assert resume(now) == []
    row.refresh_from_db()
    assert (row.stage, row.failed_in, row.leased_until, world.made) == ("failed", begun, None, 0)
    assert row.error == "Abandoned 3 times by the worker."
    if kind.retry:
        kind.retry(row, by=world.administrator)
    else:
        assert row.retry()
    assert (row.state, row.attempts, row.percent, row.error, row.failed_in) == (begun, 0, 0, "", "")
    assert resume(now) == [row.pk]
    row.refresh_from_db()
    assert row.stage == "done"


def test_only_what_has_failed_is_tried_again(kind, world, row):
    for _waiting_then_done in range(2):
        assert not row.retry()
        if kind.retry:
            with pytest.raises(Refused):
                kind.retry(row, by=world.administrator)
        kind.produce(row)
        row.refresh_from_db()
    assert (row.stage, world.made) == ("done", 1)


def test_a_missing_broker_is_no_harm_the_clock_finds_what_waits(
    kind, world, row, as_user, monkeypatch, caplog, django_capture_on_commit_callbacks
):
    called = []

    def away(task, **options):
        called.append(task)
        raise NoBroker("connection refused")

    monkeypatch.setattr("portal.core.work.broker", Breaker(10))
    monkeypatch.setattr("portal.core.work.messenger", SameThread)
    monkeypatch.setattr("celery.Celery.send_task", lambda app, task, **options: away(task))
    row.fail("broken")
    with django_capture_on_commit_callbacks(execute=True):
        answer = as_user(world.administrator).post(kind.button(row))
        assert called == []
    row = type(row).objects.order_by("-pk").first()
    assert (answer.status_code, called, row.stage) == (302, ["portal.core.tasks.work_on_next"], "waiting")
    assert "connection refused" in caplog.text
    import_string(CLOCK["work"][0])()
    row.refresh_from_db()
    assert row.stage == "done"


def test_an_error_is_kept_and_shown_to_administrators_only(kind, world, row, as_user):
    def breaks():
        raise ValueError("no such letter")

    world.midst = [breaks]
    assert not kind.produce(row)
    row.refresh_from_db()
    assert (row.stage, row.percent, row.leased_until, world.files()) == ("failed", 0, None, {})
    shown = as_user(world.administrator).get(kind.page(row)).content.decode()
    assert "no such letter" in shown
    assert kind.button(row) in shown
    assert "no such letter" not in as_user(world.secretariat).get(kind.page(row)).content.decode()


def test_a_database_that_does_not_answer_is_no_error_of_the_work(kind, world, row):
    def locked():
        raise OperationalError("database is locked")

    world.midst = [locked]
    assert not kind.produce(row)
    row.refresh_from_db()
    assert (row.stage, row.error, row.attempts) == ("waiting", "", 0)
    assert resume() == [row.pk]
    row.refresh_from_db()
    assert (row.stage, world.made) == ("done", 2)


@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "No space left on device"), NotNow("All turns are taken.")])
def test_where_there_is_no_room_the_work_rests_and_is_tried_again(kind, world, row, error):
    def full():
        raise error

    world.midst = [full]
    assert not kind.produce(row)
    row.refresh_from_db()
    assert (row.stage, row.error, row.attempts, world.files()) == ("running", "", 0, {})
    assert resume() == [], "not again and again while there is no room"
    assert resume(timezone.now() + 2 * HOLD) == [row.pk]
    row.refresh_from_db()
    assert (row.stage, row.attempts, world.made) == ("done", 1, 2)


@pytest.mark.parametrize("language", ["ar", "fr"])
def test_progress_is_said_in_the_readers_language_and_survives_a_reload(kind, world, row, as_user, language):
    client = as_user(world.administrator)
    with translation.override(language):
        url, step = kind.page(row), gettext(RENDERED)
    assert step != RENDERED

    def look() -> list[str]:
        return [client.get(url).content.decode() for _reload in range(2)]

    for page in look():
        assert 'data-state="waiting"' in page
        assert 'hx-trigger="load delay:' in page
        assert step not in page

    def while_it_is_made():
        for page in look():
            assert 'data-state="running"' in page
            assert (step in page, '<progress max="100" value="20"' in page) == (bool(kind.says), bool(kind.says))

    world.midst = [while_it_is_made]
    kind.produce(row)
    row.refresh_from_db()
    assert row.stage == "done", row.error
    assert 'data-state="running"' not in client.get(url, follow=True).content.decode()


def test_the_clock_gives_each_its_turn_and_leaves_the_rest_for_the_next_pass(kind, world, row, monkeypatch):
    monkeypatch.setattr("portal.core.work.TURN", -1)
    values = {name: value for name, value in now_of(row).items() if name not in {"id", "number", "fingerprint"}}
    later = type(row).objects.create(**values, **({"number": 2} if hasattr(row, "number") else {}))
    assert resume() == [row.pk]
    assert list(type(row).objects.unfinished(timezone.now())) == [later]
    assert resume() == [later.pk]


def test_an_import_that_fails_goes_on_where_it_stopped(db):
    """The other kinds have one place to fail in."""
    run = ActorImport.objects.create(file_name="list.csv", state=ActorImport.State.UNDOING)
    run.fail("broken")
    assert (run.state, run.failed_in) == ("failed", "undoing")
    assert run.retry()
    assert (run.state, run.failed_in) == ("undoing", "")


def test_who_renews_a_lease_is_not_followed_by_another(kind, world, row):
    now = timezone.now()
    worker = type(row).objects.claim(row.pk, now - LEASE + timedelta(seconds=5))
    worker.renew()
    assert resume(now + HOLD / 2) == []
    assert (world.made, now_of(row)["attempts"]) == (0, 1)
    assert worker.while_mine(percent=1), "the heart beats beside the worker, whose row it stays"


def test_nobody_renews_what_another_has_or_what_is_over(kind, world, row):
    dead = type(row).objects.claim(row.pk, timezone.now() - 2 * LEASE)
    other = type(row).objects.claim(row.pk, timezone.now() - LEASE + timedelta(seconds=5))
    until = other.leased_until
    dead.renew()
    assert now_of(row)["leased_until"] == until
    assert not dead.while_mine(percent=1)
    other.fail("broken")
    other.renew()
    assert now_of(row)["leased_until"] is None
    assert not other.while_mine(percent=1)


def test_what_takes_too_long_ends_with_a_sentence_for_each_reader(kind, world, row, as_user, monkeypatch):
    begun = row.state
    monkeypatch.setattr(type(row), "LIMIT", timedelta(seconds=0.5))
    world.midst = [lambda: time.sleep(60)]
    assert not kind.produce(row)
    row.refresh_from_db()
    assert (row.stage, row.failed_in, row.leased_until, world.files()) == ("failed", begun, None, {})
    for language, sentence in (
        ("ar", "أوقف هذا العمل لأنه لم ينته في أقصى مدة يمكن أن يستغرقها مثله، وهي دقيقة واحدة."),
        ("fr", "Ce travail a été arrêté"),
    ):
        with translation.override(language):
            assert sentence in as_user(world.administrator).get(kind.page(row)).content.decode()
    monkeypatch.undo()
    assert row.retry()
    assert (row.why, row.step) == ("", "")


def test_every_kind_ends_before_the_worker_is_killed_and_the_message_given_to_another():
    """A pass of the clock may have been at work before it."""
    longest = max(kind.LIMIT for kind in kinds()).total_seconds()
    assert TURN / 2 + longest < settings.CELERY_TASK_TIME_LIMIT
    visible = settings.CELERY_BROKER_TRANSPORT_OPTIONS.get("visibility_timeout", 600)
    assert visible > settings.CELERY_TASK_TIME_LIMIT
