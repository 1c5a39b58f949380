"""Long work as a row: a worker claims it under a lease, so that what a dead worker left is taken up by the next.

1. An action writes the row that waits, and the view calls a worker (`call_worker`); what nobody called, the clock finds
   (`resume`). A message only wakes a worker, which takes the row whose turn it is (`next_turn`): whoever has ordered
   much waits behind everybody's first.
2. The worker claims the row (`run`), makes what the app says, and ends it with one conditional update: who lost the
   lease meanwhile writes nothing, and throws its file away.
3. While it works, the lease is renewed beside it (`portal.core.leases`), so that only what a dead or silent worker left
   is taken up; what takes longer than its kind may (`LIMIT`) is stopped, and its page says so.
4. An error turns the row to failed and is kept for administrators; so do three workers that died at the same place.
   A person lets it wait again (`retry`), and it goes on where it stopped.
"""

import logging
import secrets
import time
import traceback
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from math import ceil
from typing import Any, ClassVar, Self

from celery import current_app
from django.apps import apps
from django.conf import settings
from django.core.files.base import ContentFile, File
from django.db import InterfaceError, OperationalError, connection, models, transaction
from django.db.models import Count, F, Q
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.core.breaker import Away, Breaker
from portal.core.dates import duration_text
from portal.core.errors import FileGone, Refused, is_away
from portal.core.leases import TooLong, limited, renewed
from portal.core.quantities import percent_text

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=3)
#: how long a worker may be silent between two chunks or beats; what a dead one left is then taken up within a minute
HOLD = timedelta(minutes=1)
ATTEMPTS = 3
#: seconds after which a worker hands the rest to the next message: long work must not meet the tasks' time limit
TURN = settings.CELERY_TASK_TIME_LIMIT / 2
#: seconds between the questions of a worker to a database that is away
PAUSES = (1, 2, 4, 8, 15, 15)
#: how long it is remembered what somebody has had
LATELY = timedelta(hours=1)
#: a broker that does not answer is not waited for by each order: the clock finds the rows
broker = Breaker(10)
messenger = ThreadPoolExecutor(1, "messenger")
FAILED = "failed"
#: a row that waits for a worker, and knows nothing of an earlier one's attempts
AFRESH: dict[str, Any] = {
    "attempts": 0, "percent": 0, "step": "", "leased_until": None, "error": "", "failed_in": "", "finished_at": None,
}  # fmt: skip
#: what a database raises that is locked, away, or has let somebody else go first
UNREACHABLE = (InterfaceError, OperationalError)


class Lost(Exception):
    """Another worker has the work now, or somebody gave it up: nothing more is written."""


def free(now: datetime) -> Q:
    """Rows that no living worker holds."""
    return Q(leased_until=None) | Q(leased_until__lt=now)


class Work(models.Model):
    """What a worker is asked to do; the model above gives `state`, whose UNFINISHED wait for work; one is `failed`."""

    class Step(models.TextChoices):
        RENDERING = "rendering", _("the pages are being laid out")
        SAVING = "saving", _("the file is being put away")
        #: of what has failed: why
        TOO_LONG = "too_long", _("stopped, since it took too long")

    #: the task that a message asks for, and the function that makes one of this kind: `produce(pk, now)`
    WAKES: ClassVar = "portal.core.tasks.work_on_next"
    MADE_BY: ClassVar[str]
    UNFINISHED: ClassVar[Collection[str]]
    #: how long one worker may work on it in one go. With what the clock's pass does before it, less than the tasks'
    #: hard limit, and that is less than the broker waits before it hands the message to another worker.
    LIMIT: ClassVar[timedelta] = timedelta(seconds=200)
    #: what is written beside the lease when a worker begins
    BEGUN: ClassVar[dict[str, Any]] = {}

    state: Any
    #: where a failure happened, so that trying again goes on there
    failed_in = models.CharField(max_length=10, blank=True)
    step = models.CharField(_("step"), max_length=20, choices=Step, blank=True)
    percent = models.PositiveSmallIntegerField(_("done, per cent"), default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    leased_until = models.DateTimeField(null=True, blank=True)
    #: whose it is: a sign that each worker makes anew when it takes the row
    claim = models.CharField(max_length=32, blank=True, default="", editable=False)
    error = models.TextField(_("error"), blank=True)
    requested_by = models.ForeignKey("accounts.User", models.SET_NULL, null=True, blank=True, related_name="+")
    requested_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def is_unfinished(self) -> bool:
        return self.state in self.UNFINISHED

    @property
    def stage(self) -> str:
        """What a page draws, whatever the states are called: waiting, running, failed or done."""
        if self.is_unfinished:
            return "running" if self.leased_until else "waiting"
        return "failed" if self.state == FAILED else "done"

    @property
    def progress(self) -> str:
        """How far it is, in the reader's words; nothing once it is finished."""
        if self.stage == "waiting":
            return gettext("waiting for its turn")
        if self.stage != "running":
            return ""
        if self.step:
            return self.get_step_display()
        return percent_text(self.percent) if self.percent else ""

    @property
    def why(self) -> str:
        """Why it was stopped, in the reader's words; nothing where only an error tells, or nothing is wrong."""
        if self.state != FAILED or self.step != self.Step.TOO_LONG:
            return ""
        minutes = ceil(self.LIMIT.total_seconds() / 60)
        return gettext(
            "It was stopped: it had not come to its end within %(time)s, and no such work may take longer."
        ) % {"time": duration_text(minutes)}

    def begin(self) -> None:
        """What comes before the work itself."""

    def renew(self) -> None:
        """Say that the worker that has it lives; a longer lease stays, and so does one that is over or another's."""
        until = timezone.now() + HOLD
        mine = type(self)._default_manager.filter(pk=self.pk, claim=self.claim, leased_until__lt=until)
        mine.update(leased_until=until)

    def while_mine(self, **changes: Any) -> bool:
        """Write `changes` unless another worker has claimed the row since, or it has come to its end; says whether."""
        mine: dict[str, Any] = {"pk": self.pk, "claim": self.claim, "state__in": self.UNFINISHED}
        rows = type(self)._default_manager.filter(**mine)
        if not rows.update(**changes):
            return False
        for name, value in changes.items():
            setattr(self, name, value)
        return True

    @contextmanager
    def held(self, **changes: Any) -> Iterator[None]:
        """A transaction in which the work is this worker's: the lease begins anew, and `changes` go with the rest.

        Progress takes the earlier attempts back: only a worker that dies three times at the same place is given up.
        Raises Lost, with nothing written, when another worker has it.
        """
        before = {name: getattr(self, name) for name in ("attempts", "leased_until", *changes)}
        until = changes.pop("leased_until", timezone.now() + HOLD)
        try:
            with transaction.atomic():
                if not self.while_mine(attempts=1, leased_until=until, **changes):
                    raise Lost
                yield
        except BaseException:
            for name, value in before.items():
                setattr(self, name, value)
            raise

    def finish(self, state: str, **changes: Any) -> bool:
        """The end of it, in one update; False when another worker has it."""
        ended = {"leased_until": None, "percent": 100, "step": "", "error": "", "finished_at": timezone.now()}
        return self.while_mine(state=state, **ended | changes)

    def fail(self, error: str, step: str = "") -> bool:
        return self.while_mine(state=FAILED, failed_in=self.state, error=error, leased_until=None, percent=0, step=step)

    def retry(self, **changes: Any) -> bool:
        """Let what failed wait for a worker again, where it stopped; False when it has not failed."""
        row: Any = type(self)._default_manager.filter(pk=self.pk)
        if not row.filter(state=FAILED).update(**AFRESH | {"state": F("failed_in")} | changes):
            return False
        self.refresh_from_db()
        return True


class WorkQuerySet[M: Work](models.QuerySet[M]):
    def unfinished(self, now: datetime) -> Self:
        """Waiting for a worker, or abandoned by the one that had them."""
        return self.filter(free(now), state__in=self.model.UNFINISHED)

    def claim(self, pk: int, now: datetime) -> M | None:
        """Take the work for the length of a lease; None when it is finished, in other hands, or gone."""
        claim = secrets.token_hex(16)
        taken = (
            self.unfinished(now)
            .filter(pk=pk, attempts__lt=ATTEMPTS)
            .update(leased_until=now + LEASE, claim=claim, attempts=F("attempts") + 1, **self.model.BEGUN)
        )
        return self.filter(claim=claim).get(pk=pk) if taken else None

    def give_up(self, now: datetime) -> int:
        """Turn what was abandoned too often to failed; says how many."""
        error = f"Abandoned {ATTEMPTS} times by the worker."
        abandoned = self.unfinished(now).filter(attempts__gte=ATTEMPTS)
        return abandoned.update(state=FAILED, failed_in=F("state"), error=error, leased_until=None, percent=0, step="")


class FileWork(Work):
    """Work that ends in a PDF, and in what its kind keeps beside it."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting for a worker")
        READY = "ready", _("ready")
        FAILED = "failed", _("could not be made")

    UNFINISHED = frozenset({State.WAITING})
    LIMIT = timedelta(minutes=2)
    BEGUN: ClassVar = {"step": Work.Step.RENDERING, "percent": 20}
    #: how the file of each column ends
    ENDINGS: ClassVar[dict[str, str]] = {"file": "pdf"}

    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    file = models.FileField(_("file"), max_length=200, blank=True)
    file_size = models.PositiveBigIntegerField(_("size in bytes"), default=0)

    class Meta:
        abstract = True

    @property
    def content_type(self) -> str:
        return "application/pdf"

    def place(self, attempt: int, column: str = "file") -> str:
        """Where an attempt keeps its file: each attempt its own, so that no two workers write the same one."""
        return f"{self._meta.model_name}s/{self.pk}-{attempt}.{self.ENDINGS[column]}"

    def begin(self) -> None:
        """Sweep away what earlier attempts left."""
        for attempt in range(1, ATTEMPTS + 1):
            self._sweep(attempt)

    def _sweep(self, attempt: int) -> None:
        for column in self.ENDINGS:
            self.file.storage.delete(self.place(attempt, column))

    def keep(self, content: bytes, **beside: File) -> bool:
        """Write the files first (`beside` by column), then turn the row to ready; False, and no file, when another
        worker has it."""
        self.while_mine(step=self.Step.SAVING, percent=80)
        storage, attempt = self.file.storage, self.attempts
        files = {"file": ContentFile(content), **beside}
        names = dict.fromkeys(self.ENDINGS, "")
        try:
            names |= {column: storage.save(self.place(attempt, column), file) for column, file in files.items()}
        except Exception:
            self._sweep(attempt)
            raise
        if self.finish(self.State.READY, file_size=len(content), **names):
            return True
        for name in filter(None, names.values()):
            storage.delete(name)
        return False


def run[M: Work](
    works: WorkQuerySet[M], pk: int, make: Callable[[M], bool], now: datetime | None = None
) -> bool | None:
    """Claim one of `works` and `make` it; answers what `make` answers, False where nothing was made, and None where it
    was not to be had: gone, finished, or in other hands.

    A database that is locked or does not answer is no error of the work: it is given back as soon as it can be, else
    its lease runs out, and the clock takes it up. Where the disk is full, or all turns are taken, it rests for a moment
    and is tried again.
    """
    work = works.claim(pk, now or timezone.now())
    if work is None:
        return None
    told = work._meta.label, pk
    try:
        with limited(work.LIMIT), renewed(work.renew):
            work.begin()
            return make(work)
    except Lost:
        log.info("%s %s went into other hands", *told)
    except TooLong:
        log.error("%s %s is stopped, it took longer than %s", *told, work.LIMIT)
        _leave_a_broken_line()
        work.fail(traceback.format_exc(), work.Step.TOO_LONG)
    except UNREACHABLE:
        log.warning("%s %s is given back, the database does not answer", *told, exc_info=True)
        when_it_answers(lambda: work.while_mine(leased_until=None, attempts=work.attempts - 1))
    except Exception as error:
        if is_away(error):
            log.warning("%s %s waits, there is no room for it", *told, exc_info=True)
            work.while_mine(leased_until=timezone.now() + HOLD, attempts=work.attempts - 1, percent=0, step="")
        elif isinstance(error, Refused | FileGone):
            log.warning("%s %s could not be made: %s", *told, error)
            work.fail(str(error))
        else:
            log.exception("%s %s could not be made", *told)
            work.fail(traceback.format_exc())
    return False


def kinds() -> list[type[Any]]:
    """Every kind of long work there is."""
    return [model for model in apps.get_models() if issubclass(model, Work)]


def next_turn(now: datetime, without: Collection[tuple[type[Any], int]] = ()) -> tuple[type[Any], int] | None:
    """The kind and key of the row whose turn it is: of whoever has had least lately, the one that waits longest."""
    had: Counter[int | None] = Counter()
    waiting = []
    for kind in kinds():
        rows = kind._default_manager.order_by()
        lately = rows.filter(Q(finished_at__gte=now - LATELY) | Q(leased_until__gte=now))
        had.update(dict(lately.values_list("requested_by").annotate(Count("pk"))))
        rest = rows.unfinished(now).filter(attempts__lt=ATTEMPTS)
        waiting += [
            (person, at, (kind, pk))
            for person, at, pk in rest.values_list("requested_by", "requested_at", "pk")
            if (kind, pk) not in without
        ]
    return min(waiting, key=lambda row: (had[row[0]], row[1], row[2][1]))[2] if waiting else None


def work_on_next(now: datetime | None = None) -> tuple[type[Any], int] | None:
    """Make the row whose turn it is, and say which; the next one where another worker was quicker; None where none
    waits."""
    now = now or timezone.now()
    tried: list[tuple[type[Any], int]] = []
    while (turn := next_turn(max(now, timezone.now()), tried)) is not None:
        kind, pk = turn
        if import_string(kind.MADE_BY)(pk, max(now, timezone.now())) is not None:
            return turn
        tried.append(turn)
    return None


def resume(now: datetime | None = None) -> list[int]:
    """Let each that waits or was abandoned have its turn; what was abandoned too often is given up.
    Says which had one; the rest waits for the next pass."""
    now = now or timezone.now()
    for kind in kinds():
        kind._default_manager.give_up(now)
    return [pk for _kind, pk in in_time(iter(lambda: work_on_next(now), None), TURN / 2)]


def when_it_answers[T](act: Callable[[], T]) -> T:
    """What `act` answers, asked again for most of a minute while the database is away; then its error."""
    for pause in PAUSES:
        _leave_a_broken_line()
        try:
            return act()
        except UNREACHABLE:
            time.sleep(pause)
    _leave_a_broken_line()
    return act()


def _leave_a_broken_line() -> None:
    """The next question opens another. That of an open transaction is kept: it is no other’s to close."""
    if not connection.in_atomic_block:
        connection.close_if_unusable_or_obsolete()


def in_time[T](things: Iterable[T], seconds: float) -> Iterator[T]:
    """One after the other for as long as one message may take; always the first."""
    end = time.monotonic() + seconds
    for thing in things:
        yield thing
        if time.monotonic() > end:
            break


def call_worker(row: Any) -> None:
    """Wake a worker for the kind of this row as soon as it is committed. A broker that is away is no harm: the row
    waits, and the clock finds it within a minute."""
    transaction.on_commit(partial(wake, row.WAKES))


def wake(task: str) -> None:
    """One message, sent once and beside the request: who ordered is answered whether a broker is there or frozen."""
    messenger.submit(_send, task)


def _send(task: str) -> None:
    try:
        with broker.asking(Exception):
            current_app.send_task(task, retry=False)
    except Away:
        pass
    except Exception as error:
        log.warning("%s waits for the clock, the broker did not answer: %r", task, error)
