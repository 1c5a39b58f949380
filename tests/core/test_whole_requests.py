"""A request goes to a thread that answers when all of it is here, and to none where the rest never comes."""

import html
import io
import socket
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from portal.core import whole
from portal.core.whole import WholeRequests


class Application:
    """Keeps what it was asked."""

    def __init__(self):
        self.bodies = []

    def __call__(self, environ, start_response):
        length = int(environ.get("CONTENT_LENGTH") or 0)
        self.bodies.append(environ["wsgi.input"].read(length))
        start_response("200 OK", [])
        return [b"answered"]


class Slow(io.RawIOBase):
    """A body whose end does not come before it is let go."""

    def __init__(self):
        self.let_go, self.asked = threading.Event(), threading.Event()

    def read(self, size=-1):
        self.asked.set()
        self.let_go.wait(10)
        return b""


@pytest.fixture
def application():
    return Application()


@pytest.fixture
def ask(application, tmp_path):
    server = WholeRequests(application, at_once=1, folder=tmp_path, patience=0.2)

    def ask(body=b"", length=None, **environ):
        said = []
        source = body if hasattr(body, "read") else io.BytesIO(body)
        environ |= {"CONTENT_LENGTH": str(len(body) if length is None else length), "wsgi.input": source}
        answer = server(environ, lambda status, headers: said.append(status))
        return said[0], b"".join(answer)

    return ask


def test_forms_that_never_end_keep_nobody_else_waiting(ask, application):
    slow = [Slow() for _sender in range(20)]
    with ThreadPoolExecutor(20) as senders:
        sent = [senders.submit(ask, body, 5000) for body in slow]
        assert all(body.asked.wait(5) for body in slow)
        assert ask() == ("200 OK", b"answered")
        for body in slow:
            body.let_go.set()
        assert {one.result()[0] for one in sent} == {"408 Request Timeout"}
    assert application.bodies == [b""]


@pytest.mark.parametrize("size", [1, whole.IN_MEMORY, 3 * whole.IN_MEMORY])
def test_a_body_arrives_as_it_was_sent(ask, application, size):
    body = b"0123456789" * (size // 10 + 1)
    assert ask(body) == ("200 OK", b"answered")
    assert application.bodies == [body]


def test_what_is_larger_than_anything_taken_is_read_to_its_end_and_refused(ask, application, monkeypatch):
    monkeypatch.setattr(whole, "LARGEST", 100)
    body = io.BytesIO(b"x" * 101)
    status, page = ask(body, 101, PATH_INFO="/ar/meetings/")
    assert status == "413 Content Too Large"
    assert 'dir="rtl"' in page.decode()
    assert 'data-kind="primary"' not in page.decode()
    assert body.read() == b""
    assert application.bodies == []


def test_where_there_is_no_room_for_it_the_answer_says_so(ask, application, monkeypatch):
    class Full(io.BytesIO):
        def write(self, data):
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(whole, "SpooledTemporaryFile", lambda *_args, **_options: Full())
    status, page = ask(b"x" * 200_000, PATH_INFO="/fr/meetings/")
    assert status == "503 Service Unavailable"
    said = html.unescape(page.decode())
    assert "<h1>Rien n’est encore enregistré</h1>" in said
    assert "Le portail n’accède pas à ses données" not in said
    assert "rien n’en a été enregistré. Revenez en arrière" in said
    assert 'href="/fr/meetings/"' not in said
    assert 'data-kind="primary"' not in said, "who reads “go back” is not led to the first page"
    assert application.bodies == []


def test_what_is_left_to_be_written_at_the_end_finds_no_room_either(ask, application, monkeypatch):
    """As Python's file does, which still holds the last bytes it could not write."""

    class Full:
        def write(self, data):
            raise OSError(28, "No space left on device")

        def seek(self, *args):
            raise OSError(28, "No space left on device")

        def close(self):
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(whole, "SpooledTemporaryFile", lambda *_args, **_options: Full())
    assert ask(b"x" * 200_000)[0] == "503 Service Unavailable"


def test_a_line_that_stays_silent_is_not_listened_to_for_ever(ask, application):
    ours, theirs = socket.socketpair()
    with ours, theirs, ours.makefile("rb") as source:
        theirs.sendall(b"login=")
        assert ask(source, 5000, **{"gunicorn.socket": ours})[0] == "408 Request Timeout"
    assert application.bodies == []
