"""What the start-up check says of Valkey."""

import pytest

from cocreate import checks_store
from cocreate.lib.store import store


@pytest.fixture
def valkey(settings):
    """The client; its policy is put back."""
    settings.REDIS_URL += "?"  # the same server, and nothing known of it
    yield store().client
    store().client.config_set("maxmemory-policy", "noeviction")


def ids():
    return [message.id for message in checks_store.store()]


def test_a_valkey_that_keeps_all_passes(valkey):
    assert ids() == []


@pytest.mark.parametrize("policy", ["allkeys-lru", "volatile-ttl", "allkeys-random"])
def test_r20_a_valkey_that_would_drop_queues_is_refused_with_what_to_do(valkey, policy):
    valkey.config_set("maxmemory-policy", policy)
    (found,) = checks_store.store()
    assert (found.id, found.is_serious()) == ("cocreate.E031", True)
    assert policy in found.msg
    assert "maxmemory-policy noeviction" in found.hint


def test_a_valkey_that_is_away_is_a_warning_since_votes_go_on(no_store):
    (found,) = checks_store.store()
    assert (found.id, found.is_serious()) == ("cocreate.W030", False)


def test_an_address_that_is_none_is_refused(settings):
    settings.REDIS_URL = "http://localhost"
    assert ids() == ["cocreate.E030"]
