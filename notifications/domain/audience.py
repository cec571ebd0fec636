"""Who hears of what. Asked twice: when the notices are written, and for each mail as it leaves."""

from collections.abc import Callable

from django.db.models import QuerySet

from accounts.models import Activity, User


def team(activity: Activity) -> "QuerySet[User]":
    """Everybody who may open the brand's desk."""
    return User.objects.filter(memberships__brand=activity.brand_id, is_active=True)


AUDIENCES: dict[str, Callable[[Activity], "QuerySet[User]"]] = {
    "idea.top": team,
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
