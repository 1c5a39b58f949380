"""The embedded broker: kombu's transport over folders, in steps that no other process ever sees half done.

1. A message is written beside and renamed: whoever sees it sees the whole of it.
2. It is taken by reading, then unlinking it: one process alone succeeds at that, and one that dies before took nothing.
3. What cannot be read is moved aside with a line in the log, and the next one's turn comes.
4. A table of who listens to an exchange is changed by one process at a time, written beside and renamed like a message.
"""

import fcntl
import logging
import os
import time
import uuid
from collections import defaultdict, deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from queue import Empty
from typing import Any

from kombu.exceptions import ChannelError
from kombu.transport import filesystem
from kombu.transport.filesystem import exchange_queue_t
from kombu.utils.json import dumps, loads

log = logging.getLogger(__name__)

#: A file still being written; older than this (in seconds), its writer is dead.
PART, PATIENCE = ".part", 3600
#: So often a message may come back unfinished before it is taken for what the worker falls over.
RETURNS = 3


class Channel(filesystem.Channel):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._seen: defaultdict[str, deque[Path]] = defaultdict(deque)

    def _put(self, queue: str, payload: dict[str, Any], **kwargs: Any) -> None:  # type: ignore[override]  # as kombu's does
        _write(Path(self.data_folder_out) / queue / f"{time.time_ns():020}_{uuid.uuid4()}.msg", dumps(payload))

    def _get(self, queue: str, timeout: float | None = None) -> dict[str, Any]:
        for path in self._waiting(queue):
            try:
                payload = self._read(path)
                path.unlink()
            except FileNotFoundError:
                continue  # another process was quicker
            except Exception as failure:  # whatever is wrong with this one, the others go on
                self._set_aside(path, failure)
            else:
                return payload
        raise Empty

    def _size(self, queue: str) -> int:
        return sum(name.endswith(".msg") for name in self._names(queue))

    def _purge(self, queue: str) -> int:
        names = [name for name in self._names(queue) if name.endswith(".msg")]
        for name in names:
            (Path(self.data_folder_in) / queue / name).unlink(missing_ok=True)
        return len(names)

    def _restore(self, message: Any) -> None:
        message.properties["returns"] = message.properties.get("returns", 0) + 1
        super()._restore(message)

    def get_table(self, exchange: str) -> list[exchange_queue_t]:
        with self._locked_tables():
            return self._table(self._exchange_file(exchange))

    def _queue_bind(self, exchange: str, routing_key: str, pattern: str, queue: str) -> None:
        file, row = self._exchange_file(exchange), exchange_queue_t(routing_key or "", pattern or "", queue or "")
        with self._locked_tables():
            rows = self._table(file)
            if row not in rows:
                _write(file, dumps([row, *rows]))

    def _delete(self, queue: str, exchange: str, routing_key: str, pattern: str, *args: Any, **kwargs: Any) -> None:
        self._purge(queue)
        with suppress(OSError):  # somebody put one meanwhile
            (Path(self.data_folder_in) / queue).rmdir()
        file, row = self._exchange_file(exchange), exchange_queue_t(routing_key or "", pattern or "", queue or "")
        with self._locked_tables():
            rows = self._table(file)
            if row in rows:
                _write(file, dumps([other for other in rows if other != row]))

    def _waiting(self, queue: str) -> Iterator[Path]:
        """Messages of the queue, oldest first; the folder is listed again when those seen the last time are through."""
        seen = self._seen[queue]
        while seen:
            yield seen.popleft()
        for name in sorted(self._names(queue)):
            path = Path(self.data_folder_in) / queue / name
            if name.endswith(".msg"):
                seen.append(path)
            elif name.endswith(PART):
                self._set_aside_when_old(path)
        while seen:
            yield seen.popleft()

    def _names(self, queue: str) -> list[str]:
        """A queue's folder is its own: between any two tasks a worker looks for orders, and must not list all tasks."""
        folder = Path(self.data_folder_in) / queue
        folder.mkdir(parents=True, exist_ok=True)
        return os.listdir(folder)  # noqa: PTH208 - names are enough

    def _read(self, path: Path) -> dict[str, Any]:
        """The message, when everything is there that kombu and a worker take for granted; else any exception."""
        payload: dict[str, Any] = loads(path.read_bytes())
        message = self.Message(payload, channel=self)
        _way_back = message.delivery_info["exchange"], message.delivery_info["routing_key"]
        if "task" in message.headers:
            _looked_up = {message.headers["task"]: message.headers["id"]}
            _args, _kwargs, _embedded = message.decode()
        if message.properties.get("returns", 0) > RETURNS:
            raise ValueError(f"given back unfinished more than {RETURNS} times")
        return payload

    def _table(self, file: Path) -> list[exchange_queue_t]:
        try:
            return [exchange_queue_t(*row) for row in loads(file.read_bytes())]
        except FileNotFoundError:
            return []
        except Exception as failure:  # a table is made again by whoever listens next
            self._set_aside(file, failure)
            return []

    @contextmanager
    def _locked_tables(self) -> Iterator[None]:
        """One process at a time; the kernel drops the lock of one that dies."""
        self.control_folder.mkdir(parents=True, exist_ok=True)
        with (self.control_folder / "lock").open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _set_aside_when_old(self, part: Path) -> None:
        with suppress(FileNotFoundError):  # finished meanwhile
            if part.stat().st_mtime < time.time() - PATIENCE:
                self._set_aside(part, ValueError("its writer died"))

    def _set_aside(self, path: Path, failure: Exception) -> None:
        aside = Path(self.transport_options["unreadable_folder"])
        aside.mkdir(parents=True, exist_ok=True)
        kept = aside / uuid.uuid4().hex
        with suppress(FileNotFoundError):  # another process did
            path.rename(kept)
            log.warning("%s cannot be read (%r); it was set aside as %s.", path.name, failure, kept)


class Transport(filesystem.Transport):
    Channel = Channel


def _write(path: Path, text: str) -> None:
    part = path.with_name(f".{uuid.uuid4()}{PART}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_text(text, encoding="utf-8")
        part.replace(path)
    except OSError as failure:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise ChannelError(f"Cannot write {path}: {failure}") from failure
