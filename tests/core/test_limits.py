"""From where a request comes, and how often something may be done."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.test import RequestFactory
from django.utils import timezone

from portal.core.addresses import address_of, network_of, region_of
from portal.core.limits import forget, give_back, take
from portal.core.models import Tally
from portal.core.tasks import forget_tallies

OURS = "10.0.0.5"


def seen(settings, proxies: int, forwarded: str | None, remote: str = OURS) -> str:
    settings.TRUSTED_PROXIES = proxies
    headers = {} if forwarded is None else {"X-Forwarded-For": forwarded}
    return address_of(RequestFactory().get("/", headers=headers, REMOTE_ADDR=remote))


@pytest.mark.parametrize(
    ("proxies", "forwarded", "found"),
    [
        (0, "196.1.2.3", OURS),
        (1, "196.1.2.3", "196.1.2.3"),
        (1, "1.1.1.1, 196.1.2.3", "196.1.2.3"),
        (2, "196.1.2.3, 172.16.0.1", "196.1.2.3"),
        (2, "6.6.6.6, 196.1.2.3, 172.16.0.1", "196.1.2.3"),
        (2, "6.6.6.6", OURS),
        (1, None, OURS),
        (1, "", OURS),
        (1, "nonsense", OURS),
        (1, "1.1.1.1, ", OURS),
        (1, "196.1.2.3:4711", "196.1.2.3"),
        (1, "[2001:db8::1]:443", "2001:db8::1"),
        (1, "fe80::1%eth0", "fe80::1"),
        (1, "::ffff:196.1.2.3", "196.1.2.3"),
    ],
)
def test_the_address_is_what_the_trusted_proxies_saw(settings, proxies, forwarded, found):
    assert seen(settings, proxies, forwarded) == found


def test_a_server_that_names_no_address_breaks_nothing(settings):
    assert network_of(seen(settings, 1, None, remote="")) == region_of("") == ""


def test_of_an_address_less_is_kept_than_it_says():
    assert (network_of("196.1.2.3"), region_of("196.1.2.3")) == ("196.1.2.3", "196.1.2.0/24")
    assert (network_of("2001:db8:1:2:3::4"), region_of("2001:db8:1:2:3::4")) == ("2001:db8:1:2::/64", "2001:db8:1::/48")


@pytest.fixture(params=["orders", "searches"])
def limit(request, settings, db):
    """One that is counted in the database, and one in the cache."""
    cache.clear()
    settings.LIMITS = settings.LIMITS | {request.param: (3, 600)}
    return request.param


def test_what_is_done_too_often_waits_until_the_window_closes(limit):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        assert [take(limit, "user:1") for _ in range(3)] == [None] * 3
        until = take(limit, "user:1")
        assert timedelta(0) < until - timezone.now() <= timedelta(seconds=600)
        assert take(limit, "user:2") is None
        clock.move_to(until + timedelta(seconds=1))
        assert take(limit, "user:1") is None


def test_what_is_given_back_or_forgotten_may_be_done_again(settings, db):
    settings.LIMITS = settings.LIMITS | {"orders": (1, 600)}
    assert take("orders", "a") is None
    give_back("orders", "a")
    assert take("orders", "a") is None
    assert take("orders", "a") is not None
    forget("orders", "a")
    assert take("orders", "a") is None


def test_a_count_says_nobody_and_is_forgotten_when_it_limits_nothing(db):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        take("orders", "person@example.org")
        assert "person" not in str(Tally.objects.values_list("mark", "limit"))
        forget_tallies()
        assert Tally.objects.count() == 1
        clock.shift(timedelta(hours=2))
        forget_tallies()
        assert Tally.objects.count() == 0


def test_a_cache_that_is_away_lets_readers_through(monkeypatch, db):
    def away(*args, **kwargs):
        raise ConnectionError

    monkeypatch.setattr("portal.core.limits.cache.add", away)
    monkeypatch.setattr("portal.core.limits.cache.incr", away)
    assert take("searches", "user:1") is None


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite in memory knows one writer")
@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_no_more_come_through_than_the_limit(settings):
    settings.LIMITS = settings.LIMITS | {"orders": (3, 600)}
    start = Barrier(12)

    def one(_number):
        try:
            start.wait()
            return take("orders", "user:1")
        finally:
            connection.close()

    with ThreadPoolExecutor(12) as pool:
        assert [until is None for until in pool.map(one, range(12))].count(True) == 3
