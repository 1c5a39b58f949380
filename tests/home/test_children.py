"""What a demonstration keeps running: who falls is started again while the others go on, and nobody is left behind."""

import os
import re
import select
import signal
import socket
import subprocess
import sys
import time
import urllib.request

import pytest
from django.conf import settings

from portal.home.management import children as management
from portal.home.management.children import Child, Children
from portal.home.management.stopping import Signals, Stop

PATIENCE = 20
SLEEPER = [sys.executable, "-c", "import time; time.sleep(600)"]


def worker(*code):
    return Child("worker", [sys.executable, "-c", "\n".join(code)] if code else SLEEPER, "the pages go on")


def until(reached, look=lambda: None):
    """Wait until it is so, looking after the children meanwhile."""
    deadline = time.monotonic() + PATIENCE
    while not reached():
        assert time.monotonic() < deadline
        look()
        time.sleep(0.01)


def fall(child, kept, number=signal.SIGKILL):
    """The child is killed; come back when its successor runs."""
    before = child.process
    before.send_signal(number)
    until(lambda: child.process not in {before, None}, kept.look)


def test_a_worker_killed_ten_times_in_a_minute_is_there_again_and_the_pages_go_on():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address, port = "http://127.0.0.1:{}".format(*probe.getsockname()[1:]), str(probe.getsockname()[1])
    web = Child("web server", [sys.executable, "-m", "http.server", port, "--bind", "127.0.0.1"], "no pages")
    one, said = worker(), []

    def answers():
        try:
            with urllib.request.urlopen(address, timeout=PATIENCE) as response:
                return response.status == 200
        except OSError:
            return False

    kept = Children([web, one], said.append, pauses=(0.01, 0.02), stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    with kept.running():
        until(answers)
        first = web.process
        for _ in range(10):
            fall(one, kept)
            assert answers()
        assert one.process.poll() is None
        assert web.process is first
    assert said[0] == "The worker has ended (killed by signal 9). Next start in 0.01 seconds; the pages go on."
    assert said[9] == (
        "The worker has ended (killed by signal 9), 10 times in a row now. Next start in 0.02 seconds; the pages go on."
    )
    assert len(said) == 10
    assert not answers()


def test_each_fall_in_a_row_is_waited_out_longer(monkeypatch):
    one, said, now = worker("raise SystemExit(3)"), [], [1000.0]
    monkeypatch.setattr(management.time, "monotonic", lambda: now[0])
    kept = Children([one], said.append)
    pauses = []
    with kept.running():
        for _ in range(8):
            one.process.wait(PATIENCE)
            kept.look()
            pauses.append(one.started - now[0])
            now[0] = one.started - 0.1
            kept.look()
            assert one.process is None
            now[0] = one.started
            kept.look()
    assert pauses == [1, 2, 4, 8, 15, 30, 30, 30]
    assert said[0] == (
        "The worker has ended (code 3; its last lines above say why). Next start in 1 second; the pages go on."
    )


def test_one_that_has_held_for_a_while_begins_its_count_anew():
    one, said = worker(), []
    kept = Children([one], said.append, pauses=(0.01,), steady=0.2)
    with kept.running():
        fall(one, kept)
        until(lambda: not one.falls, kept.look)
        fall(one, kept)
    assert [re.sub(r" \(.*", "", line) for line in said] == [
        "The worker has ended",
        "The worker has run for 0.2 seconds again.",
        "The worker has ended",
    ]


def test_what_a_fallen_one_had_started_does_not_go_on_beside_its_successor(tmp_path):
    started = tmp_path / "started"
    one = worker(
        "import os, pathlib, subprocess, sys, time",
        f"if not (started := pathlib.Path({str(started)!r})).exists():",
        f"    subprocess.Popen({SLEEPER!r})",
        "    started.touch()",
        "os.close(1)",
        "time.sleep(600)",
    )
    read, write = os.pipe()  # open for as long as anybody has it
    kept = Children([one], lambda line: None, pauses=(0.01,), stdout=write)
    with kept.running():
        until(started.exists)
        fall(one, kept)
        os.close(write)
        assert select.select([read], [], [], PATIENCE)[0]
        assert os.read(read, 1) == b""
        assert one.process.poll() is None
    os.close(read)


def test_one_that_cannot_be_started_is_tried_again():
    said = []
    kept = Children([Child("worker", ["/nowhere/at/all"], "the pages go on")], said.append, pauses=(0,))
    with kept.running():
        kept.look()
    assert [re.search("[0-9] times|$", line)[0] for line in said] == ["", "2 times"]
    assert "No such file" in said[0]


def test_at_the_end_also_the_deaf_are_gone(monkeypatch, tmp_path):
    monkeypatch.setattr(management, "SECONDS_TO_STOP", 0.3)
    ready = tmp_path / "ready"
    deaf = worker(
        "import pathlib, signal, time",
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)",
        f"pathlib.Path({str(ready)!r}).touch()",
        "time.sleep(600)",
    )
    kept = Children([deaf, worker()], lambda line: None)
    with kept.running():
        until(ready.exists)
    assert [child.process.returncode for child in kept.children] == [-signal.SIGKILL, -signal.SIGTERM]


def test_when_the_demonstration_itself_is_killed_its_children_end():
    demonstration = subprocess.Popen(
        [sys.executable, "-c", KEPT_BY_ANOTHER], stdout=subprocess.PIPE, text=True, cwd=settings.BASE_DIR
    )
    for pid in demonstration.stdout.readline().split():
        os.kill(int(pid), 0)
    demonstration.kill()
    assert demonstration.communicate(timeout=PATIENCE)  # the children have the same output: it ends with the last one


KEPT_BY_ANOTHER = f"""
import time
from portal.home.management.children import Child, Children
children = [Child("one", {SLEEPER!r}, ""), Child("two", {SLEEPER!r}, "")]
with Children(children, print).running():
    print(*(child.process.pid for child in children), flush=True)
    time.sleep(600)
"""


def test_the_first_signal_stops_and_later_ones_do_not_disturb_the_end():
    before = signal.getsignal(signal.SIGINT)
    with Signals().caught() as signals:
        with pytest.raises(Stop):
            signal.raise_signal(signal.SIGINT)
        for name in Signals.NAMES:
            signal.raise_signal(name)
        assert signals.asked
    assert signal.getsignal(signal.SIGINT) is before


def test_while_children_run_a_signal_is_only_noted():
    with Signals().caught() as signals:
        signals.only_note = True
        os.kill(os.getpid(), signal.SIGTERM)
        assert signals.asked
