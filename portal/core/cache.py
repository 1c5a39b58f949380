"""The cache on Redis, which the portal can do without: while Redis is away nothing is kept, and nobody waits for it."""

import logging
from collections.abc import Callable
from typing import Any

from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from portal.core.breaker import Away, Breaker

log = logging.getLogger(__name__)

#: seconds: how long one question may take, and how long nobody asks after one that was not answered
ANSWER, PAUSE = 0.5, 10
breaker = Breaker(PAUSE)
#: what each question is answered while Redis is away; a lock is given, since nobody could give it back
WHEN_AWAY: dict[str, Any] = {
    "add": True, "set": None, "touch": False, "delete": False, "has_key": False, "get_many": {}, "set_many": None,
    "delete_many": None, "clear": False,
}  # fmt: skip


def _guarded(ask: Callable[..., Any], name: str) -> Callable[..., Any]:
    def answer(client: RedisCacheClient, *args: Any, **kwargs: Any) -> Any:
        try:
            with breaker.asking(RedisError):
                return ask(client, *args, **kwargs)
        except Away:
            pass
        except RedisError as failure:
            log.warning("The cache is away, nobody asks it for %s seconds: %r", PAUSE, failure)
        # `get` is asked with what it answers where nothing is kept.
        return args[1] if name == "get" else WHEN_AWAY[name]

    return answer


Client = type(
    "Client",
    (RedisCacheClient,),
    {name: _guarded(getattr(RedisCacheClient, name), name) for name in ("get", *WHEN_AWAY)},
)


class GuardedCache(RedisCache):
    """As Django's, behind a breaker."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        once = {"socket_connect_timeout": ANSWER, "socket_timeout": ANSWER, "retry": Retry(NoBackoff(), 0)}
        super().__init__(server, {**params, "OPTIONS": once | params.get("OPTIONS", {})})
        self._class = Client
