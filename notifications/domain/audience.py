"""Who hears of what. Asked twice: when the notices are written, and for each mail as it leaves."""

from collections.abc import Callable

from django.db.models import QuerySet

from accounts.enums import Role
from accounts.models import Activity, User


def team(activity: Activity) -> "QuerySet[User]":
    """Everybody who may open the brand's desk."""
    return User.objects.filter(memberships__brand=activity.brand_id, is_active=True)


def owner(activity: Activity) -> "QuerySet[User]":
    return User.objects.filter(
        memberships__brand=activity.brand_id, memberships__role=Role.OWNER, is_active=True
    )


def owner_of_what_ended(activity: Activity) -> "QuerySet[User]":
    """A key that somebody revoked by hand is news to nobody; one that ended by itself is."""
    return owner(activity) if activity.data.get("reason") else User.objects.none()


AUDIENCES: dict[str, Callable[[Activity], "QuerySet[User]"]] = {
    "brand.handed_over": owner,
    "idea.top": team,
    "key.leaked": owner,
    "key.revoked": owner_of_what_ended,
}


def is_told(activity: Activity) -> bool:
    return activity.kind in AUDIENCES


def of(activity: Activity) -> "QuerySet[User]":
    """The people who are told; nobody for a kind that is only a record."""
    find = AUDIENCES.get(activity.kind)
    return find(activity) if find else User.objects.none()


def includes(activity: Activity, user: User) -> bool:
    """Whether the user may hear of it now: they may have left since the notice was written."""
    return of(activity).filter(pk=user.pk).exists()
