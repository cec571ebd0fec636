"""Where somebody belongs: teams and communities, and the way out of them."""

from django.db import transaction

from accounts.domain import activity, teams
from accounts.models import Membership, Participant, User
from cocreate.lib.errors import NotFound


def teams_of(user: User) -> list[Membership]:
    """The user's places in teams, each with its brand."""
    return list(user.memberships.select_related("brand").order_by("brand__name", "pk"))


def communities_of(user: User) -> list[Participant]:
    """Where the user takes part or was let in, each with its brand."""
    return list(user.participants.select_related("brand").order_by("brand__name", "pk"))


def leave_team(*, user: User, slug: str) -> Membership:
    """As `teams.leave`, for the brand at this address. Raises NotFound, OwnerStays."""
    place = user.memberships.select_related("brand").filter(brand__slug=slug).first()
    if place is None:
        raise NotFound
    teams.leave(brand=place.brand, user=user)
    return place


@transaction.atomic
def leave_community(*, user: User, slug: str) -> Participant:
    """A members-only brand is closed to the user from now on. What they wrote and voted stays, and
    so does its count. Records `participant.left`.

    Raises NotFound where they are not admitted.
    """
    people = user.participants.select_for_update(of=("self",), no_key=True)
    found = people.select_related("brand").filter(brand__slug=slug, admitted=True).first()
    if found is None:
        raise NotFound
    found.admitted = False
    found.save(update_fields=["admitted"])
    activity.record(
        "participant.left",
        subject=("participant", found.ref),
        brand=found.brand,
        actor=user,
        participant=found,
        private=True,
    )
    return found
