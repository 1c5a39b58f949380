"""A server that is away: a page says so without asking it again, keeps what was typed, and the log has a line."""

import errno
import json
import logging
import re
import sqlite3
from unittest import mock

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import OperationalError, connection
from django.test import Client

from portal.core.errors import is_away

pytestmark = pytest.mark.django_db
GONE = OperationalError("server closed the connection unexpectedly")


def without_database():
    """Every question to the database meets a server that is gone."""
    return connection.execute_wrapper(mock.Mock(side_effect=GONE))


@pytest.fixture
def browser(as_user, officer):
    client = as_user(officer)
    client.raise_request_exception = False
    return client


def test_a_page_is_answered_with_503_in_the_portals_look(browser):
    with without_database():
        response = browser.get("/fr/meetings/?q=x")
    assert response.status_code == 503
    assert response.headers["Retry-After"] == "5"
    assert response.headers["Cache-Control"] == "no-store"
    assert '<html lang="fr" dir="ltr">' in response.text
    assert 'href="/fr/meetings/?q=x"' in response.text
    assert isinstance(response.wsgi_request.user, AnonymousUser)


def test_what_was_typed_is_kept_to_be_sent_again(browser):
    words = "نص طويل كتبه موظف الجماعة & بعض <الرموز>"
    with without_database():
        response = browser.post("/ar/meetings/new/", {"title_ar": words}, headers={"Sec-Fetch-Site": "same-origin"})
    assert response.status_code == 503
    assert 'action="/ar/meetings/new/"' in response.text
    kept = "نص طويل كتبه موظف الجماعة &amp; بعض &lt;الرموز&gt;"
    assert f'<input type="hidden" name="title_ar" value="{kept}">' in response.text
    assert f"readonly>{kept}</textarea>" in response.text
    assert '<input type="hidden" name="csrfmiddlewaretoken"' in response.text


def test_a_password_is_not_written_back(browser):
    form = {"login": "a@example.org", "password": "not-to-be-shown"}
    with without_database():
        response = Client(raise_request_exception=False).post(
            "/fr/accounts/login/", form, headers={"Sec-Fetch-Site": "same-origin"}
        )
    assert response.status_code == 503
    assert "not-to-be-shown" not in response.text


@pytest.mark.parametrize("status", [404, 500, 503])
def test_htmx_takes_nothing_of_the_page_away_for_what_broke(browser, status):
    """It tells it instead (`static/js/unanswered.js`)."""
    config = json.loads(re.search("name=\"htmx-config\" content='([^']*)'", browser.get("/fr/meetings/").text)[1])
    answer = next(one for one in config["responseHandling"] if re.fullmatch(one["code"], str(status)))
    assert (answer["swap"], answer["error"]) == (False, True)


def test_alive_is_said_without_a_session_or_a_database(browser, django_assert_num_queries):
    with django_assert_num_queries(0), without_database():
        assert browser.get("/health/live").json() == {"status": "ok"}


def sqlite(code):
    error = OperationalError("x")
    error.__cause__ = sqlite3.OperationalError("x")
    error.__cause__.sqlite_errorcode = code
    return error


@pytest.mark.parametrize(
    ("error", "away"),
    [
        (GONE, True),
        (sqlite(sqlite3.SQLITE_BUSY), True),
        (sqlite(sqlite3.SQLITE_FULL), True),
        (sqlite(sqlite3.SQLITE_ERROR), False),  # no such table
        (OSError(errno.ENOSPC, "No space left on device"), True),
        (OSError(errno.EACCES, "Permission denied"), False),
        (ValueError(), False),
        (None, False),
    ],
)
def test_only_a_server_or_a_disk_is_away(error, away):
    assert is_away(error) is away


def lines(caplog):
    return [record.getMessage().rpartition(",")[0] for record in caplog.records if record.name == "portal.requests"]


def test_each_request_is_one_line_with_its_number_and_who(browser, officer, caplog):
    caplog.set_level(logging.INFO)
    response = browser.get("/fr/me/", headers={"X-Request-ID": "proxy-0123456789"})
    assert response.headers["X-Request-ID"] == "proxy-0123456789"
    assert lines(caplog) == [f"200 GET /fr/me/, user {officer.pk}"]
    assert Client().get("/fr/", headers={"X-Request-ID": "no\nnumber"}).headers["X-Request-ID"].isalnum()


def test_a_refusal_is_one_line_with_who_and_where_and_no_inside(browser, officer, caplog, capsys):
    handler = next(one for one in logging.getLogger().handlers if type(one) is logging.StreamHandler)
    told = []
    with mock.patch.object(handler, "emit", lambda record: told.append(handler.format(record))):
        browser.get("/fr/me/notifications/deliveries/")
        browser.get("/fr/meetings/NONE-2026-01/")
        with without_database():
            browser.get("/fr/meetings/")
    assert [line.split(" portal.requests: ")[-1].rpartition(",")[0] for line in told if "portal.requests" in line] == [
        f"403 GET /fr/me/notifications/deliveries/, user {officer.pk}",
        f"404 GET /fr/meetings/NONE-2026-01/, user {officer.pk}",
        "503 GET /fr/meetings/, user -",
    ]
    assert not any("Traceback" in line for line in told)


def test_no_line_has_what_opens_a_door(caplog):
    caplog.set_level(logging.INFO)
    Client().get("/fr/actors/confirm/a-signed:secret-of-a-mail/")
    Client().get("/fr/accounts/password/reset/key/1-abcdef-secret/")
    assert lines(caplog)[0] == "404 GET /fr/actors/confirm/<token>/, user -"
    assert "secret" not in " ".join(lines(caplog))
