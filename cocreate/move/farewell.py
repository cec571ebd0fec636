"""Taking out of an install a brand that lives elsewhere now. Its people keep their accounts."""

from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from django.apps import apps
from django.core.files.storage import default_storage
from django.db import DEFAULT_DB_ALIAS, transaction
from django.db.models import Q

from accounts.models import Activity, Brand
from cocreate.backup.programs import Failed
from cocreate.move import plan
from cocreate.move.file import Reader
from ideas.models import Challenge, OrderVersion
from notifications.enums import MailState
from notifications.models import Mail

# What was made here of the brand's rows, or is of use for a day.
LEFT_OVER = {
    "accounts.SpentToken": "key__brand",
    "notifications.Digest": "brand",
    "ideas.Score": "brand",
    "ideas.Searchable": "brand",
    "ideas.Recount": "idea__brand",
    "ideas.OrderVersion": "brand",
    "ideas.OrderTouch": "brand",
    "insights.DailyVotes": "challenge__brand",
    "insights.CountedLedger": "challenge__brand",
}


@transaction.atomic
def remove(brand: Brand, exported: Path, *, at_once: bool) -> int:
    """Delete all rows of the brand, and after the commit its pictures. Returns how many rows.

    `exported` shows that it was taken along, as it is now. Unless `at_once`, what people are still
    to be told of comes first. Raises Failed.
    """
    # Votes in flight are waited for, and the next ones find nothing.
    Challenge.objects.filter(brand=brand).update(closed=True)
    refuse_unless_taken_along(brand, exported)
    if not at_once:
        refuse_while_telling(brand)
    files = list(plan.files_of(brand))
    gone = sum(int(rows._raw_delete(DEFAULT_DB_ALIAS)) for rows in rows_of(brand))
    transaction.on_commit(partial(delete_files, files), robust=True)
    return gone


def delete_files(names: Iterable[str]) -> None:
    for name in names:
        default_storage.delete(name)


def refuse_unless_taken_along(brand: Brand, exported: Path) -> None:
    """Raises Failed."""
    reader = Reader(exported)
    reader.check()
    if reader.manifest.slug != brand.slug:
        raise Failed(f"{exported} is of the brand {reader.manifest.slug}.")
    for what, now in plan.deeds_of(brand).items():
        # Fewer is nothing to miss: somebody erased their account.
        if now > (then := reader.manifest.deeds.get(what, 0)):
            raise Failed(
                f"{now:,} {what} are here and {then:,} in the file: something happened after the "
                "export. Take the brand out at the new place, export and import again."
            )


def refuse_while_telling(brand: Brand) -> None:
    """Raises Failed."""
    waiting = Mail.objects.filter(mails_of(brand), state__in=[MailState.QUEUED, MailState.SENDING])
    untold = Activity.objects.filter(brand=brand, dispatched_at=None)
    if waiting.exists() or untold.exists():
        raise Failed("Its people are still being told of something: wait some minutes (--at-once).")


def mails_of(brand: Brand) -> Q:
    return Q(notice__activity__brand=brand) | Q(digest__brand=brand)


def rows_of(brand: Brand) -> "Iterator[Any]":
    """From right to left; foreign keys are compared at the end of the transaction."""
    yield Mail.objects.filter(pk__in=Mail.objects.filter(mails_of(brand)).values("pk"))
    versions = OrderVersion.objects.filter(brand=brand)
    yield apps.get_model("ideas.OrderPlace").objects.filter(version__in=versions)
    for label, way in LEFT_OVER.items():
        yield everything(label, way, brand)
    for table in reversed(plan.TABLES[1:]):
        yield everything(table.label, table.brand, brand)
    yield Brand.objects.filter(pk=brand.pk)


def everything(label: str, way: str, brand: Brand) -> Any:
    """Also what does not go along, such as a draft of somebody who never signed in."""
    rows = apps.get_model(label)._default_manager
    return rows.filter(pk__in=rows.filter(**{way: brand.pk}).order_by().values("pk"))
