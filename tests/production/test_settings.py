"""Settings: safe and working with nothing set, and refusing to start half-set in production."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
KEY = "k9Zt-2fWq_7LxA0vB4nM8sRd1HuJ6yPc3EgTiXoQ5wVaNbCzKlUe"
PRODUCTION = {
    "PORTAL_ENV": "production",
    "SECRET_KEY": KEY,
    "ALLOWED_HOSTS": "portal.example.org,www.portal.example.org",
    "EMAIL_URL": "smtp+tls://user:p%40ss@mail.example.org",
    "DATABASE_URL": "postgres://tansiq:secret@db.example.org:5432/tansiq",
    "REDIS_URL": "redis://redis.example.org:6379/0",
}
READ = """
import json, sys
from django.conf import settings
def told(value):
    return value if isinstance(value, (str, int, bool, list, dict)) else str(value)
print(json.dumps({name: told(getattr(settings, name, None)) for name in sys.argv[1:]}, default=str))
"""


def read(tmp_path, names=(), code=READ, **variables):
    """What a fresh process reads from settings with only these variables set."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    environment = {
        **kept,
        **variables,
        "DJANGO_SETTINGS_MODULE": "portal.settings",
        "PORTAL_VAR": str(tmp_path / "var"),
        "STATIC_ROOT": str(tmp_path / "staticfiles"),
        "PYTHONPATH": str(ROOT),
    }
    return subprocess.run(
        [sys.executable, "-c", code, *names],
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def values(tmp_path, *names, **variables):
    answer = read(tmp_path, names, **variables)
    assert answer.returncode == 0, answer.stderr
    return json.loads(answer.stdout)


def test_with_nothing_set_the_portal_is_embedded_safe_and_complete(tmp_path):
    names = ("PORTAL_ENV", "DEBUG", "DATABASES", "CELERY_BROKER_URL", "CELERY_BROKER_TRANSPORT", "PORTAL_REGION")
    told = values(tmp_path, *names, "MAILERS", "IS_DEMO")
    assert told["PORTAL_ENV"] == "embedded"
    assert told["DEBUG"] is False
    assert told["DATABASES"]["default"]["ENGINE"] == "django.db.backends.sqlite3"
    assert told["DATABASES"]["default"]["NAME"] == str(tmp_path / "var" / "tansiq.sqlite3")
    assert told["CELERY_BROKER_URL"] == "filesystem://localhost/"
    assert told["CELERY_BROKER_TRANSPORT"] == "portal.core.broker:Transport"
    assert told["PORTAL_REGION"] == "02"
    assert told["MAILERS"]["default"]["BACKEND"].endswith("filebased.EmailBackend")
    assert told["IS_DEMO"] is True


def test_two_embedded_processes_share_one_key_that_only_the_owner_reads(tmp_path):
    first, second = values(tmp_path, "SECRET_KEY"), values(tmp_path, "SECRET_KEY")
    assert first == second
    assert len(first["SECRET_KEY"]) >= 50
    assert (tmp_path / "var" / "secret_key").stat().st_mode & 0o777 == 0o600


def test_production_reads_all_of_it_from_the_environment(tmp_path):
    told = values(
        tmp_path,
        *(
            "PORTAL_ENV",
            "DEBUG",
            "DATABASES",
            "CELERY_BROKER_URL",
            "CELERY_BROKER_TRANSPORT",
            "MAILERS",
            "SITE_ADDRESS",
            "CSRF_TRUSTED_ORIGINS",
        ),
        *(
            "SESSION_COOKIE_SECURE",
            "CSRF_COOKIE_SECURE",
            "SECURE_SSL_REDIRECT",
            "STYLEGUIDE",
            "IS_DEMO",
            "WHITENOISE_USE_FINDERS",
        ),
        **PRODUCTION,
    )
    database = told["DATABASES"]["default"]
    assert (database["ENGINE"], database["HOST"], database["NAME"]) == (
        "portal.core.postgres",
        "db.example.org",
        "tansiq",
    )
    assert told["CELERY_BROKER_URL"] == PRODUCTION["REDIS_URL"]
    assert told["CELERY_BROKER_TRANSPORT"] == "portal.core.redis_broker:RedisTransport"
    assert told["SITE_ADDRESS"] == "https://portal.example.org"
    assert told["CSRF_TRUSTED_ORIGINS"] == ["https://portal.example.org"]
    options = told["MAILERS"]["default"]["OPTIONS"]
    assert (options["host"], options["port"], options["use_tls"], options["password"]) == (
        "mail.example.org",
        587,
        True,
        "p@ss",
    )
    assert told["SESSION_COOKIE_SECURE"] is True
    assert told["CSRF_COOKIE_SECURE"] is True
    assert told["SECURE_SSL_REDIRECT"] is True
    assert [told["DEBUG"], told["STYLEGUIDE"], told["IS_DEMO"], told["WHITENOISE_USE_FINDERS"]] == [False] * 4


@pytest.mark.parametrize(("scheme", "first"), [("redis", b"*"), ("rediss", b"\x16")], ids=["plain", "encrypted"])
def test_a_broker_that_is_to_be_encrypted_hears_a_handshake_first(tmp_path, scheme, first):
    code = """
from portal.celery import app
app.conf.broker_transport_options |= {"socket_timeout": 0.2}
try:
    app.connection_for_write().channel()
except Exception as error:
    print(type(error).__name__)
"""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(5)
        address = f"{scheme}://:secret@127.0.0.1:{server.getsockname()[1]}/0"
        answer = read(tmp_path, code=code, **{**PRODUCTION, "REDIS_URL": address})
        assert answer.stdout, answer.stderr
        line, _peer = server.accept()
        with line:
            assert line.recv(1) == first


def test_a_database_address_means_production(tmp_path):
    told = values(tmp_path, "PORTAL_ENV", **{name: value for name, value in PRODUCTION.items() if name != "PORTAL_ENV"})
    assert told["PORTAL_ENV"] == "production"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", None),
        ("SECRET_KEY", ""),
        ("SECRET_KEY", "changeme"),
        ("SECRET_KEY", "a" * 60),
        ("ALLOWED_HOSTS", None),
        ("EMAIL_URL", None),
        ("EMAIL_URL", "http://mail.example.org"),
        ("PORTAL_ENV", "staging"),
        ("DEBUG", "1"),
    ],
)
def test_production_refuses_to_start_half_set_and_names_what_is_missing(tmp_path, name, value):
    variables = {key: old for key, old in {**PRODUCTION, name: value}.items() if old is not None}
    answer = read(tmp_path, ["DEBUG"], **variables)
    assert answer.returncode != 0
    assert "ImproperlyConfigured" in answer.stderr
    assert name in answer.stderr.splitlines()[-1]


def test_a_refusal_never_shows_the_secret(tmp_path):
    answer = read(tmp_path, ["DEBUG"], **{**PRODUCTION, "SECRET_KEY": "short-but-secret"})
    assert answer.returncode != 0
    assert "short-but-secret" not in answer.stderr


def test_the_browser_may_run_no_inline_script_and_load_nothing_from_elsewhere(tmp_path):
    policy = values(tmp_path, "SECURE_CSP", **PRODUCTION)["SECURE_CSP"]
    sources = {source for directive in policy.values() for source in directive}
    assert sources <= {"'self'", "'none'", "data:"}


def test_morocco_is_on_utc_for_good_whatever_the_machine_believes(tmp_path):
    code = (
        "import portal, datetime, zoneinfo;"
        "print(datetime.datetime(2026, 12, 1, tzinfo=zoneinfo.ZoneInfo('Africa/Casablanca')).utcoffset())"
    )
    assert read(tmp_path, code=code).stdout.strip() == "0:00:00"


def test_static_files_built_by_one_user_are_read_by_another_and_uploads_are_not(tmp_path):
    """The image collects them as root and serves them as nobody special."""
    code = """
import os
import django
os.umask(0o022)
django.setup()
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
staticfiles_storage.save("some.css", ContentFile(b"a {}"))
staticfiles_storage.save_manifest()
default_storage.save("some.txt", ContentFile(b"a"))
"""
    answer = read(tmp_path, code=code, **PRODUCTION, MEDIA_ROOT=str(tmp_path / "media"))
    assert answer.returncode == 0, answer.stderr
    modes = {path.name: oct(path.stat().st_mode & 0o777) for path in tmp_path.rglob("some.*")}
    modes["staticfiles.json"] = oct((tmp_path / "staticfiles" / "staticfiles.json").stat().st_mode & 0o777)
    assert modes == {"some.css": "0o644", "staticfiles.json": "0o644", "some.txt": "0o640"}
