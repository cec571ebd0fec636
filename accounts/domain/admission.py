"""Who belongs to the community of a members-only brand."""

from django.db import transaction

from accounts.domain import activity
from accounts.domain.participants import of_user
from accounts.models import Brand, Participant, User
from cocreate.lib import pages
from cocreate.lib.errors import NotFound

ORDER = "admitted"
ROWS = 50


@transaction.atomic
def admit(*, brand: Brand, user: User, actor: User | None) -> Participant:
    """The user sees the brand while it is members only. Records `participant.admitted`, once."""
    participant = of_user(brand=brand, user=user)
    if not participant.admitted:
        participant.admitted = True
        participant.save(update_fields=["admitted"])
        _record("participant.admitted", participant, actor)
    return participant


def admit_participants(*, brand: Brand) -> int:
    """Everybody with an account who has taken part. Returns how many were new. Inside the
    transaction of whoever closes the brand, who puts it on the record.
    """
    people = Participant.objects.filter(brand=brand, active=True, admitted=False)
    return people.exclude(user=None).update(admitted=True)


@transaction.atomic
def end_admission(*, brand: Brand, ref: str, actor: User) -> None:
    """They see the brand no more; what they wrote and voted stays. Records `admission.ended`.

    Raises NotFound for somebody who is not admitted.
    """
    people = Participant.objects.select_for_update(of=("self",), no_key=True)
    participant = people.filter(brand=brand, ref=ref, admitted=True).first()
    if participant is None:
        raise NotFound
    participant.admitted = False
    participant.save(update_fields=["admitted"])
    _record("admission.ended", participant, actor)


def admitted_people(brand: Brand, cursor: str = "", limit: int = ROWS) -> "pages.Page[Participant]":
    """The newest first, each with its user. Raises BadCursor."""
    people = Participant.objects.filter(brand=brand, admitted=True).select_related("user")
    if cursor:
        (after,) = pages.decode(cursor, ORDER, int)
        people = people.filter(pk__lt=after)
    rows = list(people.order_by("-pk")[: limit + 1])
    more = len(rows) > limit
    return pages.Page(rows[:limit], pages.encode(ORDER, rows[limit - 1].pk) if more else None)


def taking_part(brand: Brand) -> int:
    """How many people with an account have taken part and are not admitted yet."""
    people = Participant.objects.filter(brand=brand, active=True, admitted=False)
    return people.exclude(user=None).count()


def _record(kind: str, participant: Participant, actor: User | None) -> None:
    activity.record(
        kind,
        subject=("participant", participant.ref),
        brand=participant.brand,
        actor=actor,
        participant=participant,
        private=True,
    )
