"""For the machines that watch: is the process up, and can it work?"""

import logging
from typing import Any

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache

from cocreate.lib import standby
from cocreate.lib.store import store
from ideas.domain import tally

log = logging.getLogger(__name__)


@never_cache
def healthz(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok\n", content_type="text/plain")


@never_cache
def readyz(_request: HttpRequest) -> HttpResponse:
    """503 only without the database, or where its commits hang: with the store away the site goes
    on.
    """
    facts: dict[str, Any] = {"database": "ok", "tally": None}
    try:
        if standby.commits_wait():
            facts["database"] = "waits for a standby"
        rows, lag = tally.waiting()
        facts["tally"] = {
            "waiting": rows,
            "lag_seconds": round(lag.total_seconds(), 3) if lag else 0,
        }
    except DatabaseError as error:
        log.warning("not ready: %s", error)
        connection.close()
        facts["database"] = "away"
    facts["valkey"] = "ok" if store().answers() else "away"
    return JsonResponse(facts, status=200 if facts["database"] == "ok" else 503)
