"""Get it, if they may: a stranger is told "not found", somebody who sees it but may not is told
"not allowed".
"""

from collections.abc import Callable, Collection, Iterable
from functools import cache
from typing import Any

from django.db.models import QuerySet
from django.db.models.fields.files import FieldFile
from django.utils.translation import gettext_lazy as _

from accounts.models import ApiKey, Brand, FormerSlug, Membership, Participant, User
from accounts.rules import can_see_desk
from cocreate.lib import written
from cocreate.lib.errors import NotAllowed, NotFound
from cocreate.lib.written import SOME_TEXT, SOMEBODY


class Moved(NotFound):
    """The brand has another address now; raised only for somebody who may see it."""

    code, status = "moved", 308
    message = _("This brand has another address now.")

    def __init__(self, slug: str) -> None:
        self.slug = slug
        super().__init__()


def visible_brands(user: Any, *, limit: int) -> "list[Brand]":
    """The first of them by name: an install may have tens of thousands."""
    is_member = getattr(user, "is_authenticated", False)
    meant = {SOMEBODY: user.pk} if is_member else {}
    brands: list[Brand] = written.objects(_by_name(is_member=is_member, limit=limit), meant)
    return brands


@cache
def _by_name(*, is_member: bool, limit: int) -> written.Written:
    user = User(pk=SOMEBODY) if is_member else None
    return written.write(Brand.objects.visible_to(user).order_by("name", "pk")[:limit])


def visible_ids(user: Any, among: Iterable[int]) -> set[int]:
    """Those of these brands that the user may see."""
    return set(Brand.objects.visible_to(user).filter(pk__in=among).values_list("pk", flat=True))


def visible_ids_of(user: Any, person: User) -> list[int]:
    """The brands that know this person and that the user may see."""
    known = Brand.objects.visible_to(user).filter(pk__in=person.participants.values("brand"))
    return list(known.values_list("pk", flat=True))


def brand_or_404(user: Any, slug: str) -> Brand:
    brand = _visible_brand(user, slug)
    if brand is None:
        raise moved_or_gone(slug, Brand.objects.visible_to(user))
    return brand


def _visible_brand(user: Any, slug: str) -> Brand | None:
    is_member = getattr(user, "is_authenticated", False)
    meant = {SOMEBODY: user.pk if is_member else None, SOME_TEXT: slug}
    brand: Brand | None = written.one(_visible(is_member=is_member), meant)
    return brand


@cache
def _visible(*, is_member: bool) -> written.Written:
    user = User(pk=SOMEBODY) if is_member else None
    return written.write(Brand.objects.visible_to(user).filter(slug=SOME_TEXT))


def moved_or_gone(slug: str, visible: "QuerySet[Brand]") -> NotFound:
    """What to raise for an address without a brand: Moved, where one of `visible` left it."""
    former = FormerSlug.objects.filter(slug=slug, brand__in=visible)
    today = former.values_list("brand__slug", flat=True).first()
    return Moved(today) if today else NotFound()


def brand_of_key(key: ApiKey) -> "QuerySet[Brand]":
    """The brand that the key may know of: a widget's key only while it is public."""
    brands = Brand.objects.visible_to(None) if key.is_widget else Brand.objects.all()
    return brands.filter(pk=key.brand_id)


def desk_or_403(user: Any, slug: str, may: Callable[[Any, Brand], bool] = can_see_desk) -> Brand:
    """A brand whose desk the user may open, and on which they may do what `may` asks."""
    brand = brand_or_404(user, slug)
    if not may(user, brand):
        raise NotAllowed
    return brand


def former_slugs(brand: Brand) -> list[str]:
    """The addresses it left, the latest first."""
    return list(brand.former_slugs.order_by("-left_at").values_list("slug", flat=True))


def member_or_404(brand: Brand, handle: str) -> User:
    """Somebody of the brand's team."""
    user = User.objects.filter(memberships__brand=brand, handle=handle).first()
    if user is None:
        raise NotFound
    return user


def participant_or_404(brand: Brand, ref: str) -> Participant:
    """Somebody as the brand knows them, with their user at hand."""
    people = Participant.objects.select_related("brand", "user").filter(brand=brand, ref=ref)
    participant = people.first()
    if participant is None:
        raise NotFound
    return participant


def key_or_404(brand: Brand, prefix: str) -> ApiKey:
    key = ApiKey.objects.select_related("brand").filter(brand=brand, prefix=prefix).first()
    if key is None:
        raise NotFound
    return key


def brands_of_team(user: User) -> "list[Brand]":
    """The brands whose desk the user may open."""
    return list(Brand.objects.filter(memberships__user=user).order_by("name"))


def places_of(user: User) -> list[Membership]:
    """The user's places in teams, each with its brand."""
    return list(user.memberships.select_related("brand").order_by("brand__name"))


def person_or_404(handle: str) -> User:
    user = _with_page().filter(handle=handle).first()
    if user is None:
        raise NotFound
    return user


def with_page(handles: Collection[str]) -> set[str]:
    """Those of them that have a page of their own, which everybody may open."""
    if not handles:
        return set()
    return set(_with_page().filter(handle__in=handles).values_list("handle", flat=True))


def _with_page() -> "QuerySet[User]":
    return User.objects.filter(is_active=True)


def avatar_or_404(handle: str, name: str) -> FieldFile:
    """Today's picture of somebody, by their handle and the stem of its file."""
    people = User.objects.filter(handle=handle, is_active=True, avatar=f"avatars/{name}.webp")
    user = people.only("avatar").first()
    if user is None:
        raise NotFound
    return user.avatar
