"""Valkey, for what a request must know at once. It may be away, or hang: the first requests that
notice pay one timeout, and the others go on without it until one of them finds it back.
"""

import hashlib
import logging
import os
import threading
import time
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, TypeVar

import redis
from django.conf import settings
from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis.backoff import NoBackoff
from redis.exceptions import NoScriptError
from redis.retry import Retry

from cocreate.lib.primary import Pool

log = logging.getLogger(__name__)

TIMEOUT_SECONDS = 0.5
PAUSE_SECONDS = 2.0

Answer = TypeVar("Answer")


class Away(Exception):
    """The store does not answer, or answers that it cannot (out of memory, say)."""


class Store:
    """A client and what this process knows of the server behind it."""

    def __init__(self, url: str) -> None:
        pool = Pool.from_url(
            url,
            socket_timeout=TIMEOUT_SECONDS,
            socket_connect_timeout=TIMEOUT_SECONDS,
            retry=Retry(NoBackoff(), 0),  # the client's own default tries for ten seconds
        )
        self.client = redis.Redis(connection_pool=pool)
        self._mine = threading.local()
        self._lock = threading.Lock()
        self._is_away = False
        self._ask_again_at = 0.0

    def ask(self, question: Callable[[], Answer]) -> Answer:
        """The question's answer. Raises Away, at once where somebody has just found out."""
        if not self._may_ask():
            raise Away
        try:
            answer = question()
        except redis.RedisError as error:
            self._note_failure(error)
            raise Away from error
        if self._is_away:
            log.info("the store is back")
            self._is_away = False
        return answer

    def run(self, script: "Script", keys: Sequence[str], args: Sequence[Any]) -> Any:
        """What the script returns. Raises Away, as ask()."""
        return self.ask(lambda: script.run_on(self._connection(), keys, args))

    def run_all(
        self, script: "Script", asked: Sequence[tuple[Sequence[str], Sequence[Any]]]
    ) -> list[Any]:
        """What the script returns for each of these keys and arguments, in one trip. Raises Away,
        as ask(); some of them may have been done.
        """
        return self.ask(lambda: script.run_all_on(self._connection(), asked))

    def _connection(self) -> Any:
        """This thread's own. To take one from the pool, and all that the client does around a
        command, costs more than the command.
        """
        made_in: int
        connection: Any
        made_in, connection = getattr(self._mine, "connection", (0, None))
        if made_in != os.getpid():  # a child that was forked shares no connection with its parent
            pool = (
                self.client.connection_pool
            )  # which would count what ends with its thread for ever
            connection = pool.connection_class(**pool.connection_kwargs)
            self._mine.connection = os.getpid(), connection
        elif connection.is_connected and _is_spoilt(connection):
            connection.disconnect()  # whoever asks next connects
        return connection

    def answers(self) -> bool:
        """Whether it is there, now or a moment ago."""
        try:
            return bool(self.ask(self.client.ping))
        except Away:
            return False

    def _may_ask(self) -> bool:
        """Everybody may while it is well. Else one at a time, after a pause: a hundred threads
        would each wait for the same timeout.
        """
        if not self._is_away:
            return True
        with self._lock:
            now = time.monotonic()
            if now < self._ask_again_at:
                return False
            self._ask_again_at = now + PAUSE_SECONDS
            return True

    def _note_failure(self, error: Exception) -> None:
        with self._lock:
            if not self._is_away:
                log.warning("the store is away: %s", error)
            self._is_away = True
            self._ask_again_at = time.monotonic() + PAUSE_SECONDS


class Script:
    """Lua that the store runs in one step. It knows a script by its hash once it has seen it."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.sha = hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()

    def run_on(self, connection: Any, keys: Sequence[str], args: Sequence[Any]) -> Any:
        try:
            return _said(connection, "EVALSHA", self.sha, len(keys), *keys, *args)
        except NoScriptError:
            return _said(connection, "EVAL", self.text, len(keys), *keys, *args)

    def run_all_on(
        self, connection: Any, asked: Sequence[tuple[Sequence[str], Sequence[Any]]]
    ) -> list[Any]:
        """It is sent along: one trip, whether it is known or not."""
        commands = [("EVALSHA", self.sha, len(keys), *keys, *args) for keys, args in asked]
        packed = connection.pack_commands([("SCRIPT", "LOAD", self.text), *commands])
        try:
            connection.send_packed_command(packed)
            _sha, *answers = [connection.read_response() for _n in range(len(commands) + 1)]
        except redis.RedisError:
            connection.disconnect()  # what it still has to say is nobody's answer
            raise
        return answers


def _said(connection: Any, *command: Any) -> Any:
    connection.send_command(*command)
    return connection.read_response()


def _is_spoilt(connection: Any) -> bool:
    """The server has closed it, or it holds what nobody asked for."""
    try:
        return bool(connection.can_read())
    except (redis.ConnectionError, redis.TimeoutError, OSError):
        return True


def store() -> Store:
    return _store(settings.REDIS_URL)


@cache
def _store(url: str) -> Store:
    return Store(url)


class _Client(RedisCacheClient):
    """To make redis-py's client costs as much as to ask it: one is kept. It holds no connection."""

    def get_client(self, key: Any = None, *, write: bool = False) -> Any:
        if not hasattr(self, "_kept"):
            parent: Any = super()
            self._kept = parent.get_client(key, write=write)
        return self._kept


class Cache(RedisCache):
    """Django's cache in the store; with the store away it forgets, and nobody waits or fails."""

    def __init__(self, server: Any, params: Any) -> None:
        super().__init__(server, params)
        self._class = _Client

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        parent: Any = super()
        return self._ask(lambda: parent.get(key, default, version), default)

    def get_many(self, keys: Any, version: int | None = None) -> Any:
        parent: Any = super()
        return self._ask(lambda: parent.get_many(keys, version), {})

    def set(
        self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None
    ) -> None:
        parent: Any = super()
        self._ask(lambda: parent.set(key, value, timeout, version), None)

    def add(
        self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None
    ) -> bool:
        parent: Any = super()
        return bool(self._ask(lambda: parent.add(key, value, timeout, version), False))

    def delete(self, key: Any, version: int | None = None) -> bool:
        parent: Any = super()
        return bool(self._ask(lambda: parent.delete(key, version), False))

    def _ask(self, question: Callable[[], Any], otherwise: Any) -> Any:
        url: str = self._servers[0]  # type: ignore[attr-defined]
        try:
            return _store(url).ask(question)
        except Away:
            return otherwise
