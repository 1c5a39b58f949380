"""A broker that falls silent while a worker says that a message is done with."""

from contextlib import contextmanager

import pytest
from kombu.transport import virtual
from redis.exceptions import TimeoutError as Silent

from portal.core.redis_broker import QoS


class SilentChannel:
    @contextmanager
    def conn_or_acquire(self, client=None):
        raise Silent("Timeout reading from socket")
        yield


@pytest.mark.parametrize(
    "say", [lambda qos: qos.ack("1"), lambda qos: qos.reject("1"), lambda qos: qos.reject("1", requeue=True)]
)
def test_a_worker_takes_the_next_message_though_nobody_heard_of_the_last(say):
    qos = QoS(SilentChannel(), prefetch_count=1)
    qos.restore_at_shutdown = False
    virtual.QoS.append(qos, "a message", "1")
    assert not qos.can_consume()
    with pytest.raises(Silent):
        say(qos)
    assert qos.can_consume()
