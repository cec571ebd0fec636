"""Connections to PostgreSQL that ended while nobody asked."""

import time

import psycopg
import pytest
from django.core.signals import request_started
from django.db import connection, transaction

from cocreate.lib.connections import leave_ended

pytestmark = pytest.mark.django_db(transaction=True)


def number_of_ours():
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return cursor.fetchone()[0]


def end(number):
    """As a restart of PostgreSQL does."""
    parameters = connection.get_connection_params()
    parameters.pop("cursor_factory")
    with psycopg.connect(**parameters, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s)", [number])
        for _n in range(200):
            there = "SELECT FROM pg_stat_activity WHERE pid = %s"
            if other.execute(there, [number]).fetchone() is None:  # a row without columns is ()
                return
            time.sleep(0.05)
    raise AssertionError("it does not end")


def test_a_connection_that_ended_is_left_when_a_request_begins():
    before = number_of_ours()
    end(before)
    request_started.send(sender=None)
    assert number_of_ours() != before


def test_one_that_is_there_is_kept():
    before = number_of_ours()
    request_started.send(sender=None)
    assert number_of_ours() == before


def test_what_a_transaction_has_begun_is_not_begun_anew_behind_its_back(monkeypatch):
    monkeypatch.setattr("cocreate.lib.connections.has_ended", lambda _one: True)
    with transaction.atomic():
        before = number_of_ours()
        leave_ended()
        assert number_of_ours() == before
    leave_ended()
    assert number_of_ours() != before
