"""The portal as `make demo` serves it, in a folder of its own: web server, worker and clock, mail in files."""

import email
import email.policy
import os
import re
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PATIENCE = 60


@dataclass
class Demonstration:
    """A running demonstration: where it is served, and the mail it wrote."""

    address: str
    var: Path

    def mail_to(self, recipient: str, *words: str) -> str:
        """The text of the newest mail to this person whose text holds all the words, once it is there."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            for text in self._texts(recipient):
                if all(word in text for word in words):
                    return text
            time.sleep(0.5)
        raise AssertionError(f"No mail to {recipient} with {words}; there are: {self._texts(recipient)}")

    def _texts(self, recipient: str) -> list[str]:
        files = sorted((self.var / "mail").glob("*.log"), key=lambda path: path.stat().st_mtime, reverse=True)
        return [text for file in files for to, text in _messages(file) if recipient in to]


def _messages(file: Path) -> list[tuple[str, str]]:
    found = []
    for raw in re.split(rb"^-{79}\n", file.read_bytes(), flags=re.MULTILINE):
        if raw.strip():
            message = email.message_from_bytes(raw.strip(), policy=email.policy.default)
            body = message.get_body(("plain",))
            found.append((str(message["To"]), f"{message['Subject']}\n{body.get_content() if body else ''}"))
    return found


def link_in(text: str) -> str:
    """The address the mail invites to open."""
    found = re.search(r"https?://\S+/(?:ar|fr|en)/\S+", text)
    assert found, text
    return found[0].rstrip(".,»”\u2069")


def start(var: Path, **settings: str) -> tuple[subprocess.Popen, Demonstration]:
    """Starts `manage.py demo`, with these settings, and waits until it says where it is."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PORTAL_", "DJANGO_", "TEST_"))}
    environment = {
        name: value for name, value in kept.items() if name not in {"DATABASE_URL", "REDIS_URL", "EMAIL_URL"}
    }
    with (var / "demo.log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "demo", "--port", str(port)],
            cwd=ROOT,
            env=environment | {"PORTAL_VAR": str(var), "PORTAL_ENV": "embedded", "PYTHONUNBUFFERED": "1"} | settings,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    deadline = time.monotonic() + 2 * PATIENCE
    while "is served on" not in (said := (var / "demo.log").read_text()):
        if process.poll() is not None or time.monotonic() > deadline:
            stop(process)
            raise AssertionError(f"The demonstration did not start:\n{said}")
        time.sleep(0.3)
    return process, Demonstration(f"http://127.0.0.1:{port}", var)


def stop(process: subprocess.Popen) -> None:
    """Ctrl-C, and by force when that does not help."""
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
