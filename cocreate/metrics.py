"""`/metrics` for Prometheus: what the web processes counted, and how far behind the work is.

The counts come from all web processes of this machine (docs/decisions/0031); the backlog is asked
of the stores at each scrape, so any one machine tells it.
"""

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import django
from django.conf import settings
from django.db import DatabaseError, connection
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector

from accounts.models import Activity
from cocreate.checks import SHORTEST_SECRET, is_local
from cocreate.lib.http import client_address
from cocreate.lib.store import Away, store
from cocreate.lib.tokens import same
from cocreate.version import VERSION
from ideas.domain import tally
from notifications.domain import backlog

QUEUES = ("tally", "notify", "bulk")
VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
FORWARDED = ("X-Forwarded-For", "X-Forwarded-Proto", "X-Real-IP", "Forwarded", "Via")


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """404 to whoever may not read it: there is nothing to try."""
    if not may_read(request):
        raise Http404
    return HttpResponse(generate_latest(registry()), content_type=CONTENT_TYPE_LATEST)


def may_read(request: HttpRequest) -> bool:
    """The bearer of METRICS_TOKEN. Without one: this machine, of a site that is this machine's.

    An address alone proves nothing where the site has a public one: a proxy on the same machine
    asks from 127.0.0.1 for everybody.
    """
    if settings.METRICS_TOKEN:
        sent = request.headers.get("Authorization", "")
        long_enough = len(settings.METRICS_TOKEN) >= SHORTEST_SECRET // 2
        return long_enough and same(sent, f"Bearer {settings.METRICS_TOKEN}")
    return is_from_here(request)


def is_from_here(request: HttpRequest) -> bool:
    """Somebody at this machine, on a site that is this machine's alone. Nothing was passed on."""
    passed_on = any(name in request.headers for name in FORWARDED)
    return not passed_on and is_local(settings.PUBLIC_HOST) and is_local(client_address(request))


def registry() -> CollectorRegistry:
    made = CollectorRegistry()
    if os.environ.get(VARIABLE):
        MultiProcessCollector(made)
    made.register(Backlog())
    made.register(Processes())
    return made if os.environ.get(VARIABLE) else Both(made)


class Both(CollectorRegistry):
    """One process alone counts in its own memory."""

    def __init__(self, made: CollectorRegistry) -> None:
        super().__init__()
        self.made = made

    def collect(self) -> Iterator[Metric]:
        yield from REGISTRY.collect()
        yield from self.made.collect()


class Backlog:
    """What waits; a store that does not answer is a series that is missing, and `…_up 0`."""

    def collect(self) -> Iterator[Metric]:
        yield from up("database", list(of_database()))
        yield from up("store", list(of_store()))

    def describe(self) -> list[Metric]:
        return []  # asked at registration: no query for that


def up(name: str, series: list[Metric]) -> Iterator[Metric]:
    yield gauge(f"cocreate_{name}_up", f"Whether the {name} answers.", bool(series))
    yield from series


def of_database() -> Iterator[Metric]:
    try:
        rows, lag = tally.waiting()
        mails = backlog.of_mail()
        healed = drift_healed()
    except DatabaseError:
        connection.close()
        return
    lag_seconds = lag.total_seconds() if lag else 0
    yield gauge("cocreate_tally_waiting_rows", "Ledger rows that no fold has seen.", rows)
    yield gauge("cocreate_tally_lag_seconds", "Age of the oldest of them.", lag_seconds)
    yield gauge("cocreate_tally_healed_last_day", "Counters that were wrong.", healed)
    yield gauge("cocreate_mail_waiting", "Mails that wait to be sent.", mails.waiting)
    yield gauge("cocreate_mail_oldest_seconds", "Age of the oldest of them.", mails.oldest_seconds)
    yield gauge("cocreate_mail_failed", "Mails that were given up.", mails.failed)


def drift_healed() -> int:
    """In the last day. They belong to no brand, and the index begins with the brand."""
    since = timezone.now() - timedelta(days=1)
    return Activity.objects.filter(brand=None, kind="tally.healed", at__gte=since).count()


def of_store() -> Iterator[Metric]:
    client = store().client
    try:
        lengths = {name: store().ask(lambda n=name: client.llen(n)) for name in QUEUES}
        taken = store().ask(lambda: client.hlen("unacked"))
    except Away:
        return
    length = GaugeMetricFamily("cocreate_queue_length", "Tasks that wait.", labels=["queue"])
    for name, number in lengths.items():
        length.add_metric([name], number)
    yield length
    yield gauge("cocreate_queue_taken", "Tasks that a worker has, or had when it died.", taken)


class Processes:
    """The web processes of this machine, read from where they count."""

    def collect(self) -> Iterator[Metric]:
        memory = [resident_bytes(pid) for pid in sorted(pids())]
        living = [number for number in memory if number]
        yield gauge("cocreate_web_processes", "Web processes that have counted.", len(living))
        yield gauge("cocreate_web_resident_bytes", "Their memory.", sum(living))
        labels = {"version": VERSION, "django": django.get_version()}
        info = GaugeMetricFamily("cocreate_info", "What runs.", labels=list(labels))
        info.add_metric(list(labels.values()), 1)
        yield info


def pids() -> set[int]:
    folder = os.environ.get(VARIABLE)
    if not folder:
        return {os.getpid()}
    names = (path.stem.rpartition("_")[2] for path in Path(folder).glob("*.db"))
    return {int(name) for name in names if name.isdigit()}


def resident_bytes(pid: int) -> int:
    """0 for one that has ended, or where there is no /proc."""
    try:
        pages = Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]
    except OSError:
        return 0
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


def gauge(name: str, says: str, value: float) -> Metric:
    return GaugeMetricFamily(name, says, value=value)
