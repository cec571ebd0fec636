"""What members of a team narrow the desk's list to, kept under a name: for one of them, or for all.

A view is the query of the list's address and no more: whatever it names may be gone by now.
"""

from collections.abc import Sequence

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.domain import brands
from accounts.models import Brand, Membership, User
from accounts.rules import can_answer
from cocreate.lib.errors import Invalid, NotAllowed, NotFound
from cocreate.lib.text import one_line
from ideas.models import SavedView
from ideas.models.view import NAME_LENGTH

MOST = 20  # of the team, and of each member


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
    if for_team and not can_answer(user, brand):
        raise NotAllowed
    member = None if for_team else _place(brand, user)
    beside = SavedView.objects.filter(brand=brand, member=member)
    words = _checked(name, beside)
    number = beside.count()
    if number >= MOST:
        message = ngettext("Keep it to %(n)s view.", "Keep it to %(n)s views.", MOST)
        raise Invalid(fields={"name": [("too_many", message % {"n": MOST})]})
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
    rows = list(SavedView.objects.filter(brand=view.brand, member=view.member))
    rows.sort(key=lambda row: (row.place, row.pk))
    at = [row.pk for row in rows].index(view.pk)
    rows.insert(min(max(at + by, 0), len(rows) - 1), rows.pop(at))
    _number(rows)


@transaction.atomic
def remove(*, view: SavedView, actor: User) -> None:
    """Raises NotAllowed."""
    _hold(view, actor)
    view.delete()


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
