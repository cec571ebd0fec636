"""Valkey on several machines, of which one takes writes: redis://one:6379,two:6379/0.

What libpq does for PostgreSQL with `target_session_attrs=read-write`: a new connection tries the
addresses in their order and keeps the first that is no replica. Who makes a replica the primary is
the operator's affair (docs/operations.md), and no process has to be told.
"""

from typing import Any, ClassVar

import redis
from kombu.transport import redis as of_kombu

from cocreate.lib import env

PORT = 6379
REPLICA = (b"slave", "slave")
NO_PRIMARY = redis.ConnectionError("none of the addresses is a primary")


class Seeking:
    """A connection of redis-py to whichever of `addresses` is the primary."""

    addresses: ClassVar[list[tuple[str, int]]]

    def connect(self: Any) -> None:
        self.retry.call_with_retry(self.seek, lambda error: self.disconnect())

    def seek(self: Any) -> None:
        if self.is_connected:
            return
        problem: Exception = NO_PRIMARY
        for address in self.addresses:
            self.host, self.port = address
            try:
                self.connect_check_health(check_health=True, retry_socket_connect=False)
                self.refuse_replica()
            except (redis.ConnectionError, redis.TimeoutError) as error:
                problem = error
            else:
                return
        raise problem

    def refuse_replica(self: Any) -> None:
        self.send_command("ROLE", check_health=False)
        if self.read_response()[0] in REPLICA:
            self.disconnect()
            raise NO_PRIMARY

    def read_response(self: Any, *arguments: Any, **options: Any) -> Any:
        """What was the primary when we connected may be a replica by now: then seek again."""
        parent: Any = super()
        try:
            return parent.read_response(*arguments, **options)
        except redis.ReadOnlyError as error:
            self.disconnect()
            raise redis.ConnectionError("the primary has become a replica") from error


class Connection(Seeking, redis.Connection):
    pass


class SecureConnection(Seeking, redis.SSLConnection):
    pass


def seeking(url: str, kind: type[Seeking]) -> Any:
    """A class of connections, since that is what both libraries ask for."""
    addresses = [(one.hostname or "", one.port or PORT) for one in env.each_host(url)]
    return type(kind.__name__, (kind,), {"addresses": addresses})


class Pool(redis.ConnectionPool):
    """Ours wherever REDIS_URL is read; with one address it is redis-py's own."""

    @classmethod
    def from_url(cls, url: str, **options: Any) -> "Pool":
        hosts = env.each_host(url)
        if len(hosts) > 1:
            kind = SecureConnection if hosts[0].scheme == "rediss" else Connection
            options["connection_class"] = seeking(url, kind)
            url = hosts[0].geturl()
        return super().from_url(url, **options)


class Channel(of_kombu.Channel):
    def __init__(self, connection: Any, *arguments: Any, **options: Any) -> None:
        url: str = connection.client.transport_options["addresses"]
        self.connection_class = seeking(url, Connection)
        self.connection_class_ssl = seeking(url, SecureConnection)
        parent: Any = super()
        parent.__init__(connection, *arguments, **options)


class Transport(of_kombu.Transport):
    """Celery's broker: CELERY_BROKER_TRANSPORT where REDIS_URL has several addresses."""

    Channel = Channel
