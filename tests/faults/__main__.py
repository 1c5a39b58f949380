"""`make faults`: each fault in turn under a light load, then a table of what people saw and how soon all was well.

It takes half an hour, needs PostgreSQL's and Redis' programs, and as root a disk of its own to fill. Names of faults as
arguments make only those; those that last long are made only when they are named.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.faults.servers import HOST, ROOT, Listening, Postgres, Redis, Server, end_all, python, wait_until

PORT = int(os.environ.get("FAULTS_PORT", "8110"))
#: seconds a fault lasts, and how long at most it is waited for that all is well
LASTS, LONG, AT_MOST = 12, 130, 270


class Portal:
    """All servers of one portal in one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.book = folder, folder / "mails"
        self.postgres, self.redis = Postgres(PORT, folder), Redis(PORT + 1, folder)
        site = f"http://{HOST}:{PORT + 3}"
        environment = {
            "PORTAL_ENV": "production", "SECRET_KEY": "of-faults-only-k9Zt2fWq7LxA0vB4nM8sRd1HuJ6yPc3EgTiXoQ5w",
            "ALLOWED_HOSTS": HOST, "SITE_ADDRESS": site, "EMAIL_URL": f"smtp://{HOST}:{PORT + 2}",
            "DATABASE_URL": self.postgres.address, "REDIS_URL": self.redis.address,
            "PORTAL_VAR": str(folder / "var"), "STATIC_ROOT": str(folder / "static"), "NO_PROXY": HOST,
            "DJANGO_SETTINGS_MODULE": "portal.settings", "LOG_LEVEL": "INFO", "LIMIT_ORDERS": "10000",
        }  # fmt: skip
        os.environ.update(environment)
        self.address = environment["SITE_ADDRESS"]
        self.mail = Listening(
            "mail", PORT + 2, python("-m", "tests.faults.mailbox", str(PORT + 2), str(self.book)), folder
        )
        web = python("-m", "gunicorn", "portal.wsgi:application", "--bind", f"{HOST}:{PORT + 3}")
        self.web = Listening("web", PORT + 3, web, folder)
        celery = python("-m", "celery", "--app", "portal")
        self.workers = {
            queue: Server(
                queue,
                [*celery, "worker", "--queues", queue, "--hostname", f"{queue}@faults", "--concurrency", "2"],
                folder,
            )
            for queue in ("short", "mail", "long")
        }
        self.beat = Server("beat", [*celery, "beat", "--pidfile=", "--schedule", str(folder / "beat")], folder)
        self.all = [self.postgres, self.redis, self.mail, self.web, *self.workers.values(), self.beat]

    def start(self) -> None:
        self.postgres.start()
        self.redis.start()
        for command in (
            ("migrate", "--verbosity", "0"),
            ("load_reference",),
            ("collectstatic", "--noinput", "--verbosity", "0"),
        ):
            subprocess.run(python("manage.py", *command), cwd=ROOT, check=True, capture_output=True)
        make = "import django; django.setup(); from tests.faults import world; world.make()"
        subprocess.run(python("-c", make), cwd=ROOT, check=True)
        for server in self.all[2:]:
            server.start()

    def end(self) -> None:
        end_all(self.all)


@dataclass
class Fault:
    """What is done to the portal, and how it is taken back."""

    name: str
    make: Callable[[], object]
    end: Callable[[], object]
    lasts: int = LASTS


def faults(portal: Portal, folder: Path) -> list[Fault]:
    found = []
    for name, server in {"PostgreSQL": portal.postgres, "Redis": portal.redis}.items():
        found += [
            Fault(f"{name} stopped", server.stop, server.start),
            Fault(f"{name} killed", server.kill, server.start),
            Fault(f"{name} frozen", server.freeze, server.thaw),
            Fault(f"{name} away for two minutes", server.stop, server.start, LONG),
            Fault(f"{name} frozen for two minutes", server.freeze, server.thaw, LONG),
        ]
    found.append(Fault("Redis restarted six times", lambda: _again_and_again(portal.redis), lambda: None))
    for name, server in {
        "worker of long work": portal.workers["long"],
        "worker of mail": portal.workers["mail"],
        "clock": portal.beat,
    }.items():
        found += [
            Fault(f"{name} killed", server.kill, server.start),
            Fault(f"{name} frozen", server.freeze, server.thaw),
        ]
    breaks, slow = folder / "breaks", SlowSenders(portal.web.port)
    found += [
        Fault("mail server gone", portal.mail.kill, portal.mail.start),
        Fault("mail server hangs", portal.mail.freeze, portal.mail.thaw),
        Fault("mail server breaks the line after each mail", breaks.touch, breaks.unlink),
        Fault("web server killed", portal.web.kill, portal.web.start),
        Fault("twenty forms that never end", slow.begin, slow.end),
        Fault("disk full", lambda: _fill(folder), lambda: _empty(portal, folder)),
    ]
    return found


class SlowSenders:
    """Twenty who begin to send a form and do not go on."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.lines: list[socket.socket] = []

    def begin(self) -> None:
        head = f"POST /fr/accounts/login/ HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: 5000\r\n"
        form = f"{head}Content-Type: application/x-www-form-urlencoded\r\n\r\nlogin="
        for _sender in range(20):
            self.lines.append(socket.create_connection((HOST, self.port)))
            self.lines[-1].sendall(form.encode())

    def end(self) -> None:
        while self.lines:
            self.lines.pop().close()


def _again_and_again(server: Server) -> None:
    for _time in range(6):
        server.kill()
        time.sleep(1)
        server.start()
        time.sleep(1)


def _fill(folder: Path) -> None:
    with (folder / "filler").open("wb", buffering=0) as filler:
        try:
            while True:
                filler.write(b"\0" * (1 << 16))
        except OSError:
            pass


def _empty(portal: Portal, folder: Path) -> None:
    (folder / "filler").unlink()
    for server in portal.all:  # who cannot write may end; whoever watches it, as the compose file does, starts it again
        if not server.is_running:
            server.start()


@dataclass
class Row:
    """A line of the table."""

    fault: str
    readers: object
    writers: object
    pages: float
    work: float
    wrong: str


def tried(fault: Fault, portal: Portal, load, world) -> Row:
    """Make the fault, let it last, take it back, and wait until all is well."""
    load.begin_anew()
    fault.make()
    time.sleep(fault.lasts)
    readers, writers = load.readers, load.writers
    fault.end()
    ended = time.monotonic()
    reader = load.reader()
    pages = wait_until(lambda: reader.get("/fr/meetings/")[0] == 200, f"no pages after: {fault.name}", AT_MOST)
    before = load.orders
    wrong = []
    try:
        wait_until(lambda: load.orders > before + 1, f"no order is taken after: {fault.name}", AT_MOST)
        load.rest()
        world.hurry()
        wait_until(lambda: world.unfinished() == 0, f"work is left after: {fault.name}", AT_MOST)
    except TimeoutError as late:
        wrong.append(str(late))
    work = time.monotonic() - ended
    wrong += [f"{server.name} has ended" for server in portal.all if not server.is_running]
    wrong += world.lost_and_doubled(load.sent, load.orders, portal.book) + load.failures
    load.go_on()
    return Row(fault.name, readers, writers, pages, work, "; ".join(wrong) or "nothing")


def table(rows: list[Row]) -> str:
    lines = [
        "| fault | readers saw | writers saw | slowest answer | lost or doubled | pages well after | work done after |",
        "|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        slowest = max(row.readers.slowest, row.writers.slowest)
        cells = (
            row.fault,
            row.readers,
            row.writers,
            f"{slowest:.1f} s",
            row.wrong,
            f"{row.pages:.1f} s",
            f"{row.work:.0f} s",
        )
        lines.append(f"| {' | '.join(map(str, cells))} |")
    return "\n".join(lines) + "\n"


def main(names: list[str]) -> int:
    signal.signal(signal.SIGTERM, lambda *_args: sys.exit("ended"))  # and nothing is left running
    folder = Path(tempfile.mkdtemp(prefix="faults-"))
    folder.chmod(0o755)
    is_disk = (
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1g,mode=0755", "faults", folder], check=False).returncode
        == 0
    )
    (folder / "var").mkdir()
    rows: list[Row] = []
    portal = Portal(folder)
    try:
        portal.start()
        import django

        django.setup()
        from tests.faults import world
        from tests.faults.load import Load

        load = Load(portal.address)
        load.start()
        time.sleep(5)
        for fault in faults(portal, folder):
            is_meant = fault.name in names or (not names and fault.lasts == LASTS)
            if not is_meant or (fault.name == "disk full" and not is_disk):
                continue
            print(f"{time.strftime('%H:%M:%S')} {fault.name} …", flush=True)
            rows.append(tried(fault, portal, load, world))
            print(table(rows[-1:]).splitlines()[-1], flush=True)
        load.stop()
    except Exception:
        traceback.print_exc()
    finally:
        portal.end()
        kept = ROOT / "var" / "faults"
        kept.mkdir(parents=True, exist_ok=True)
        for log in folder.glob("*.log"):
            shutil.copy(log, kept)
        (kept / "table.md").write_text(table(rows), encoding="utf-8")
        if is_disk:
            subprocess.run(["umount", "--lazy", folder], check=False)
        shutil.rmtree(folder, ignore_errors=True)
    print(f"\n{table(rows)}\nKept in {kept}, with the logs of the servers.")
    return int(any(row.wrong != "nothing" for row in rows) or not rows)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
