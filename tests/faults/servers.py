"""Servers of our own that can be stopped, killed, frozen and started again."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HOST = "127.0.0.1"
SECONDS, PAUSE = 60, 0.1


class Server:
    """A process and all it started."""

    def __init__(self, name: str, command: list[str], folder: Path, environment: dict[str, str] | None = None) -> None:
        self.name, self.command, self.folder = name, command, folder
        self.environment = os.environ | (environment or {})
        self.process: subprocess.Popen | None = None

    def start(self, pause: float = PAUSE) -> None:
        """Until it answers, which is looked at after each `pause` of seconds."""
        with (self.folder / f"{self.name}.log").open("ab") as log:
            self.process = subprocess.Popen(
                self.command, env=self.environment, cwd=ROOT, stdout=log, stderr=log, stdin=subprocess.DEVNULL,
                start_new_session=True,
            )  # fmt: skip
        wait_until(self.answers, f"{self.name} does not start: {self.folder / self.name}.log says why", pause=pause)

    def answers(self) -> bool:
        return self.is_running

    @property
    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def stop(self) -> None:
        """As asked; who does not end within ten seconds is killed."""
        if self.is_running:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.kill()

    def kill(self) -> None:
        """At once, with all it started."""
        if self.process is not None:
            for pid in [*family(self.process.pid), self.process.pid]:
                send(pid, signal.SIGKILL)
            self.process.wait()

    def freeze(self) -> None:
        for pid in [self.process.pid, *family(self.process.pid)]:
            send(pid, signal.SIGSTOP)

    def thaw(self) -> None:
        for pid in [*family(self.process.pid), self.process.pid]:
            send(pid, signal.SIGCONT)


class Listening(Server):
    """A server that stands at a port."""

    def __init__(self, name: str, port: int, command: list[str], folder: Path, **options: dict[str, str]) -> None:
        super().__init__(name, command, folder, **options)
        self.port = port

    def answers(self) -> bool:
        return can_connect(self.port)


class Postgres(Listening):
    def __init__(self, port: int, folder: Path, name: str = "postgres", **options: str) -> None:
        self.programs, self.data = max(Path("/usr/lib/postgresql").glob("*/bin")), folder / name
        self.as_postgres = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
        if self.as_postgres:
            folder.chmod(0o711)
            self.data.mkdir(0o700)
            shutil.chown(self.data, "postgres")
        options = {
            "port": port, "listen_addresses": HOST, "unix_socket_directories": self.data, "fsync": "off"
        } | options  # fmt: skip
        settings = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        command = (*self.as_postgres, self.programs / "postgres", "-D", self.data, *settings)
        super().__init__(name, port, [*map(str, command)], folder)
        self.address = f"postgres://tansiq@{HOST}:{port}/postgres"

    def start(self, pause: float = PAUSE) -> None:
        if not (self.data / "PG_VERSION").exists():
            subprocess.run([*self.as_postgres, *self.made_by()], cwd="/", check=True, capture_output=True)
        super().start(pause)

    def made_by(self) -> list[str | Path]:
        return [
            *(self.programs / "initdb", "-D", self.data, "-A", "trust", "-U", "tansiq", "-E", "UTF8"),
            *("--locale", "C.UTF-8"),
        ]

    def stop(self) -> None:
        """Quickly: who is connected is not waited for."""
        for pid in family(self.process.pid)[:1] if os.getuid() == 0 else [self.process.pid]:
            send(pid, signal.SIGINT)
        self.process.wait(20)

    def answers(self) -> bool:
        return subprocess.run(["pg_isready", "-q", "-h", HOST, "-p", str(self.port)], check=False).returncode == 0


class Standby(Postgres):
    """A copy of another server, which follows it."""

    def __init__(self, port: int, folder: Path, of: Postgres, **options: str) -> None:
        self.of = of
        super().__init__(port, folder, "replica", **options)

    def made_by(self) -> list[str | Path]:
        host = ("-h", HOST, "-p", str(self.of.port), "-U", "tansiq")
        return [self.programs / "pg_basebackup", *host, "-D", self.data, "-R", "-X", "stream", "-c", "fast"]


class Redis(Listening):
    def __init__(self, port: int, folder: Path) -> None:
        command = ["redis-server", "--bind", HOST, "--port", str(port), "--save", "", "--appendonly", "no"]
        super().__init__("redis", port, [*command, "--dir", str(folder)], folder)
        self.address = f"redis://{HOST}:{port}/0"


def end_all(servers: Sequence[Server]) -> None:
    """The last that was started first; also one that is frozen."""
    for server in reversed(servers):
        if server.is_running:
            server.thaw()
            server.kill()


def family(pid: int) -> list[int]:
    """The processes that one started, and theirs."""
    children: dict[int, list[int]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            facts = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        children.setdefault(int(facts[1]), []).append(int(path.parent.name))
    return list(_descendants(pid, children))


def _descendants(pid: int, children: dict[int, list[int]]) -> Iterator[int]:
    for child in children.get(pid, ()):
        yield child
        yield from _descendants(child, children)


def send(pid: int, number: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, number)


def can_connect(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((HOST, port)) == 0


def wait_until(true: Callable[[], bool], otherwise: str, seconds: float = SECONDS, pause: float = PAUSE) -> float:
    """How many seconds it took."""
    begun = time.monotonic()
    while not true():
        if time.monotonic() - begun > seconds:
            raise TimeoutError(otherwise)
        time.sleep(pause)
    return time.monotonic() - begun


def python(*arguments: str) -> list[str]:
    return [sys.executable, *arguments]
