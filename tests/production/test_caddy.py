"""The Caddyfile before a web server of ours, by the `caddy` of this machine; skipped where there is none."""

import os
import re
import shutil
import socket
import subprocess
import threading
import time
from contextlib import closing
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.production.test_settings import ROOT

CADDY = shutil.which("caddy")
pytestmark = pytest.mark.skipif(CADDY is None, reason="no caddy on this machine")
TOLD = subprocess.run([CADDY, "version"], capture_output=True, text=True, check=True).stdout if CADDY else "9.9"
#: Debian's: it calls one setting something else, and does not tell a body that is too large from a server that is gone
IS_OLD = tuple(map(int, re.search(r"(\d+)\.(\d+)", TOLD).groups())) < (2, 7)


class Behind(BaseHTTPRequestHandler):
    """What stands behind the proxy: keeps what it is asked."""

    asked: list = []

    def do_GET(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.asked.append((self.headers, body))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_POST = do_GET  # noqa: N815

    def log_message(self, *_told):
        pass


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="module")
def settled(tmp_path_factory):
    """The file as this machine's caddy reads it, which may be older than the portal's own, and its environment."""
    folder = tmp_path_factory.mktemp("caddy")
    text = (ROOT / "Caddyfile").read_text(encoding="utf-8").replace("{\n", "{\n\tadmin off\n", 1)
    if IS_OLD:
        text = re.sub(r"request_buffers (\S+)", r"buffer_requests\n\t\tmax_buffer_size \1", text)
    (folder / "Caddyfile").write_text(text, encoding="utf-8")
    homes = dict.fromkeys(("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME"), str(folder))
    return folder / "Caddyfile", os.environ | homes | {"DOMAIN": f"http://127.0.0.1:{free_port()}", "BODY_MAX": "3MB"}


@pytest.fixture
def server():
    Behind.asked = []
    with ThreadingHTTPServer(("127.0.0.1", 0), Behind) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def proxy(settled, server):
    """The port where the proxy listens."""
    file, environment = settled
    port = int(environment["DOMAIN"].rpartition(":")[2])
    command = [CADDY, "run", "--config", file, "--adapter", "caddyfile"]
    with (file.parent / "log").open("wb") as log:
        told = environment | {"WEB": f"127.0.0.1:{server.server_port}"}
        process = subprocess.Popen(command, env=told, stdout=log, stderr=log)
    try:
        for _attempt in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture
def ask(proxy):
    def ask(method="GET", body=None, headers=()):
        with closing(HTTPConnection("127.0.0.1", proxy, timeout=10)) as connection:
            connection.request(method, "/fr/", body, dict(headers))
            answer = connection.getresponse()
            return answer, answer.read().decode()

    return ask


def test_the_file_is_valid(settled):
    file, environment = settled
    environment = environment | {"DOMAIN": "portal.example.org"}
    command = [CADDY, "validate", "--config", file, "--adapter", "caddyfile"]
    answer = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr


def test_nobody_says_by_themselves_from_where_they_come(ask):
    lies = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https", "X-Request-ID": "of-my-own-making"}
    answer, _page = ask(headers=lies)
    [(headers, _body)] = Behind.asked
    assert answer.status == 200
    assert headers.get_all("X-Forwarded-For") == ["127.0.0.1"]
    assert headers.get_all("X-Forwarded-Proto") == ["http"]
    [number] = headers.get_all("X-Request-ID")
    assert re.fullmatch(r"[0-9a-f-]{36}", number)


def test_a_form_that_comes_byte_by_byte_is_handed_on_when_it_is_whole(proxy):
    head = b"POST /fr/ HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nContent-Length: 6\r\n\r\n" % proxy
    with socket.create_connection(("127.0.0.1", proxy), 10) as line:
        line.sendall(head + b"login")
        time.sleep(0.5)
        assert Behind.asked == []
        line.sendall(b"=")
        assert line.recv(100).startswith(b"HTTP/1.1 200")
    assert Behind.asked[0][1] == b"login="


def test_a_large_file_comes_through(ask):
    body = os.urandom(2_900_000)
    assert ask("POST", body)[0].status == 200
    assert Behind.asked[0][1] == body


def test_what_is_larger_than_anything_taken_is_refused_in_three_languages(ask):
    answer, page = ask("POST", bytes(3_000_001))
    assert answer.status == (503 if IS_OLD else 413)
    assert re.findall(r'lang="(\w+)"', page) == ["ar", "fr", "en"]


def test_a_server_that_is_gone_is_told_in_three_languages(server, ask):
    server.shutdown()
    server.socket.close()
    answer, page = ask()
    assert (answer.status, answer.getheader("Retry-After")) == (503, "10")
    assert answer.getheader("Content-Type") == "text/html; charset=utf-8"
    assert re.findall(r'lang="(\w+)"', page) == ["ar", "fr", "en"]
