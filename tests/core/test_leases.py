"""While a worker works: its lease is renewed beside it, and what takes too long is stopped."""

import signal
import time
from datetime import timedelta

import pytest

from portal.core import leases
from portal.core.leases import TooLong, limited, renewed


def busy(ends, seconds=20.0):
    """What leaves nobody else a turn by itself, until `ends` says so."""
    end = time.monotonic() + seconds
    while not ends() and time.monotonic() < end:
        sum(range(1000))


def test_a_lease_is_renewed_again_and_again_while_the_worker_is_busy(monkeypatch, caplog):
    monkeypatch.setattr(leases, "PULSE", 0.01)
    beats = []

    def renew():
        beats.append(1)
        if len(beats) == 2:
            raise OSError("the line is broken")

    with renewed(renew):
        busy(lambda: len(beats) >= 4)
    came = len(beats)
    assert came >= 4
    assert "the line is broken" in caplog.text
    time.sleep(0.05)
    assert len(beats) == came, "nobody works on it any more"


def forgiving(wait):
    """As a library forgives the pictures that it cannot draw."""
    try:
        wait()
    except Exception:
        wait()


@pytest.mark.parametrize("wait", [lambda: busy(lambda: False), lambda: time.sleep(20)], ids=["busy", "waiting"])
def test_what_takes_too_long_is_stopped_also_where_errors_are_forgiven(wait):
    with pytest.raises(TooLong), limited(timedelta(seconds=0.05)):
        forgiving(wait)
    assert signal.getitimer(signal.ITIMER_REAL)[0] == 0


def inner():
    with limited(timedelta(seconds=60)):
        pass
    time.sleep(20)


def test_work_within_work_leaves_the_outer_one_its_end():
    with pytest.raises(TooLong), limited(timedelta(seconds=0.2)):
        inner()
