"""Valkey on several machines, of which one takes writes: redis://one:6379,two:6379/0.

What libpq does for PostgreSQL with `target_session_attrs=read-write`: a new connection tries the
addresses in their order and keeps the first that is no replica. Who makes a replica the primary is
the operator's affair (docs/operations.md), and no process has to be told.
"""

import time
from typing import Any, ClassVar

import redis
from kombu.transport import redis as of_kombu
from redis.maint_notifications import MaintNotificationsConfig

from cocreate.lib import env

PORT = 6379
REPLICA = (b"slave", "slave")
SEEK_SECONDS = 1.0  # over all addresses together: whoever asks may be a page
# What redis-py asks of each new connection for its own sake: three round trips, each of which
# would wait for a server that hangs.
QUIET = {
    "driver_info": None,
    "maint_notifications_config": MaintNotificationsConfig(enabled=False),
}


class NoPrimary(redis.ConnectionError):
    def __init__(self) -> None:
        super().__init__("none of the addresses is a primary")


class Seeking:
    """A connection of redis-py to whichever of `addresses` is the primary."""

    addresses: ClassVar[list[tuple[str, int]]]
    give_up_at: float | None = None

    def connect(self: Any) -> None:
        self.retry.call_with_retry(self.seek, lambda error: self.disconnect())

    def seek(self: Any) -> None:
        if self.is_connected:
            return
        problem: Exception = NoPrimary()
        end, left = time.monotonic() + SEEK_SECONDS, len(self.addresses)
        for address in self.addresses:
            now = time.monotonic()
            self.give_up_at = now + max(end - now, 0) / left  # each its share of what is left
            left -= 1
            try:
                self.try_at(*address)
            except (redis.ConnectionError, redis.TimeoutError) as error:
                problem = error
            else:
                return
            finally:
                self.give_up_at = None
        raise problem

    def try_at(self: Any, host: str, port: int) -> None:
        self.host, self.port = host, port
        self.socket_connect_timeout = self.remaining()
        self.connect_check_health(check_health=True, retry_socket_connect=False)
        self.send_command("ROLE", check_health=False)
        if self.read_response()[0] in REPLICA:
            self.disconnect()
            raise NoPrimary

    def remaining(self: Any) -> float:
        """Never 0, which a socket takes for: do not wait at all."""
        left: float = self.give_up_at - time.monotonic()
        return max(left, 0.001)

    def read_response(self: Any, *arguments: Any, **options: Any) -> Any:
        """What was the primary when we connected may be a replica by now: then seek again."""
        parent: Any = super()
        if self.give_up_at:
            options["timeout"] = self.remaining()
        try:
            return parent.read_response(*arguments, **options)
        except redis.ReadOnlyError as error:
            self.disconnect()
            raise redis.ConnectionError("the primary has become a replica") from error


class Connection(Seeking, redis.Connection):
    pass


class SecureConnection(Seeking, redis.SSLConnection):
    pass


def seeking(url: str) -> Any:
    """A class of connections, since that is what both libraries ask for; with TLS for rediss://."""
    hosts = env.each_host(url)
    kind = SecureConnection if hosts[0].scheme == "rediss" else Connection
    addresses = [(one.hostname or "", one.port or PORT) for one in hosts]
    return type(kind.__name__, (kind,), {"addresses": addresses})


class Pool(redis.ConnectionPool):
    """Ours wherever REDIS_URL is read; with one address it is redis-py's own."""

    @classmethod
    def from_url(cls, url: str, **options: Any) -> "Pool":
        hosts = env.each_host(url)
        if len(hosts) > 1:
            options["connection_class"] = seeking(url)
            url = hosts[0].geturl()
        return super().from_url(url, **(QUIET | options))


class Channel(of_kombu.Channel):
    def __init__(self, connection: Any, *arguments: Any, **options: Any) -> None:
        url: str = connection.client.transport_options["addresses"]
        self.connection_class = self.connection_class_ssl = seeking(url)
        parent: Any = super()
        parent.__init__(connection, *arguments, **options)

    def _connparams(self, *arguments: Any, **options: Any) -> dict[str, Any]:
        parent: Any = super()
        values: dict[str, Any] = parent._connparams(*arguments, **options)
        return values | QUIET


class Transport(of_kombu.Transport):
    """Celery's broker: CELERY_BROKER_TRANSPORT where REDIS_URL has several addresses."""

    Channel = Channel
