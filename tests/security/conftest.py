"""The numbers of the walk, printed at its end and written to var/security/table.md."""

import os
from collections import Counter

import pytest
from django.conf import settings
from django.db import connection

from portal.accounts.views import entrance

LONG = os.environ.get("SECURITY_WALK") == "long"
#: how often what was walked, and by whom
numbers: Counter = Counter()
TABLE = settings.BASE_DIR / "var" / "security" / "table.md"


@pytest.fixture(autouse=True)
def quietly(caplog):
    """Thousands of refusals are no news."""
    caplog.set_level("CRITICAL", "django.request")
    caplog.set_level("CRITICAL", "django.security")


@pytest.fixture(autouse=True)
def tirelessly(settings, monkeypatch):
    """Who walks everything asks more often than anybody may, and waits for nothing."""
    monkeypatch.setattr(entrance, "LEAST", 0.0)
    settings.LIMITS = {name: (10**9, seconds) for name, (_number, seconds) in settings.LIMITS.items()}


@pytest.fixture(scope="session")
def counted():
    """What was walked, by its name: added to by each test."""
    return numbers


def pytest_terminal_summary(terminalreporter):
    if numbers and LONG:
        tests = {outcome: len(terminalreporter.stats.get(outcome, ())) for outcome in ("passed", "failed", "error")}
        TABLE.parent.mkdir(parents=True, exist_ok=True)
        TABLE.write_text(table(tests), encoding="utf-8")
        terminalreporter.section(f"the walk, in numbers: {TABLE}")
        terminalreporter.write(TABLE.read_text(encoding="utf-8"))


def table(tests):
    """What was walked by whom, the sums of the mutated forms and addresses, and how the tests ended."""
    people = list(dict.fromkeys(who for _what, who in numbers))
    summed = Counter()
    for (what, who), number in numbers.items():
        summed[what, who] += number
        if ": " in what and what.startswith("mutated"):
            summed[what.partition(":")[0], who] += number
    rows = [["", *people, "all"], ["---", *["---:"] * len(people), "---:"]]
    for what in sorted({what for what, _who in summed}):
        found = [summed[what, who] for who in people]
        rows.append([what, *(f"{number:,}" for number in [*found, sum(found)])])
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    ended = ", ".join(f"{number} {outcome}" for outcome, number in tests.items())
    return "\n".join([f"On {connection.vendor}: {ended}.", "", *lines, ""])
