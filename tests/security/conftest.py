"""The numbers of the walk, printed at its end."""

import os
from collections import Counter

import pytest

LONG = os.environ.get("SECURITY_WALK") == "long"
numbers: Counter = Counter()


@pytest.fixture(autouse=True)
def quietly(caplog):
    """Thousands of refusals are no news."""
    caplog.set_level("CRITICAL", "django.request")
    caplog.set_level("CRITICAL", "django.security")


@pytest.fixture(autouse=True)
def tirelessly(settings):
    """Who walks everything asks more often than anybody may."""
    settings.LIMITS = {name: (10**9, seconds) for name, (_number, seconds) in settings.LIMITS.items()}


@pytest.fixture(scope="session")
def counted():
    """What was walked, by its name: added to by each test."""
    return numbers


def pytest_terminal_summary(terminalreporter):
    if numbers and LONG:
        terminalreporter.section("the walk, in numbers")
        for what, number in sorted(numbers.items()):
            terminalreporter.write_line(f"{number:>8,}  {what}")
