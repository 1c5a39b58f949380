"""How the web server runs, in the container and without one; the command line may say otherwise."""

import ctypes
import gc
from contextlib import suppress
from pathlib import Path
from typing import Any

bind = "0.0.0.0:8000"  # the container's own network, or behind a proxy of the same machine: say --bind 127.0.0.1:8000
workers = 2
# These only receive and send, however slowly somebody does; who answers, and how many at once: portal/wsgi.py.
threads = 200
# A process that gives no sign of life is replaced; one that ends lets its requests end first.
timeout = 30
graceful_timeout = 20
keepalive = 5
# No page of ours asks for more: the longest address has a list's filters in it.
limit_request_line = 4094
limit_request_fields = 60
limit_request_field_size = 8190
# Whatever leaks is given back now and then, not by all at once.
max_requests, max_requests_jitter = 2000, 200
if Path("/dev/shm").is_dir():  # noqa: S108 - a sign of life must not wait for a disk
    worker_tmp_dir = "/dev/shm"  # noqa: S108
control_socket_disable = True
# The portal writes a line for each request, without what opens a door (portal/core/logs.py). Whoever wants the server's
# own as well (--access-logfile -) gets it without addresses: personal links are among them.
access_log_format = '%(h)s %(t)s "%(m)s" %(s)s %(b)s %(M)sms'
# The portal is read once, and every process is a copy of that one: what none of them changes is in memory once.
preload_app = True


def when_ready(server: Any) -> None:
    """Before the first copy is made, what an answer needs is read. It stays: it is not looked through for what may go,
    nor copied after all by that. Of what an answer makes almost all goes by itself."""
    from portal.core.warm import warm

    warm()
    gc.collect()
    gc.freeze()
    gc.set_threshold(5_000, 5, 4)
    _few_heaps()


def _few_heaps() -> None:
    """Each of many threads would have a heap of its own, and keep what it once needed: two for all, where the C library
    is one that does so (`mallopt`, M_ARENA_MAX)."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(-8, 2)
