"""What members of a team narrow the desk's list to, kept under a name: for one of them, or for all.

A view is the query of the list's address and no more: whatever it names may be gone by now.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.domain import brands
from accounts.models import Brand, Membership, User
from accounts.rules import can_answer
from cocreate.lib import grace
from cocreate.lib.errors import DomainError, Invalid, NotAllowed, NotFound
from cocreate.lib.text import one_line
from cocreate.lib.tokens import sealed, unsealed
from ideas.models import SavedView
from ideas.models.view import NAME_LENGTH

MOST = 20  # of the team, and of each member
REMOVED = "removed-view"


class TooLateToBringBack(DomainError):
    code, status = "too_late", 409
    message = gettext_lazy("That is undone already, or it is too late to.")


def views_of(brand: Brand, user: User) -> list[SavedView]:
    """The team's, then the user's own, each in their order. One query."""
    theirs = Q(member=None) | Q(member__user=user)
    views = SavedView.objects.filter(theirs, brand=brand)
    return list(views.order_by(F("member").asc(nulls_first=True), "place", "id"))


def can_change(user: User, view: SavedView) -> bool:
    """Their own, of the list that they see; the team's, whoever answers for the brand."""
    return view.member_id is not None or can_answer(user, view.brand)


@transaction.atomic
def keep(*, brand: Brand, user: User, name: str, query: str, for_team: bool = False) -> SavedView:
    """At the end of theirs, or of the team's. Raises Invalid (name), NotAllowed, NotFound."""
    brands.lock(brand)
    member, beside = _room(brand, user, for_team)
    words = _checked(name, beside)
    last = beside.order_by("-place").values_list("place", flat=True).first()
    return SavedView.objects.create(
        brand=brand, member=member, name=words, query=query, place=1 + (last or 0)
    )


@transaction.atomic
def rename(*, view: SavedView, name: str, actor: User) -> None:
    """Raises Invalid (name), NotAllowed."""
    _hold(view, actor)
    beside = SavedView.objects.filter(brand=view.brand, member=view.member)
    view.name = _checked(name, beside.exclude(pk=view.pk))
    view.save(update_fields=["name"])


@transaction.atomic
def move(*, view: SavedView, by: int, actor: User) -> None:
    """`by` -1: before the one that stands before it; 1: behind the next. Raises NotAllowed."""
    _hold(view, actor)
    rows, at = _rows_and_rank(view)
    rows.insert(min(max(at + by, 0), len(rows) - 1), rows.pop(at))
    _number(rows)


@transaction.atomic
def remove(*, view: SavedView, actor: User) -> str:
    """Returns what brings it back for UNDO_SECONDS, sealed, for its actor. Raises NotAllowed."""
    _hold(view, actor)
    _rows, rank = _rows_and_rank(view)
    view.delete()
    whose = [view.brand.slug, actor.handle, timezone.now().isoformat()]
    was = [view.code, view.name, view.query, view.at.isoformat(), view.member_id is None, rank]
    return sealed(whose + was, purpose=REMOVED)


@transaction.atomic
def bring_back(*, brand: Brand, user: User, removed: str) -> SavedView:
    """With its name and its query, where it stood. `removed`: as `remove` returned it. Raises
    Invalid (name), NotAllowed, NotFound, TooLateToBringBack.
    """
    slug, handle, since, *was = unsealed(removed, purpose=REMOVED) or ["", "", ""]
    is_theirs = (slug, handle) == (brand.slug, user.handle)
    if not is_theirs or not grace.is_open(datetime.fromisoformat(since)):
        raise TooLateToBringBack
    code, name, query, at, for_team, rank = was
    brands.lock(brand)
    if SavedView.objects.filter(code=code).exists():
        raise TooLateToBringBack
    member, beside = _room(brand, user, for_team)
    view = SavedView(brand=brand, member=member, code=code, query=query)
    view.name, view.at = _checked(name, beside), datetime.fromisoformat(at)
    view.save(force_insert=True)
    rows = _in_order(beside.exclude(pk=view.pk))
    rows.insert(rank, view)
    _number(rows)
    return view


def view_or_404(brand: Brand, user: User, code: str) -> SavedView:
    """The team's, or the user's own."""
    view = next((one for one in views_of(brand, user) if one.code == code), None)
    if view is None:
        raise NotFound
    view.brand = brand
    return view


def _hold(view: SavedView, actor: User) -> None:
    brands.lock(view.brand)
    if not can_change(actor, view):
        raise NotAllowed
    if not SavedView.objects.filter(pk=view.pk).exists():
        raise NotFound


def _room(
    brand: Brand, user: User, for_team: bool
) -> "tuple[Membership | None, QuerySet[SavedView]]":
    """Whose a new one is, and those that it comes beside."""
    if for_team and not can_answer(user, brand):
        raise NotAllowed
    member = None if for_team else _place(brand, user)
    beside = SavedView.objects.filter(brand=brand, member=member)
    if beside.count() >= MOST:
        message = ngettext("Keep it to %(n)s view.", "Keep it to %(n)s views.", MOST)
        raise Invalid(fields={"name": [("too_many", message % {"n": MOST})]})
    return member, beside


def _in_order(views: "QuerySet[SavedView]") -> list[SavedView]:
    return list(views.order_by("place", "id"))


def _rows_and_rank(view: SavedView) -> tuple[list[SavedView], int]:
    rows = _in_order(SavedView.objects.filter(brand=view.brand, member=view.member))
    return rows, [row.pk for row in rows].index(view.pk)


def _number(rows: Sequence[SavedView]) -> None:
    for place, row in enumerate(rows, 1):
        row.place = place
    SavedView.objects.bulk_update(rows, ["place"])


def _place(brand: Brand, user: User) -> Membership:
    place = Membership.objects.filter(brand=brand, user=user).first()
    if place is None:
        raise NotFound
    return place


def _checked(name: str, beside: "QuerySet[SavedView]") -> str:
    words = one_line(name)
    if not words:
        raise Invalid(fields={"name": [("required", _("Give the view a name."))]})
    if len(words) > NAME_LENGTH:
        message = _("Keep the name under {n} characters.").format(n=NAME_LENGTH)
        raise Invalid(fields={"name": [("too_long", message)]})
    if beside.filter(name__iexact=words).exists():
        raise Invalid(fields={"name": [("taken", _("There is a view of this name."))]})
    return words
