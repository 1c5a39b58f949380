"""The compose file: right by its schema, and saying of each service what production needs."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from django.conf import settings

from portal.core.whole import LARGEST, PATIENCE

ROOT = Path(__file__).resolve().parents[2]
WORKERS = ("short", "mail", "long")
OURS = ("migrate", "web", *WORKERS, "beat")


@pytest.fixture(scope="module")
def compose():
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def services(compose):
    return compose["services"]


def variables(path):
    """The names of an env file, those in comments too."""
    return set(re.findall(r"^#?([A-Z_]+)=", path.read_text(encoding="utf-8"), re.MULTILINE))


def test_it_holds_to_the_compose_specification():
    answer = subprocess.run(
        [
            *(sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec"),
            *("--output-format", "json", str(ROOT / "docker-compose.yml")),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stdout
    assert json.loads(answer.stdout)["status"] == "ok"


def test_it_runs_the_portal_its_database_and_its_broker_and_mailpit_for_development(services):
    assert set(services) == {*OURS, "caddy", "postgres", "redis", "mailpit"}
    assert services["mailpit"]["profiles"] == ["dev"]
    assert [name for name in services if services[name].get("profiles")] == ["mailpit"]


def test_everything_of_ours_is_one_image_in_production_form_told_by_one_file(services):
    for name in OURS:
        service = services[name]
        assert service["image"] == "tansiq:latest"
        assert service["env_file"] == ".env"
        assert service["environment"]["PORTAL_ENV"] == "production"
        assert service["environment"]["DATABASE_URL"].startswith("postgres://")
        assert service["environment"]["REDIS_URL"].startswith("redis://")
        assert service["cap_drop"] == ["ALL"]


def test_they_start_in_the_order_of_health(services):
    assert services["migrate"]["depends_on"] == {"postgres": {"condition": "service_healthy"}}
    for name in ("web", *WORKERS, "beat"):
        assert services[name]["depends_on"] == {
            "migrate": {"condition": "service_completed_successfully"},
            "postgres": {"condition": "service_healthy"},
            "redis": {"condition": "service_healthy"},
        }
    assert "/health/ready" in services["web"]["healthcheck"]["test"][-1]
    assert all("healthcheck" in services[name] for name in ("web", *WORKERS, "postgres", "redis"))


def test_nothing_but_the_proxys_doors_is_open_to_others_than_this_machine(services):
    ports = {name: service["ports"] for name, service in services.items() if "ports" in service}
    assert ports == {
        "caddy": ["80:80", "443:443", "443:443/udp"],
        "web": ["127.0.0.1:${PORT:-8000}:8000"],
        "mailpit": ["127.0.0.1:8025:8025"],
    }


def test_each_queue_has_workers_of_its_own(services):
    queues = [re.search(r"--queues (\S+)", services[name]["command"])[1] for name in WORKERS]
    assert sorted(queues) == sorted(queue.name for queue in settings.CELERY_TASK_QUEUES)


def test_the_proxy_takes_as_much_as_the_web_server_and_holds_little_of_it(services):
    told = (ROOT / "Caddyfile").read_text(encoding="utf-8")
    assert "./Caddyfile:/etc/caddy/Caddyfile:ro" in services["caddy"]["volumes"]
    assert re.search(r"max_size {\$BODY_MAX:(\d+)MB}", told)[1] == str(LARGEST // 1_000_000)
    assert settings.MEDIA_MAX_MB * 1024 * 1024 < LARGEST
    assert re.search(r"request_buffers \dMB", told)
    assert re.search(r"read_header \d+s", told)
    assert int(re.search(r"read_body (\d+)m", told)[1]) * 60 == PATIENCE


def test_no_secret_is_written_into_it(services):
    assert "POSTGRES_PASSWORD:?" in services["postgres"]["environment"]["POSTGRES_PASSWORD"]
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    assert not re.search(r"SECRET_KEY|://[^/\s$]+:[^$\s]+@", text)


def test_every_variable_of_the_settings_is_explained_in_the_example():
    text = (ROOT / "portal" / "settings.py").read_text(encoding="utf-8")
    read = set(re.findall(r'env(?:\.\w+)?\(\s*"([A-Z_]+)"', text)) | set(re.findall(r'"(\w+_URL)" if IS_TEST', text))
    assert read - variables(ROOT / ".env.example") == set()


def test_the_image_runs_as_nobody_special_from_the_hashed_lock():
    lines = (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines()
    users = [line for line in lines if line.startswith("USER ")]
    assert users == ["USER tansiq"]
    assert any("--require-hashes" in line and "requirements.txt" in line for line in lines)
    copied = {line.split()[-1] for line in lines if line.startswith("COPY ") and "--from" not in line}
    assert {"locale", "static", "templates", "portal", "actors", "meetings", "recommendations"} <= copied
    assert "." not in copied


@pytest.mark.parametrize("lock", ["requirements.txt", "requirements-dev.txt"])
def test_the_lock_pins_with_hashes_and_names_no_address(lock):
    lines = (ROOT / lock).read_text(encoding="utf-8").splitlines()
    pins = [number for number, line in enumerate(lines) if re.match(r"[a-z0-9.-]+==", line)]
    assert len(pins) > 30
    assert all("--hash=sha256:" in lines[number + 1] for number in pins)
    assert [line for line in lines if line.startswith("-") or "://" in line] == []
