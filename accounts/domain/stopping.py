"""A team stops somebody from taking part in its brand, and may allow them again. What they wrote
and voted stays.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.domain import activity
from accounts.models import Activity, Brand, Membership, Participant, User
from cocreate.lib import grace, pages
from cocreate.lib.errors import DomainError, Invalid, NotAllowed, NotFound

STOPPED, ALLOWED = "person.stopped", "person.allowed"
SHORTEST_REASON, LONGEST_REASON = 10, 500  # characters: a few words in any script
ORDER = "stopped"
ROWS = 50


class OfTheTeam(DomainError):
    code, status = "of_the_team", 409
    message = gettext_lazy("Somebody of your own team cannot be stopped.")


class Stopped(NotAllowed):
    """Says why, to whoever was stopped."""

    def __init__(self, brand: str, reason: str) -> None:
        words = _("The team of %(brand)s has stopped you from taking part: %(reason)s")
        super().__init__(words % {"brand": brand, "reason": reason})


@dataclass(frozen=True)
class StoppedPerson:
    """Who was stopped, and what is on the record of it; `by` is empty for somebody erased."""

    participant: Participant
    reason: str
    by: str


@transaction.atomic
def stop(*, participant: Participant, actor: User, reason: str) -> None:
    """They can neither vote nor post nor comment in this brand any more. Waits for their votes in
    flight. Records `person.stopped`, once.

    Raises Invalid (reason), OfTheTeam, NotFound for somebody erased.
    """
    words = _checked(reason)
    held = _held(participant)
    if Membership.objects.filter(brand=held.brand, user=held.user_id).exists():
        raise OfTheTeam
    if held.stopped_at:
        return
    if not held.active:
        raise NotFound
    Participant.objects.filter(pk=held.pk).update(active=False, stopped_at=Now())
    _record(STOPPED, held, actor, {"reason": words})


@transaction.atomic
def allow(*, participant: Participant, actor: User) -> None:
    """They take part again. Records `person.allowed`, once."""
    held = _held(participant)
    if not held.stopped_at:
        return
    Participant.objects.filter(pk=held.pk).update(active=True, stopped_at=None)
    _record(ALLOWED, held, actor, {})


def stopped_people(
    brand: Brand, cursor: str = "", limit: int = ROWS
) -> "pages.Page[StoppedPerson]":
    """The newest participants first, two queries. Raises BadCursor."""
    people = Participant.objects.filter(brand=brand, stopped_at__isnull=False, joined_into=None)
    if cursor:
        (after,) = pages.decode(cursor, ORDER, int)
        people = people.filter(pk__lt=after)
    rows = list(people.select_related("user").order_by("-pk")[: limit + 1])
    following = pages.encode(ORDER, rows[limit - 1].pk) if len(rows) > limit else None
    records = _latest_records(row.pk for row in rows[:limit])
    return pages.Page([_told(row, records.get(row.pk)) for row in rows[:limit]], following)


def refusal(*, brand_id: int, user_id: int | None) -> NotAllowed:
    """What to tell a member who may do nothing here: where a team stopped them, why."""
    rows = Participant.objects.filter(brand=brand_id, user=user_id, stopped_at__isnull=False)
    participant = rows.select_related("brand").first() if user_id else None
    if participant is None:
        return NotAllowed()
    record = _latest_records([participant.pk]).get(participant.pk)
    return Stopped(participant.brand.name, record.data.get("reason", "") if record else "–")


def _held(participant: Participant) -> Participant:
    rows = Participant.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("brand").get(pk=participant.pk)


def _checked(reason: str) -> str:
    words = " ".join("".join(c if c.isprintable() else " " for c in reason).split())
    if len(words) < SHORTEST_REASON:
        message = _("Say why, in a few words: they read it.")
        raise Invalid(fields={"reason": [("too_short", message)]})
    if len(words) > LONGEST_REASON:
        message = _("Keep the reason under {n} characters.").format(n=LONGEST_REASON)
        raise Invalid(fields={"reason": [("too_long", message)]})
    return words


def _latest_records(ids: Iterable[int]) -> dict[int, Activity]:
    rows = Activity.objects.filter(participant__in=list(ids), kind=STOPPED).select_related("actor")
    return {row.participant_id: row for row in rows.order_by("pk") if row.participant_id}


def _told(participant: Participant, record: Activity | None) -> StoppedPerson:
    by = record.actor.display_name if record and record.actor else ""
    return StoppedPerson(participant, record.data.get("reason", "") if record else "", by)


def _record(kind: str, participant: Participant, actor: User, data: dict[str, str]) -> None:
    activity.record(
        kind,
        subject=("person", participant.ref),
        brand=participant.brand,
        actor=actor,
        participant=participant,
        private=True,
        data=data,
        wait=grace.to_tell() if kind == STOPPED else None,
    )


def hold_active(author: Participant) -> None:
    """Whoever stops or erases them now waits for us, or we see it. Raises NotAllowed, which says
    why to somebody who was stopped.
    """
    rows = Participant.objects.select_for_update(no_key=True).filter(pk=author.pk, active=True)
    if not list(rows.values_list("pk")):
        raise refusal(brand_id=author.brand_id, user_id=author.user_id)
