"""How the web server runs, in the container and without one; the command line may say otherwise."""

from pathlib import Path

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
