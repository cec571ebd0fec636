"""The one way to say that something happened."""

from datetime import timedelta
from typing import Any

from django.db.models.functions import Now

from accounts.models import Activity, Brand, Participant, User
from accounts.signals import activity_recorded


def record(
    kind: str,
    *,
    subject: tuple[str, str],
    brand: Brand | None = None,
    actor: User | None = None,
    participant: Participant | None = None,
    private: bool = False,
    data: dict[str, Any] | None = None,
    wait: timedelta | None = None,
) -> Activity:
    """Write what happened, inside the caller's transaction. `subject` is (kind, code), such as
    ("idea", "k3v9"). `wait`: how long nobody is told, so that it can be undone in silence.

    Receivers of `activity_recorded` run in the same transaction.
    """
    activity = Activity.objects.create(
        kind=kind,
        subject_kind=subject[0],
        subject_code=subject[1],
        brand=brand,
        actor=actor,
        participant=participant,
        private=private,
        data=data or {},
        due_at=Now() + wait if wait else None,
    )
    activity_recorded.send(sender=Activity, activity=activity)
    return activity


def follow_handle(*, user: User, before: str, after: str) -> None:
    """The trail names people by their handle: whoever takes the one that the user leaves must not
    find the user's story under it. Inside the transaction that changes the handle.
    """
    Activity.objects.filter(subject_kind="user", subject_code=before).update(subject_code=after)
    Activity.objects.filter(actor=user, kind="brand.handed_over").update(data={"from": after})
