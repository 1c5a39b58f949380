"""The memory of a web worker over the upload of each bomb, as a table; run by hand, on Linux:

    python -m tests.uploads.measure [--port 8107] [word of a case…]

It makes the demonstration in a folder of its own, serves it by one worker of gunicorn, and sends each file to where
people send theirs. `grew` is how far the worker's memory went above what it was before, `child` the most that a child
of it took, both in MiB. It ends with 1 where a worker grew by more than MOST, fell, or answered 500.
"""

import argparse
import contextlib
import http.client
import http.cookiejar
import io
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
import uuid
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path

from openpyxl import Workbook
from PIL import Image

from tests.uploads import bombs

ROOT = Path(__file__).resolve().parents[2]
MOST = 60
MB = bombs.MB
FACTS = """
import json
from meetings.models import Meeting
from portal.home.loads.demonstration import PASSWORD
from recommendations.models import Assignment
of = Assignment.objects.filter(actor__slug="demo-commune-a", recommendation__state="in_progress").first()
asked = Meeting.objects.filter(organiser__memberships__user__email="secretariat@demo.test", space__isnull=False).first()
print(json.dumps({
    "password": PASSWORD,
    "meeting": asked.reference,
    "space": asked.space.slug,
    "recommendation": of.recommendation.reference,
}))
"""


class Browser:
    """A person who signs in and sends forms as a page shows them."""

    def __init__(self, address: str, email: str, password: str) -> None:
        self.address = address
        cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self.opener = urllib.request.build_opener(cookies)
        self.send("/en/accounts/login/", {"login": email, "password": password}, {})

    def read(self, path: str) -> str:
        with self.opener.open(f"{self.address}{path}", timeout=120) as answer:
            return answer.read().decode()

    def send(self, path: str, fields: dict[str, str], files: dict[str, list[tuple[str, bytes]]]) -> tuple[int, str]:
        """The status and the page that came back."""
        page = self.read(path)
        hidden = dict(re.findall(r'<input type="hidden" name="(csrfmiddlewaretoken|key|seen)" value="([^"]*)"', page))
        kind, body = multipart({**hidden, **fields}, files)
        asked = urllib.request.Request(f"{self.address}{path}", body, {"Content-Type": kind, "Referer": self.address})
        try:
            with self.opener.open(asked, timeout=300) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()


def multipart(fields: dict[str, str], files: dict[str, list[tuple[str, bytes]]]) -> tuple[str, bytes]:
    mark, body = uuid.uuid4().hex, io.BytesIO()
    for name, value in fields.items():
        body.write(f'--{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode())
    for name, sent in files.items():
        for file_name, content in sent:
            head = f'Content-Disposition: form-data; name="{name}"; filename="{file_name}"'
            body.write(f"--{mark}\r\n{head}\r\nContent-Type: application/octet-stream\r\n\r\n".encode())
            body.write(content + b"\r\n")
    body.write(f"--{mark}--\r\n".encode())
    return f"multipart/form-data; boundary={mark}", body.getvalue()


class Worker:
    """The one worker of gunicorn, as the kernel knows it."""

    def __init__(self, master: int) -> None:
        self.pid = int(children_of(master)[0])

    def memory(self, what: str, pid: int = 0) -> int:
        """In MiB: VmRSS now, VmHWM at most since `begin_anew`."""
        try:
            said = Path(f"/proc/{pid or self.pid}/status").read_text()
        except OSError:
            return 0
        found = re.search(rf"{what}:\s+(\d+) kB", said)
        return int(found[1]) // 1024 if found else 0

    def begin_anew(self) -> None:
        Path(f"/proc/{self.pid}/clear_refs").write_text("5")


def children_of(pid: int) -> list[str]:
    found: list[str] = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        with contextlib.suppress(OSError):  # a thread that ended meanwhile
            found += (task / "children").read_text().split()
    return found


def watched(worker: Worker, act: Callable[[], tuple[int, str]]) -> tuple[int, str, int, int, float]:
    """Status, page, how far the worker grew, the most a child took, seconds."""
    before, largest, done = worker.memory("VmRSS"), 0, threading.Event()
    worker.begin_anew()

    def look() -> None:
        nonlocal largest
        while not done.wait(0.02):
            largest = max([largest, *(worker.memory("VmHWM", int(child)) for child in children_of(worker.pid))])

    watcher = threading.Thread(target=look)
    watcher.start()
    began = time.monotonic()
    try:
        status, page = act()
    except (OSError, http.client.HTTPException) as error:
        status, page = 0, f'class="error">{error!r}<'
    finally:
        done.set()
        watcher.join()
    return status, page, worker.memory("VmHWM") - before, largest, time.monotonic() - began


def sentence(page: str) -> str:
    """What is said at the field of the file."""
    found = re.search(r'id="id_(?:file|files|letterhead)_error"[^>]*>(?:\s|<[^>]*>)*([^<]+)', page)
    return " ".join(found[1].split())[:70] if found else ""


def jpeg(width: int, height: int) -> bytes:
    stream = io.BytesIO()
    Image.new("L", (width, height)).save(stream, "JPEG")
    return stream.getvalue()


def noise(side: int, kind: str) -> bytes:
    stream = io.BytesIO()
    Image.effect_noise((side, side), 60).convert("RGB").save(stream, kind)
    return stream.getvalue()


def sheet(rows: Iterable[str], *more: tuple[str, str]) -> bytes:
    """A workbook with one sheet of these rows."""
    stream = io.BytesIO()
    Workbook().save(stream)
    with zipfile.ZipFile(stream) as plain:
        parts = [(name, plain.read(name)) for name in plain.namelist() if "sheet1" not in name]
    head, tail = bombs.SHEET.split("{}")
    return bombs.archive(*parts, ("xl/worksheets/sheet1.xml", (head, *rows, tail)), *more)


def cell(text: str) -> str:
    return f'<c t="inlineStr"><is><t>{text}</t></is></c>'


DOCUMENTS: dict[str, Callable[[], tuple[str, bytes]]] = {
    "a plain document": lambda: ("a.odt", bombs.office(".odt")),
    **{f"1.5 GB in {kind}": (lambda kind=kind: (f"a{kind}", bombs.bomb(kind))) for kind in (".odt", ".docx")},
    "100,000 parts": lambda: ("a.odt", bombs.many_parts()),
    "400,000 parts": lambda: ("a.odt", bombs.many_parts(parts=400_000)[: 20 * MB]),
    "a part that lies": lambda: ("a.odt", bombs.lying(megabytes=1024)),
    "bzip2 that lies": lambda: ("a.odt", bombs.squeezed(megabytes=1024)),
    "60 MB, well packed": lambda: (
        "a.odt",
        bombs.office(".odt", *((f"{n}.bin", b"".join(b"%d;" % m for m in range(2_900_000))) for n in range(3))),
    ),
    "one long token": lambda: ("a.odt", bombs.office(".odt", ("a.xml", ["<a b='", *(b"x" * MB for _n in range(19))]))),
    "a billion laughs": lambda: ("a.xlsx", bombs.laughing()),
    "an archive inside": lambda: ("a.docx", bombs.nested()),
    "PNG of 20,000²": lambda: ("a.png", bombs.blank_png(20_000)),
    "PNG of 8,000²": lambda: ("a.png", bombs.blank_png(8_000)),
    "PNG 1×1, more inside": lambda: ("a.png", bombs.png(1, 1, *(bytes(8001) for _row in range(8000)))),
    "PNG of 20 MB": lambda: ("a.png", noise(2400, "PNG")),
    "JPEG of 80 million": lambda: ("a.jpg", jpeg(10_000, 8_000)),
    "JPEG of 64 million": lambda: ("a.jpg", jpeg(8_000, 8_000)),
    "half a JPEG": lambda: ("a.jpg", noise(2000, "JPEG")[:300_000]),
    "HEIC that is PNG": lambda: ("a.heic", bombs.blank_png(100)),
    "SVG": lambda: ("a.svg", b"<svg/>"),
    "PDF and archive": lambda: ("a.pdf", bombs.PDF + bombs.archive(("a", "b"))),
    "GIF and script": lambda: ("a.gif", b"GIF89a/*<script>*/=1;"),
    "a name of 300": lambda: ("\u202e" + "ع" * 300 + ".pdf", bombs.PDF),
    "nothing": lambda: ("a.xlsx", b""),
    "60 MB": lambda: ("a.pdf", bombs.PDF + bytes(60 * MB)),
}
LISTS: dict[str, Callable[[], tuple[str, bytes]]] = {
    "a plain list": lambda: ("a.csv", "Nom en français;Type\nAssociation A;Association\n".encode()),
    "a sheet of 1.5 GB": lambda: ("a.xlsx", sheet(" " * MB for _n in range(1536))),
    "a sheet of 90 MB": lambda: ("a.xlsx", sheet("<row>" + cell("w" * 25) * 100 + "</row>" for _n in range(12_500))),
    "a sheet of texts": lambda: ("a.xlsx", sheet(f"<row>{cell(f'{n} ' + 'و' * 4000)}</row>" for n in range(11_000))),
    "one cell of 90 MB": lambda: ("a.xlsx", sheet(["<row><c t='inlineStr'><is><t>", *("x" * MB for _n in range(90))])),
    "laughs in a drawing": lambda: ("a.xlsx", sheet([], ("xl/drawings/drawing1.xml", bombs.LAUGHS))),
    "a text of 20 MB": lambda: ("a.csv", (("aé;" * 99 + "🙂\n") * 19_000).encode()[: 20 * MB]),
    "a text of 20 MB, wide": lambda: ("a.csv", (("texte ordinaire;" * 60 + "🙂\n") * 19_000).encode()[: 20 * MB]),
    "an empty list": lambda: ("a.xlsx", b""),
}
PICTURES = {
    "logo of 20,000²": lambda: ("a.png", bombs.blank_png(20_000)),
    "logo of 13,300²": lambda: ("a.png", bombs.blank_png(13_300)),
}


def cases(facts: dict[str, str], browsers: dict[str, Browser]) -> Iterable[tuple[str, Callable[[], tuple[int, str]]]]:
    """What is sent, and the sending; each file is made when it is its turn."""
    documents, space = f"/en/meetings/{facts['meeting']}/documents/add/", f"/en/spaces/{facts['space']}/edit/"
    about = {"title": "essai", "audience": "public", "language": "ar"}

    def sending(who: str, path: str, fields: dict[str, str], field: str, made: Callable, times: int = 1) -> Callable:
        file = made()
        return lambda: browsers[who].send(path, fields | {"title": uuid.uuid4().hex}, {field: [file] * times})

    for name, made in DOCUMENTS.items():
        yield f"document: {name}", lambda made=made: sending("secretariat", documents, about, "file", made)
    for name, made in LISTS.items():
        yield f"list: {name}", lambda made=made: sending("admin", "/en/actors/import/", {}, "file", made)
    for name, made in PICTURES.items():
        yield f"space: {name}", lambda made=made: sending("admin", space, {}, "letterhead", made)
    report = f"/en/recommendations/{facts['recommendation']}/report/"
    photograph = lambda: ("a.jpg", noise(3000, "JPEG"))  # noqa: E731
    entry = {"new_state": "in_progress", "account": "essai"}
    yield "evidence: 10 pictures", lambda: sending("officer", report, entry, "files", photograph, 10)
    yield "evidence: 11 pictures", lambda: sending("officer", report, entry, "files", photograph, 11)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8107)
    parser.add_argument("only", nargs="*")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "PORTAL_VAR": folder, "PORTAL_ENV": "embedded", "LOG_LEVEL": "CRITICAL"}
        run = lambda *arguments: [sys.executable, *arguments]  # noqa: E731
        options = {"cwd": ROOT, "env": environment}
        subprocess.run(run("manage.py", "demo", "--no-serve"), check=True, stdout=subprocess.DEVNULL, **options)
        told = subprocess.run(run("manage.py", "shell", "-v0", "-c", FACTS), check=True, capture_output=True, **options)
        server = run("-m", "gunicorn", "portal.wsgi:application", "--bind", f"127.0.0.1:{asked.port}", "--threads", "4")
        with subprocess.Popen(
            [*server, "--workers", "1", "--log-level", "critical", "--no-control-socket"], **options
        ) as web:
            try:
                return measure(f"http://127.0.0.1:{asked.port}", web.pid, json.loads(told.stdout), asked.only)
            finally:
                web.terminate()


def measure(address: str, master: int, facts: dict[str, str], only: list[str]) -> int:
    await_answer(address)
    people = ("admin", "secretariat", "officer")
    browsers = {who: Browser(address, f"{who}@demo.test", facts["password"]) for who in people}
    worker, failed = Worker(master), False
    print(f"{'what':34} {'answer':>6} {'grew':>5} {'child':>6} {'s':>5}  said")
    for name, made in cases(facts, browsers):
        if only and not any(word in name for word in only) and "plain" not in name:
            continue
        status, page, grew, child, seconds = watched(worker, made())
        failed |= grew > MOST or status in {0, 500}
        print(f"{name:34} {status:6} {grew:5} {child:6} {seconds:5.1f}  {sentence(page)}", flush=True)
    return int(failed)


def await_answer(address: str) -> None:
    for _time in range(300):
        try:
            urllib.request.urlopen(f"{address}/health/live", timeout=5).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise SystemExit("The portal did not start.")


if __name__ == "__main__":
    sys.exit(main())
