"""`make machines`: two web servers, two workers, one clock, one PostgreSQL with a replica; then a table of what people
saw while each was away, and which of the two databases their pages were read from.

It takes some minutes, and needs PostgreSQL's and Redis' programs.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from threading import Event, Thread

from tests.faults.servers import HOST, ROOT, Listening, Postgres, Redis, Server, Standby, end_all, python

PORT = int(os.environ.get("MACHINES_PORT", "8140"))
HEAD = """| what | requests | answers | slowest | read from the primary | from the replica | as it should be |
|---|---|---|---|---|---|---|"""
#: seconds: how old the newest sign of life may be on the replica here
AGE = 20
#: a server writes down each question, and after whose name it was asked
WRITTEN_DOWN = {"log_statement": "all", "log_line_prefix": "%a|"}
READ = re.compile(r"^web\d\|LOG:  (?:statement|execute [^:]*): SELECT .* FROM (?!.*core_heartbeat)", re.MULTILINE)


class Portal:
    """All servers of one portal in one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.book = folder, folder / "mails"
        self.postgres, self.redis = Postgres(PORT, folder, **WRITTEN_DOWN), Redis(PORT + 1, folder)
        self.replica = Standby(PORT + 5, folder, self.postgres, **WRITTEN_DOWN)
        os.environ.update({
            "PORTAL_ENV": "production", "SECRET_KEY": "of-machines-only-k9Zt2fWq7LxA0vB4nM8sRd1HuJ6yPc3EgTiXoQ",
            "ALLOWED_HOSTS": HOST, "SITE_ADDRESS": f"http://{HOST}:{PORT + 3}",
            "EMAIL_URL": f"smtp://{HOST}:{PORT + 2}",
            "DATABASE_URL": self.postgres.address, "REPLICA_URL": self.replica.address, "REPLICA_MAX_AGE": str(AGE),
            "REDIS_URL": self.redis.address, "PORTAL_VAR": str(folder / "var"), "STATIC_ROOT": str(folder / "static"),
            "NO_PROXY": HOST, "DJANGO_SETTINGS_MODULE": "portal.settings", "LOG_LEVEL": "INFO", "LIMIT_ORDERS": "1000",
        })  # fmt: skip
        mailbox = python("-m", "tests.faults.mailbox", str(PORT + 2), str(self.book))
        self.mail = Listening("mail", PORT + 2, mailbox, folder)
        self.webs = [self._web("web1", PORT + 3), self._web("web2", PORT + 4)]
        celery = python("-m", "celery", "--app", "portal")
        self.workers = [
            Server(
                name,
                [*celery, "worker", "--hostname", f"{name}@machines", "--concurrency", "2", "--loglevel", "INFO"],
                folder,
            )
            for name in ("worker1", "worker2")
        ]
        self.beat = Server("beat", [*celery, "beat", "--pidfile=", "--schedule", str(folder / "beat")], folder)
        self.all = [
            self.postgres, self.replica, self.redis, self.mail, *self.webs, *self.workers, self.beat,
        ]  # fmt: skip

    def _web(self, name: str, port: int) -> Listening:
        command = python("-m", "gunicorn", "portal.wsgi:application", "--bind", f"{HOST}:{port}")
        named = {
            url: f"{server.address}?application_name={name}"
            for url, server in (("DATABASE_URL", self.postgres), ("REPLICA_URL", self.replica))
        }
        return Listening(name, port, command, self.folder, environment=named)

    def start(self) -> None:
        self.postgres.start()
        self.redis.start()
        for command in (("migrate", "-v0"), ("load_reference",), ("collectstatic", "--noinput", "-v0")):
            subprocess.run(python("manage.py", *command), cwd=ROOT, check=True, capture_output=True)
        make = "import django; django.setup(); from tests.machines import world; world.make()"
        subprocess.run(python("-c", make), cwd=ROOT, check=True)
        for server in self.all:
            if not server.is_running:
                server.start()

    def end(self) -> None:
        end_all(self.all)

    def reads(self) -> tuple[int, int]:
        """How many questions the web servers asked so far: of the primary, of the replica."""
        logs = (self.folder / f"{server.name}.log" for server in (self.postgres, self.replica))
        own, late = (len(READ.findall(log.read_text(encoding="utf-8", errors="replace"))) for log in logs)
        return own, late


def beats(ended: Event) -> None:
    """A sign of life each second: the clock's own, once a minute, would make the table long to wait for."""
    from portal.core.models import Heartbeat

    while not ended.wait(1):
        Heartbeat.beat("clock")


def main() -> int:
    signal.signal(signal.SIGTERM, lambda *_args: sys.exit("ended"))  # and nothing is left running
    folder = Path(tempfile.mkdtemp(prefix="machines-"))
    folder.chmod(0o755)
    (folder / "var").mkdir()
    portal, ended = Portal(folder), Event()
    rows: list[object] = []
    try:
        portal.start()
        import django

        django.setup()
        from tests.machines.shows import Shows

        shows = Shows(portal, AGE)
        rows = shows.rows
        Thread(target=beats, args=(ended,), daemon=True).start()
        time.sleep(3)
        shows.all()
    finally:
        ended.set()
        portal.end()
        kept = ROOT / "var" / "machines"
        kept.mkdir(parents=True, exist_ok=True)
        for log in folder.glob("*.log"):
            shutil.copy(log, kept)
        table = "\n".join([HEAD, *map(str, rows), ""])
        (kept / "table.md").write_text(table, encoding="utf-8")
        shutil.rmtree(folder, ignore_errors=True)
    print(f"\n{table}\nKept in {kept}, with the logs of the servers.")
    return int(any(row.wrong for row in rows) or not rows)


if __name__ == "__main__":
    sys.exit(main())
