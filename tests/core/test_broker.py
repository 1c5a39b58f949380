"""The embedded broker: what several processes put arrives once and whole, and what is no message stops nobody."""

import json
import os
import subprocess
import sys
import time
from itertools import cycle
from pathlib import Path
from threading import Thread

import pytest
from django.conf import settings
from kombu import Exchange, Queue

from portal.core.broker import Transport
from tests.core.putting_messages import broker

WRITER = Path(__file__).with_name("putting_messages.py")
FOREIGN = {
    "empty": b"",
    "half-written": b'{"body": "W10=", "properties": {"delivery_',
    "not text": b"\xff\xfe\x00",
    "a list": b"[1, 2]",
    "wrong keys": b'{"hello": "world"}',
    "no address": b'{"body": "W10=", "properties": {"delivery_tag": "x"}}',
}


@pytest.fixture
def folder(tmp_path):
    """A broker of its own; what this process knows of the last one's tables does not hold here."""
    Transport.global_state.clear()
    return tmp_path


@pytest.fixture
def queue(folder):
    with broker(folder) as connection, connection.SimpleQueue("work") as queue:
        yield queue


def taken(queue):
    """Everything that waits, taken."""
    found = []
    while True:
        try:
            message = queue.get_nowait()
        except queue.Empty:
            return found
        message.ack()
        found.append(message.payload)


def names(folder, kind):
    return sorted(path.name for path in (folder / kind).glob("*"))


def test_two_thousand_messages_of_four_processes_arrive_once_and_whole(folder, queue):
    each, seconds = 500, 60
    environment = {**os.environ, "PYTHONPATH": str(settings.BASE_DIR)}
    writers = [
        subprocess.Popen([sys.executable, str(WRITER), str(folder), str(who), str(each)], env=environment)
        for who in range(4)
    ]
    found, deadline = [], time.monotonic() + seconds
    with broker(folder) as other, other.SimpleQueue("work") as second:
        for reader in cycle((queue, second)):
            ended = all(writer.poll() is not None for writer in writers)
            now = taken(reader)
            found += now
            if (ended and not now) or time.monotonic() > deadline:
                break
            time.sleep(0 if now else 0.02)
    assert [writer.wait(seconds) for writer in writers] == [0] * 4
    assert sorted(found) == [[str(who), number] for who in range(4) for number in range(each)]
    assert names(folder, "unreadable") == names(folder, "queue/work") == []


def test_what_two_readers_have_both_seen_only_one_takes(folder, queue):
    for number in range(6):
        queue.put(number)
    with broker(folder) as other, other.SimpleQueue("work") as second:
        first_of_all = queue.get_nowait().payload  # this reader now knows of all six
        assert (first_of_all, taken(second), taken(queue)) == (0, [1, 2, 3, 4, 5], [])


def test_messages_are_taken_in_the_order_they_were_put(queue):
    for number in range(20):
        queue.put(number)
    assert taken(queue) == list(range(20))


@pytest.mark.parametrize("content", FOREIGN.values(), ids=FOREIGN)
def test_what_is_no_message_is_set_aside_and_the_next_one_taken(content, folder, queue, caplog):
    (folder / "queue" / "work" / "0000.msg").write_bytes(content)
    queue.put("good")
    assert taken(queue) == ["good"]
    assert taken(queue) == []
    [kept] = (folder / "unreadable").iterdir()
    assert kept.read_bytes() == content
    [record] = caplog.records
    assert record.getMessage().startswith("0000.msg cannot be read (")
    assert record.getMessage().endswith(f"set aside as {kept}.")


def test_a_queue_is_emptied_without_touching_another(folder, queue):
    with broker(folder) as other, other.SimpleQueue("elsewhere") as elsewhere:
        for number in range(3):
            queue.put(number)
            elsewhere.put(number)
        assert (len(queue), len(elsewhere)) == (3, 3)
        assert queue.clear() == 3
        assert (taken(queue), taken(elsewhere)) == ([], [0, 1, 2])


def test_files_that_are_no_messages_stay_where_they_are(folder, queue):
    others = ["notes.txt", ".hidden", "0000.msg~", ".begun-just-now.part"]
    for name in others:
        (folder / "queue" / "work" / name).write_text("{")
    queue.put("good")
    assert len(queue) == 1
    assert taken(queue) == ["good"]
    assert names(folder, "queue/work") == sorted(others)


def test_a_folder_in_a_messages_place_is_set_aside_too(folder, queue):
    (folder / "queue" / "work" / "0000.msg").mkdir()
    assert taken(queue) == []
    assert len(names(folder, "unreadable")) == 1


def test_a_file_whose_writer_died_is_set_aside_after_an_hour(folder, queue, caplog):
    part = folder / "queue" / "work" / ".half.part"
    part.write_text('{"body": "W1')
    assert (taken(queue), names(folder, "queue/work")) == ([], [".half.part"])
    os.utime(part, (time.time() - 3700,) * 2)
    assert (taken(queue), names(folder, "queue/work")) == ([], [])
    assert [record.getMessage().split(" cannot")[0] for record in caplog.records] == [".half.part"]


@pytest.mark.parametrize(
    ("headers", "body"),
    [({"task": "t"}, [[], {}, {}]), ({"task": ["t"], "id": "1"}, [[], {}, {}]), ({"task": "t", "id": "1"}, [1])],
    ids=["no id", "an unhashable name", "no arguments"],
)
def test_a_task_a_worker_would_fall_over_is_set_aside(headers, body, folder, queue):
    queue.producer.publish(body, headers=headers)
    queue.producer.publish([[], {}, {}], headers={"task": "t", "id": "1"})
    assert taken(queue) == [[[], {}, {}]]
    assert len(names(folder, "unreadable")) == 1


def test_a_message_given_back_again_and_again_is_set_aside(folder, queue):
    queue.put("whatever makes workers fall")
    for _ in range(4):
        assert queue.get_nowait().payload == "whatever makes workers fall"
        queue.channel.basic_recover(requeue=True)
    assert taken(queue) == []
    assert len(names(folder, "unreadable")) == 1


def test_a_message_given_back_once_comes_again(queue):
    queue.put("taken by a worker that was stopped")
    queue.get_nowait()
    queue.channel.basic_recover(requeue=True)
    assert taken(queue) == ["taken by a worker that was stopped"]


def test_a_full_disk_leaves_no_half_message(folder, queue, monkeypatch):
    def full(part, target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(queue.channel.connection.channel_errors, match="No space left"):
        queue.put("lost, and its sender knows")
    assert names(folder, "queue/work") == []


def test_a_queue_folder_that_vanished_is_made_again(folder, queue):
    (folder / "queue" / "work").rmdir()
    assert taken(queue) == []
    (folder / "queue" / "work").rmdir()
    queue.put("good")
    assert taken(queue) == ["good"]


def test_all_who_listen_at_once_stand_in_the_table(folder):
    def listen(who):
        with broker(folder) as connection:
            for number in range(10):
                Queue(f"{who}-{number}", Exchange("news", "fanout"))(connection.default_channel).declare()

    listeners = [Thread(target=listen, args=(who,)) for who in range(4)]
    for one in listeners:
        one.start()
    for one in listeners:
        one.join()
    table = json.loads((folder / "control" / "news.exchange").read_text())
    assert sorted(row[2] for row in table) == [f"{who}-{number}" for who in range(4) for number in range(10)]


@pytest.mark.parametrize("content", [b"", b'[["", ""', b'{"hello": "world"}'])
def test_an_unreadable_table_is_set_aside_and_made_again(content, folder, caplog):
    (folder / "control").mkdir()
    (folder / "control" / "news.exchange").write_bytes(content)
    with broker(folder) as connection:
        channel = connection.default_channel
        assert channel.get_table("news") == []
        listener = Queue("listener", Exchange("news", "fanout"))(channel)
        listener.declare()
        assert [row.queue for row in channel.get_table("news")] == ["listener"]
        listener.delete()
        assert channel.get_table("news") == []
    assert len(names(folder, "unreadable")) == len(caplog.records) == 1
