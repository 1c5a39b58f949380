"""What `make machines` shows, a line of the table each; Django has been set up before."""

import time
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from django.db import OperationalError, connection, connections

from actors.directory.models import Actor, Printout
from tests.faults import world
from tests.faults.load import Browser, Seen
from tests.faults.servers import HOST, wait_until
from tests.machines.world import MEETING

#: seconds a process goes on with what it knows of the replica
KNOWN = 10
ORDERS = 40
#: what a visitor reads of nothing but the database
PAGES = ("/fr/", "/fr/actors/", "/ar/meetings/", "/fr/recommendations/", "/ar/actors/coverage/")


@dataclass
class Row:
    """A line of the table, and what people saw while it was made."""

    what: str
    seen: Seen = field(default_factory=Seen)
    primary: int = 0
    replica: int = 0
    wrong: list[str] = field(default_factory=list)

    def expect(self, true: object, otherwise: str) -> None:
        if not true:
            self.wrong.append(otherwise)

    def __str__(self) -> str:
        requests = sum(self.seen.statuses.values())
        cells = (
            self.what, requests, self.seen, f"{self.seen.slowest:.1f} s", self.primary, self.replica,
            "; ".join(self.wrong) or "yes",
        )  # fmt: skip
        return f"| {' | '.join(map(str, cells))} |"


class Shows:
    """What is shown, one after the other; `row` is the line that is being made."""

    def __init__(self, portal: Any, age: int) -> None:
        self.portal, self.age = portal, age
        self.rows: list[Row] = []
        self.sites = [f"http://{HOST}:{web.port}" for web in portal.webs]
        self.row, self.began = Row(""), (0, 0)
        self.author: Browser | None = None

    def all(self) -> None:
        for what, act in (
            ("signed in through web 1, read through web 2", self.session),
            ("web 1 killed, the session through web 2", self.first_killed),
            ("web 1 started again and web 2 killed, the session through web 1", self.second_killed),
            ("visitors", self.from_replica),
            ("a visitor who has the page, before and after it changed", self.unchanged),
            ("announced through web 1 while the replica stands still", self.own_words),
            ("replica stopped, visitors", self.stopped),
            ("replica started again, visitors", self.back),
            ("replica frozen, visitors", self.frozen),
            ("replica thawed, visitors", self.back),
            ("replica behind, visitors", self.behind),
            ("replica caught up, visitors", self.caught_up),
            (f"{ORDERS} orders through both", self.orders),
        ):
            self.show(what, act)

    def show(self, what: str, act: Callable[[], None]) -> None:
        print(f"{time.strftime('%H:%M:%S')} {what} …", flush=True)
        self.row, self.began = Row(what), self.portal.reads()
        try:
            act()
        except Exception as failure:
            self.row.wrong.append(repr(failure))
        self.row.primary, self.row.replica = self._read()
        self.rows.append(self.row)
        print(self.row, flush=True)

    def browser(self, web: int, who: str = "") -> Browser:
        return Browser(self.sites[web], lambda: self.row.seen, who)

    # what each line does

    def session(self) -> None:
        self.author = self.browser(0, "secretariat")
        self._goes_on(1)

    def first_killed(self) -> None:
        self.portal.webs[0].kill()
        self._goes_on(1)

    def second_killed(self) -> None:
        self.portal.webs[0].start()
        self.portal.webs[1].kill()
        self._goes_on(0)
        self.portal.webs[1].start()

    def _goes_on(self, web: int) -> None:
        self.author.address = self.sites[web]
        for _time in range(5):
            for path in ("/fr/", "/fr/actors/"):
                status, page = self.author.get(path)
                self.row.expect(status == 200 and "/accounts/logout/" in page, f"{path}: {status}, signed out")
        self.row.expect(self._read()[1] == 0, "read from the replica")

    def visitors(self, times: int = 4) -> None:
        """So often all pages through each of the web servers, by visitors who keep no cookie."""
        for _time in range(times):
            for web in (0, 1):
                for path in PAGES:
                    status, _page = self.browser(web).get(path)
                    self.row.expect(status == 200, f"{path}: {status}")

    def from_replica(self) -> None:
        self.visitors()
        own, late = self._read()
        self.row.expect(own == 0 < late, "not from the replica alone")

    def from_primary(self) -> None:
        self.visitors()
        own, late = self._read()
        self.row.expect(late == 0 < own, "not from the primary alone")

    def unchanged(self) -> None:
        """A mark is the replica's: what the replica does not have yet is not said to be known."""

        def asked(mark: str = "") -> tuple[int, str, str]:
            cookie = {"Cookie": "django_language=fr"}
            request = urllib.request.Request(
                f"{self.sites[0]}/fr/actors/commune-a/", headers={"If-None-Match": mark} | cookie
            )
            begun = time.monotonic()
            try:
                with urllib.request.urlopen(request, timeout=40) as answer:
                    found = answer.status, answer.headers["ETag"], answer.read().decode()
            except urllib.error.HTTPError as failure:
                found = failure.code, failure.headers["ETag"], ""
            self.row.seen.note(str(found[0]), time.monotonic() - begun)
            return found

        mark = asked()[1]
        for _time in range(4):
            self.row.expect(asked(mark)[0] == 304, "sent although it is the same")
        name = "Une autre dénomination"
        Actor.objects.filter(slug="commune-a").update(name_fr=name)
        wait_until(self._has_caught_up, "the replica does not catch up")
        for _time in range(4):
            status, _mark, page = asked(mark)
            self.row.expect(status == 200 and name in page, f"{status}: an old page is said to be known")

    def own_words(self) -> None:
        """The replica stands still: who announced a meeting reads it all the same, signed in and signed out."""
        path = f"/fr/meetings/{MEETING}/"
        self.visitors(1)
        self._replay("pause")
        author, announce = self.author, f"{path}announce/"
        author.address = self.sites[0]
        form = author.form(author.get(announce)[1], "")
        self.row.expect(author.post(announce, form)[0] == 200, "it is not announced")
        author.address = self.sites[1]
        self.row.expect(author.get(path)[0] == 200, "its author does not find it through the other web server")
        leave = "/fr/accounts/logout/"
        author.post(leave, author.form(author.get("/fr/")[1], leave))
        for site in self.sites * 2:
            author.address = site
            status, page = author.get(path)
            self.row.expect(status == 200 and "/accounts/logout/" not in page, f"its author signed out: {status}")
        self.row.expect(self._read()[1] > 0, "nothing was read from the replica")
        status, _page = self.browser(0).get(path)
        self.row.expect(status == 404, f"another visitor: {status}, though the replica cannot have it")
        self._replay("resume")
        wait_until(lambda: self.browser(0).get(path)[0] == 200, "another visitor does not find it", pause=1)

    def stopped(self) -> None:
        self.portal.replica.stop()
        self.from_primary()

    def back(self) -> None:
        if not self.portal.replica.is_running:
            self.portal.replica.start()
        wait_until(self._has_caught_up, "the replica does not catch up", pause=0.5)
        time.sleep(KNOWN + 1)
        self.from_replica()

    def frozen(self) -> None:
        """In the midst: the processes think that it answers."""
        self.portal.replica.freeze()
        self.from_primary()
        self.portal.replica.thaw()

    def behind(self) -> None:
        self._replay("pause")
        time.sleep(self.age + KNOWN + 1)
        self.from_primary()
        for web in (0, 1):
            status, told = self.browser(web).get("/health/ready")
            self.row.expect(status == 200 and '"replica": "sign of life' in told, f"/health/ready: {status} {told}")

    def caught_up(self) -> None:
        self._replay("resume")
        self.back()

    def orders(self) -> None:
        path, authors = "/fr/actors/coverage/", [self.browser(web, "secretariat") for web in (0, 1)]
        for number in range(ORDERS):
            author = authors[number % 2]
            status, _page = author.post(f"{path}print/", author.form(author.get(path)[1], f"{path}print/"))
            self.row.expect(status == 200, f"order {number}: {status}")
        wait_until(lambda: world.unfinished() == 0, "work is left", 400, 2)
        self.row.wrong += world.lost_and_doubled([], ORDERS, self.portal.book)
        made = Printout.objects.filter(state="ready").count()
        mails = len(self.portal.book.read_text(encoding="utf-8").split())
        each = [
            (self.portal.folder / f"{worker.name}.log").read_text(encoding="utf-8").count(" succeeded in ")
            for worker in self.portal.workers
        ]
        self.row.what += f": {made} files, {mails} mails, tasks of each worker {each[0]} and {each[1]}"
        self.row.expect(mails >= ORDERS and min(each) > 0, "not by two workers")

    def _read(self) -> tuple[int, int]:
        """Since this line began, of the primary and of the replica."""
        own, late = self.portal.reads()
        return own - self.began[0], late - self.began[1]

    def _replay(self, act: str) -> None:
        # What goes on again may cut off the very question that asks it to.
        with suppress(OperationalError), connections["replica"].cursor() as cursor:
            cursor.execute(f"SELECT pg_wal_replay_{act}()")

    def _has_caught_up(self) -> bool:
        """What the primary has written until now is there."""
        try:
            with connection.cursor() as own, connections["replica"].cursor() as late:
                own.execute("SELECT pg_current_wal_lsn()")
                late.execute("SELECT pg_last_wal_replay_lsn() >= %s", own.fetchone())
                return late.fetchone()[0]
        except Exception:
            connections["replica"].close()
            return False
