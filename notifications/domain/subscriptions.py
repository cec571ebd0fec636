"""How often somebody wants mail of a brand: chosen on their own page, or by the link of a mail.

A change moves what waits: who turns to a digest gets what was to leave at once in it, who turns
away gets nothing more.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.domain import participants
from accounts.domain.people import zone_named
from accounts.models import Brand, Membership, Participant, User
from cocreate.lib.errors import Invalid, NotFound
from ideas.domain import follows
from ideas.models import Follow, Idea
from ideas.rules import can_see
from notifications.domain import slots
from notifications.domain.audience import ALWAYS_AT_ONCE
from notifications.enums import Frequency, MailState
from notifications.models import Mail, Notice, Subscription
from notifications.models.subscription import TOKEN_LENGTH

DIGESTS = {Frequency.DAILY, Frequency.WEEKLY}


@dataclass(frozen=True)
class Choice:
    """A brand and how often somebody hears of it by mail."""

    brand: Brand
    frequency: str
    in_team: bool


def of(user: User, brand: Brand) -> Subscription:
    """With the token of its mails; written with the first of them."""
    found, _new = Subscription.objects.get_or_create(user=user, brand=brand)
    return found


def by_token(token: str) -> Subscription:
    """Whoever holds the link of a mail. Raises NotFound, also where the account was closed."""
    rows = Subscription.objects.select_related("user", "brand").filter(user__is_active=True)
    found = rows.filter(token=token).first() if _is_token(token) else None
    if found is None:
        raise NotFound
    return found


def choices_of(user: User) -> list[Choice]:
    """For every brand that the user sees and takes part in or works for, by name."""
    teams = Membership.objects.filter(brand=OuterRef("pk"), user=user)
    takes_part = Participant.objects.filter(brand=OuterRef("pk"), user=user)
    brands = Brand.objects.visible_to(user).filter(Exists(teams) | Exists(takes_part))
    rows = list(brands.order_by("name", "pk"))
    own = set(user.memberships.values_list("brand", flat=True))
    chosen = Subscription.objects.filter(user=user, brand__in=rows)
    frequency = dict(chosen.values_list("brand", "frequency"))
    return [
        Choice(brand, frequency.get(brand.pk, Frequency.INSTANT), brand.pk in own) for brand in rows
    ]


@transaction.atomic
def choose(*, user: User, brand: Brand, frequency: str) -> Subscription:
    """From now on, and for what waits. Chosen twice it is chosen once. Raises Invalid for what is
    no frequency. Nothing is recorded: the row says it, to its reader alone.
    """
    if frequency not in Frequency.values:
        problem = ("unknown", _("Choose one from the list."))
        raise Invalid(fields={"frequency": [problem]})
    of(user, brand)
    held = Subscription.objects.select_for_update(no_key=True).get(user=user, brand=brand)
    if held.frequency != frequency:
        held.frequency = frequency
        held.save(update_fields=["frequency"])
        _move_what_waits(user, brand, frequency)
    return held


@transaction.atomic
def choose_all(*, user: User, wanted: dict[str, str]) -> int:
    """As `choose`, for brands by slug; others than `choices_of` are passed over. Returns how many
    changed.
    """
    changed = [c for c in choices_of(user) if wanted.get(c.brand.slug, c.frequency) != c.frequency]
    for choice in changed:
        choose(user=user, brand=choice.brand, frequency=wanted[choice.brand.slug])
    return len(changed)


def idea_to_leave(subscription: Subscription, code: str) -> Idea | None:
    """The idea of this brand that a mail was about, while its reader may see it and still hears of
    it.
    """
    idea = _idea_named(subscription, code)
    if idea is None or not _may_see(subscription.user, idea):
        return None
    noes = Follow.objects.filter(idea=idea, participant__user=subscription.user, active=False)
    return None if noes.exists() else idea


@transaction.atomic
def leave_idea(*, subscription: Subscription, code: str) -> None:
    """Nothing more of this idea, whyever they heard of it. Raises NotFound."""
    idea = _idea_named(subscription, code)
    if idea is None:
        raise NotFound
    person = participants.of_user(brand=subscription.brand, user=subscription.user)
    follows.unfollow(idea=idea, participant=person)


def follow_clock(user: User) -> None:
    """They live elsewhere now: their digests leave at eight o'clock there."""
    waiting = Notice.objects.filter(user=user).awaiting_digest()
    for pace in DIGESTS:
        waiting.filter(pace=pace).update(digest_at=next_slot(user, pace))


def next_slot(user: User, frequency: str) -> datetime:
    return slots.next_slot(frequency, zone_named(user.time_zone), timezone.now())


def put_off(notices: "QuerySet[Notice]", user: User, frequency: str) -> None:
    """These notices of the user's leave in a digest, or not by mail at all."""
    at = next_slot(user, frequency) if frequency in DIGESTS else None
    notices.update(pace=frequency, digest_at=at)


def _move_what_waits(user: User, brand: Brand, frequency: str) -> None:
    waiting = Notice.objects.filter(user=user, activity__brand=brand).awaiting_digest()
    if frequency == Frequency.INSTANT:  # in one mail, as soon as may be
        waiting.update(digest_at=timezone.now())
        return
    put_off(waiting, user, frequency)
    put_off(_take_back(user, brand), user, frequency)


def _take_back(user: User, brand: Brand) -> "QuerySet[Notice]":
    """Mails of chosen kinds that have not left and never met a server: their notices."""
    queued = Mail.objects.filter(
        notice__user=user, notice__activity__brand=brand, state=MailState.QUEUED, handovers=0
    ).exclude(notice__activity__kind__in=ALWAYS_AT_ONCE)
    taken = list(queued.select_for_update(of=("self",)).values_list("pk", "notice"))
    Mail.objects.filter(pk__in=[mail for mail, _notice in taken]).update(state=MailState.DROPPED)
    return Notice.objects.filter(pk__in=[notice for _mail, notice in taken])


def _idea_named(subscription: Subscription, code: str) -> Idea | None:
    if not code.isalnum():  # PostgreSQL takes no NUL, whoever asks
        return None
    rows = Idea.objects.select_related("brand", "author")
    return rows.filter(brand=subscription.brand, code=code).first()


def _may_see(user: User, idea: Idea) -> bool:
    seen = Brand.objects.visible_to(user).filter(pk=idea.brand_id)
    return seen.exists() and can_see(user, idea)


def _is_token(text: str) -> bool:
    return len(text) == TOKEN_LENGTH and text.isascii() and text.isalnum()
