"""Redis as Celery's broker, whose silence costs a message and never a worker.

Kombu counts a message as in hand until the server has heard that it is done with. Where the server is silent just then,
kombu goes on counting it, and a worker that may hold one message takes no other until it is started again. Ours counts
it as done: the server, which still has it, gives it to somebody once more, and a row that is done is not done again.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from kombu.transport import redis, virtual


class QoS(redis.QoS):
    def ack(self, delivery_tag: str) -> None:
        with self._out_of_hand(delivery_tag):
            super().ack(delivery_tag)

    def reject(self, delivery_tag: str, requeue: bool = False) -> None:
        with self._out_of_hand(delivery_tag):
            super().reject(delivery_tag, requeue)

    @contextmanager
    def _out_of_hand(self, delivery_tag: str) -> Iterator[None]:
        try:
            yield
        except Exception:
            virtual.QoS.ack(self, delivery_tag)
            raise


class RedisChannel(redis.Channel):
    QoS = QoS


class RedisTransport(redis.Transport):
    Channel = RedisChannel
