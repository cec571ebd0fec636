"""Whether Valkey keeps what it is given: `./run manage check` and the start of every command."""

from typing import Any

from django.core.checks import CheckMessage, Error, Warning, register

from cocreate.lib.store import Away, Store
from cocreate.lib.store import store as our_store

KEEPS_ALL = "noeviction"


@register
def store(**_: Any) -> list[CheckMessage]:
    """A store that is away is no reason to stop: votes go on without it."""
    try:
        ours = our_store()
    except ValueError as error:
        return [
            Error(
                f"REDIS_URL cannot be read: {error}",
                "Write redis://:password@host:6379/0, rediss:// for TLS, or unix:///path/to/socket.",
                id="cocreate.E030",
            )
        ]
    try:
        return of_store(ours)
    except Away:
        return [
            Warning(
                "Valkey does not answer. Votes and sign-in go on; codes, mails and counts wait.",
                "Start it, or mend REDIS_URL.",
                id="cocreate.W030",
            )
        ]


def of_store(ours: Store) -> list[CheckMessage]:
    facts: dict[str, Any] = ours.ask(lambda: ours.client.info("memory", "replication"))
    found: list[CheckMessage] = []
    policy = facts.get("maxmemory_policy", KEEPS_ALL)
    if policy != KEEPS_ALL:
        found.append(
            Error(
                f"Valkey's maxmemory-policy is {policy}: short of memory, it would drop queues and"
                " limits without a word.",
                "Set `maxmemory-policy noeviction` in its configuration, or run"
                " `CONFIG SET maxmemory-policy noeviction`; a cache of somebody else's needs a"
                " server of its own.",
                id="cocreate.E031",
            )
        )
    if facts.get("role") == "slave":
        found.append(
            Error(
                "REDIS_URL leads to a replica, which takes no writes.",
                "Name the primary.",
                id="cocreate.E032",
            )
        )
    return found
