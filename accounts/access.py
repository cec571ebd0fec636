"""Get it, if they may: a stranger is told "not found", somebody who sees it but may not is told
"not allowed".
"""

from typing import Any

from accounts.models import Brand, Membership, User
from accounts.rules import can_see_desk
from cocreate.lib.errors import NotAllowed, NotFound


def visible_brands(user: Any) -> "list[Brand]":
    return list(Brand.objects.visible_to(user).order_by("name"))


def brand_or_404(user: Any, slug: str) -> Brand:
    brand = Brand.objects.visible_to(user).filter(slug=slug).first()
    if brand is None:
        raise NotFound
    return brand


def desk_or_403(user: Any, slug: str) -> Brand:
    brand = brand_or_404(user, slug)
    if not can_see_desk(user, brand):
        raise NotAllowed
    return brand


def brands_of_team(user: User) -> "list[Brand]":
    """The brands whose desk the user may open."""
    return list(Brand.objects.filter(memberships__user=user).order_by("name"))


def places_of(user: User) -> list[Membership]:
    """The user's places in teams, each with its brand."""
    return list(user.memberships.select_related("brand").order_by("brand__name"))


def person_or_404(handle: str) -> User:
    user = User.objects.filter(handle=handle, is_active=True).first()
    if user is None:
        raise NotFound
    return user
