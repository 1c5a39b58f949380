"""A light load: readers, an officer who posts updates, a secretariat that orders PDFs; of each what it saw."""

import http.cookiejar
import re
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from html import unescape

from tests.factories import PASSWORD
from tests.faults.world import RECOMMENDATION

TIMEOUT = 40
WRITERS = 2
FORM = re.compile(r'<form\b([^>]*method="post"[^>]*)>(.*?)</form>', re.DOTALL)
INPUT = re.compile(r"<input\b[^>]*>")


@dataclass
class Seen:
    """What people saw since the last fault: how often each status, and the longest wait in seconds."""

    statuses: Counter[str] = field(default_factory=Counter)
    slowest: float = 0

    def note(self, status: str, seconds: float) -> None:
        self.statuses[status] += 1
        self.slowest = max(self.slowest, seconds)

    def __str__(self) -> str:
        return ", ".join(f"{count} × {status}" for status, count in sorted(self.statuses.items()))


class Browser:
    """Somebody with cookies, who is signed in when named."""

    def __init__(self, address: str, seen: Callable[[], Seen], who: str = "") -> None:
        self.address, self._seen = address, seen
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
        if who:
            form = self.form(self.get("/fr/accounts/login/")[1], "/fr/accounts/login/")
            status, _page = self.post(
                "/fr/accounts/login/", form | {"login": f"{who}@example.org", "password": PASSWORD}
            )
            assert status == 200, f"{who} cannot sign in: {status}"

    def get(self, path: str) -> tuple[int, str]:
        return self._ask(path, None)

    def post(self, path: str, values: dict[str, str]) -> tuple[int, str]:
        return self._ask(path, urllib.parse.urlencode(values).encode())

    def _ask(self, path: str, data: bytes | None) -> tuple[int, str]:
        """The status of the page it ended on, and the page; 0 where nobody answered."""
        request = urllib.request.Request(self.address + path, data, {"Origin": self.address})
        begun = time.monotonic()
        try:
            with self._opener.open(request, timeout=TIMEOUT) as answer:
                status, text = answer.status, answer.read().decode()
        except urllib.error.HTTPError as failure:
            status, text = failure.code, failure.read().decode()
        except OSError as failure:
            status, text = 0, repr(failure)
        self._seen().note(str(status or "no answer"), time.monotonic() - begun)
        return status, text

    @staticmethod
    def form(page: str, path: str) -> dict[str, str]:
        """The values of the form that is sent to this address, or to the page's own."""
        for attributes, inside in FORM.findall(page):
            action = re.search(r'action="([^"]*)"', attributes)
            to = unescape(action[1]).partition("?")[0] if action else ""
            if to.endswith(path) if path else not to:
                return {name: value for name, value in map(_value, INPUT.findall(inside)) if name}
        raise LookupError(path)


def _value(tag: str) -> tuple[str, str]:
    said = {name: unescape(value) for name, value in re.findall(r'(\w+)="([^"]*)"', tag)}
    is_meant = said.get("type", "text") in {"hidden", "text"} or " checked" in tag
    return (said.get("name", ""), said.get("value", "")) if is_meant else ("", "")


class Load:
    """Runs until it is stopped; `seen` begins anew at each fault."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.readers, self.writers = Seen(), Seen()
        #: texts of updates that were answered as saved, and how many orders were
        self.sent: list[str] = []
        self.orders = 0
        #: what nobody should see: a form that is refused, a page without its form
        self.failures: list[str] = []
        self._ended, self._may_write, self._resting = threading.Event(), threading.Event(), threading.Semaphore(0)
        self._may_write.set()
        acts = [
            (self._reads, ""),
            *[(self._reads, "member")] * 2,
            (self._posts, "officer"),
            (self._orders, "secretariat"),
        ]
        # Signing in comes first: it takes a while, and the faults wait for it.
        self._threads = [
            threading.Thread(target=self._go_on, args=(act, Browser(address, self._seen_by(act), who)), daemon=True)
            for act, who in acts
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._ended.set()
        for thread in self._threads:
            thread.join(TIMEOUT * 2)

    def rest(self) -> None:
        """Nobody writes any more, and what was being sent is through."""
        self._may_write.clear()
        for _writer in range(WRITERS):
            self._resting.acquire()

    def go_on(self) -> None:
        self._may_write.set()

    def reader(self) -> Browser:
        """One more, who is not counted."""
        return Browser(self.address, Seen)

    def begin_anew(self) -> None:
        self.readers, self.writers = Seen(), Seen()
        self.failures.clear()

    def _seen_by(self, act: Callable[[Browser], None]) -> Callable[[], Seen]:
        return lambda: self.readers if act == self._reads else self.writers

    def _go_on(self, act: Callable[[Browser], None], browser: Browser) -> None:
        while not self._ended.is_set():
            if act != self._reads and not self._may_write.is_set():
                self._resting.release()
                self._may_write.wait()
            try:
                act(browser)
            except Exception as failure:
                self.failures.append(repr(failure))
                self._ended.wait(1)

    def _reads(self, browser: Browser) -> None:
        for path in ("/fr/", "/ar/meetings/", "/fr/actors/"):
            browser.get(path)
            self._ended.wait(0.7)

    def _posts(self, browser: Browser) -> None:
        path = f"/fr/recommendations/{RECOMMENDATION}/report/"
        text = f"Avancement numéro {len(self.sent)} de l’essai"
        if self._sends_until_saved(browser, path, path, {"account": text, "new_state": "in_progress"}, ""):
            self.sent.append(text)
        self._ended.wait(1.5)

    def _orders(self, browser: Browser) -> None:
        path = "/fr/actors/coverage/"
        if self._sends_until_saved(browser, path, f"{path}print/", {}, f"{path}print/"):
            self.orders += 1
        self._ended.wait(5)

    def _sends_until_saved(self, browser: Browser, page: str, to: str, values: dict[str, str], form: str) -> bool:
        """Opens the page and sends its form; where that is not answered, sends the very same once more, as the page
        about it offers."""
        status, text = browser.get(page)
        if status != 200:
            return False
        values = browser.form(text, form) | values
        while not self._ended.is_set():
            status, text = browser.post(to, values)
            if status not in {0, 503}:
                assert status == 200, f"{to}: {status}"
                return True
            self._ended.wait(1)
        return False
