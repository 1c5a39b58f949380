"""A clock with one source of its own, so that the engine is tried apart from the rules of the apps."""

from datetime import UTC, date, datetime, timedelta

import pytest

from portal.core.breaker import Breaker
from portal.notifications import work
from portal.notifications.rules import registry
from portal.notifications.rules.recipients import Recipient
from portal.notifications.rules.registry import Rung, RungSide
from tests import factories

#: Friday
EVENT = date(2026, 12, 4)


def at(day: int, hour: int = 9, minute: int = 0, month: int = 11) -> datetime:
    """An instant of late 2026, in Morocco, which is UTC then."""
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


@pytest.fixture
def meeting(db):
    return factories.MeetingFactory(reference="TST-2026-01", title_ar="اجتماع تجريبي", title_fr="Réunion d’essai")


@pytest.fixture
def reader(administrator):
    """Sees everything."""
    return Recipient.of(administrator)


@pytest.fixture
def clock(monkeypatch):
    """The list of rungs the clock is asked for: `clock.append(rung(meeting, …))`."""
    rungs: list[Rung] = []
    monkeypatch.setattr(registry, "_sources", {"test": lambda now, subject=None: list(rungs)})
    return rungs


@pytest.fixture
def rung(meeting, reader):
    """One rung, by default one week before the meeting, to the reader."""

    def make(offset=-7, *, hangs_on=EVENT, side=None, to=None, subject=None, **fields):
        side = side or (RungSide.BEFORE if offset < 0 else RungSide.AFTER)
        expires_at = datetime.combine(hangs_on, datetime.min.time(), UTC) + timedelta(hours=10)
        return Rung(
            **{
                "subject": subject or meeting,
                "key": f"meetings.coming{offset:+d}",
                "kind": "meetings.coming",
                "hangs_on": hangs_on,
                "due": hangs_on + timedelta(days=offset),
                "side": side,
                "recipients": lambda: [reader] if to is None else to,
                "entered_at": at(1, month=9),
                "expires_at": expires_at if side == RungSide.BEFORE else None,
                **fields,
            }
        )

    return make


@pytest.fixture(autouse=True)
def post(monkeypatch):
    """A mail server that nobody found away yet."""
    monkeypatch.setattr(work, "post", Breaker(30))
