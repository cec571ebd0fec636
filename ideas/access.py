"""Get it, if they may: a stranger is told "not found", somebody who sees it but may not is told
"not allowed".
"""

from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from accounts.models import Brand, User
from cocreate.lib import pages, written
from cocreate.lib.errors import NotAllowed, NotFound
from cocreate.lib.written import SOME_TEXT, SOMEBODY, SOMETHING
from ideas.domain.challenges import state_of
from ideas.enums import Verb
from ideas.models import Challenge, Comment, Idea, Image, ImportBatch, Phase
from ideas.models.challenge import PERMANENT_SLUG
from ideas.rules import KEPT, can_edit, can_read, can_see, can_see_challenge, may_see_waiting

MOST_RESTORABLE = 50
IMPORTS_ON_A_PAGE = 20


def challenges_of(brand: Brand) -> list[Challenge]:
    """A brand's public questions with their rules and phases, newest first, the permanent one
    last.
    """
    found: list[Challenge] = written.objects(_public(), {SOMETHING: brand.pk})
    phases: dict[int, list[Phase]] = {}
    for phase in written.objects(_phases_of_public(), {SOMETHING: brand.pk}):
        phases.setdefault(phase.rules_id, []).append(phase)
    for challenge in found:
        challenge.brand = brand
        if challenge.rules is not None:
            written.at_hand(challenge.rules, "phases", phases.get(challenge.rules.pk, []))
    return sorted(found, key=lambda challenge: challenge.is_permanent)


def challenges_and_drafts(brand: Brand) -> list[Challenge]:
    """For the team: its drafts first."""
    drafts = Challenge.objects.filter(brand=brand, published_at=None)
    return [*_with_rules(drafts).order_by("-created_at", "slug"), *challenges_of(brand)]


def latest_challenges(user: Any, limit: int = 12) -> list[Challenge]:
    """The newest questions that the user may see, for a front page; the permanent ones are not
    news.
    """
    rows = (
        Challenge.objects.filter(brand__in=Brand.objects.visible_to(user), closed=False)
        .exclude(published_at=None)
        .exclude(slug=PERMANENT_SLUG)
    )
    return list(_with_rules(rows).order_by("-published_at", "slug")[:limit])


def challenge_or_404(brand: Brand, slug: str, user: Any = None) -> Challenge:
    """A draft is there for the brand's team alone: name the reader."""
    challenge: Challenge | None = written.one(_named(), {SOMETHING: brand.pk, SOME_TEXT: slug})
    if challenge is None:
        raise NotFound
    challenge.brand = brand
    if not can_see_challenge(user, challenge):
        raise NotFound
    put_phases_at_hand(challenge)
    return challenge


def put_phases_at_hand(challenge: Challenge) -> None:
    """Those of the rules in force."""
    if challenge.rules is not None:
        phases = written.objects(_phases(), {SOMETHING: challenge.rules.pk})
        written.at_hand(challenge.rules, "phases", phases)


@cache
def _named() -> written.Written:
    return written.write(
        Challenge.objects.filter(brand=SOMETHING, slug=SOME_TEXT).select_related("rules")
    )


@cache
def _public() -> written.Written:
    rows = _public_rows().select_related("rules")
    return written.write(rows.order_by("-published_at", "slug"))


@cache
def _phases_of_public() -> written.Written:
    return written.write(Phase.objects.filter(rules__in=_public_rows().values("rules")))


def _public_rows() -> "QuerySet[Challenge]":
    return Challenge.objects.filter(brand=SOMETHING).exclude(published_at=None)


def open_for_ideas(brand: Brand) -> list[Challenge]:
    """The questions that take ideas now."""
    return [
        challenge for challenge in challenges_of(brand) if state_of(challenge).allows(Verb.SUBMIT)
    ]


def idea_or_404(user: Any, code: str, *, brand: Brand | None = None) -> Idea:
    """An idea of a brand the user may see, with brand, challenge, rules, author, score and merge
    target at hand.
    """
    is_member = getattr(user, "is_authenticated", False)
    query = _idea(is_member=is_member, in_brand=brand is not None)
    meant = {
        SOMEBODY: user.pk if is_member else None,
        SOMETHING: brand.pk if brand else None,
        SOME_TEXT: code,
    }
    idea: Idea | None = written.one(query, meant)
    if idea is None or (brand is None and not can_see(user, idea)):
        raise NotFound
    put_phases_at_hand(idea.challenge)
    return idea


@cache
def _idea(*, is_member: bool, in_brand: bool) -> written.Written:
    rows = Idea.objects.filter(code=SOME_TEXT).select_related(
        "brand", "challenge__brand", "challenge__rules", "author__user", "score", "merged_into"
    )
    visible = Brand.objects.visible_to(User(pk=SOMEBODY) if is_member else None)
    return written.write(
        rows.filter(brand=SOMETHING) if in_brand else rows.filter(brand__in=visible)
    )


@cache
def _phases() -> written.Written:
    return written.write(Phase.objects.filter(rules=SOMETHING))


@dataclass(frozen=True)
class Ballot:
    """What the answer to a vote says beside how the votes stand."""

    code: str
    title: str
    mode: str
    max_points: int
    who_votes: str
    challenge: str  # both by slug
    brand: str


def ballot_of(user: Any, code: str) -> Ballot | None:
    """Of an idea that everybody who sees its brand sees. None for all others: idea_or_404() says
    what they are. One query, prepared.
    """
    row = written.first(_ballot(), {SOMEBODY: user.pk, SOME_TEXT: code})
    return Ballot(*row) if row else None


@cache
def _ballot() -> written.Written:
    visible = Brand.objects.visible_to(User(pk=SOMEBODY))
    rows = Idea.objects.listed().filter(code=SOME_TEXT, brand__in=visible)
    rules = [f"challenge__rules__{name}" for name in ("mode", "max_points", "who_votes")]
    return written.write(
        rows.values_list("code", "title", *rules, "challenge__slug", "brand__slug")
    )


def restorable_ideas(user: User) -> list[Idea]:
    """What its author has deleted and can still bring back, latest first, of the brands they may
    see, with the brand at hand.
    """
    return list(
        Idea.objects.filter(author__user=user, deleted_at__gt=Now() - KEPT)
        .filter(brand__in=Brand.objects.visible_to(user))
        .select_related("brand")
        .order_by("-deleted_at", "code")[:MOST_RESTORABLE]
    )


def image_or_404(user: Any, code: str, image: str) -> Image:
    """A picture of an idea the user may see. One query, for what everybody sees."""
    rows = Image.objects.select_related("idea__brand", "idea__author")
    seen = Brand.objects.visible_to(user)
    found = rows.filter(code=image, idea__code=code, idea__brand__in=seen).first()
    if found is None or found.idea is None or not can_see(user, found.idea):
        raise NotFound
    return found


def waiting_image_or_404(user: Any, brand: Brand, code: str) -> Image:
    """A picture that is on no idea yet, for whoever sent it; the brand's own, for its managers."""
    rows = Image.objects.select_related("brand", "uploader")
    found = rows.filter(brand=brand, code=code, idea=None).first()
    if found is None or not may_see_waiting(user, found):
        raise NotFound
    return found


def image_to_change_or_404(user: Any, brand: Brand, code: str) -> Image:
    """A picture that waits, for whoever sent it; one on an idea, for whoever may change that.
    Raises NotAllowed for whoever sees the idea and may not.
    """
    rows = Image.objects.select_related("brand", "idea")
    found = rows.filter(brand=brand, code=code).first()
    if found is None or found.idea is None:
        return waiting_image_or_404(user, brand, code)
    if not can_edit(user, idea_or_404(user, found.idea.code)):
        raise NotAllowed
    return found


def comment_or_404(user: Any, code: str, *, brand: Brand | None = None) -> Comment:
    """A comment on an idea the user may see, with its idea, author and what it answers at hand.
    One that is deleted is nobody's to get.
    """
    rows = Comment.objects.select_related(
        "brand", "idea__brand", "idea__author", "author__user", "parent__author__user"
    )
    scope = Q(brand=brand) if brand else Q(brand__in=Brand.objects.visible_to(user))
    comment = rows.filter(scope, code=code, deleted_at=None).first()
    if comment is None or (
        brand is None and not (can_see(user, comment.idea) and can_read(user, comment))
    ):
        raise NotFound
    return comment


def imports_of(brand: Brand, cursor: str = "") -> pages.Page[ImportBatch]:
    """The newest first, with who made them and their question at hand. One query. Raises
    BadCursor.
    """
    rows = ImportBatch.objects.filter(brand=brand).select_related("by", "challenge")
    if cursor:
        (after,) = pages.decode(cursor, "imports", int)
        rows = rows.filter(pk__lt=after)
    found = list(rows.order_by("-pk")[: IMPORTS_ON_A_PAGE + 1])
    shown = found[:IMPORTS_ON_A_PAGE]
    more = len(found) > len(shown)
    return pages.Page(shown, pages.encode("imports", shown[-1].pk) if more else None)


def import_or_404(brand: Brand, code: str) -> ImportBatch:
    """An import of the brand, with who made it and its question at hand."""
    rows = ImportBatch.objects.select_related("brand", "by", "challenge__rules")
    batch = rows.filter(brand=brand, code=code).first()
    if batch is None:
        raise NotFound
    return batch


def _with_rules(challenges: "QuerySet[Challenge]") -> "QuerySet[Challenge]":
    return challenges.select_related("rules", "brand").prefetch_related("rules__phases")
