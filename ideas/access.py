"""Get it, if they may: a stranger is told "not found", somebody who sees it but may not is told
"not allowed".
"""

from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from accounts.models import Brand, User
from cocreate.lib import pages
from cocreate.lib.errors import NotFound
from ideas.domain.challenges import state_of
from ideas.enums import Verb
from ideas.models import Challenge, Comment, Idea, Image, ImportBatch
from ideas.models.challenge import PERMANENT_SLUG
from ideas.rules import KEPT, can_read, can_see, can_see_challenge, may_see_waiting

MOST_RESTORABLE = 50
IMPORTS_ON_A_PAGE = 20


def challenges_of(brand: Brand) -> list[Challenge]:
    """A brand's public questions with their rules and phases, newest first, the permanent one
    last.
    """
    return _in_order(Challenge.objects.filter(brand=brand).exclude(published_at=None))


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
    challenge = _with_rules(Challenge.objects.filter(brand=brand, slug=slug)).first()
    if challenge is None or not can_see_challenge(user, challenge):
        raise NotFound
    return challenge


def open_for_ideas(brand: Brand) -> list[Challenge]:
    """The questions that take ideas now."""
    return [
        challenge for challenge in challenges_of(brand) if state_of(challenge).allows(Verb.SUBMIT)
    ]


def idea_or_404(user: Any, code: str, *, brand: Brand | None = None) -> Idea:
    """An idea of a brand the user may see, with brand, challenge, rules, author, score and merge
    target at hand.
    """
    rows = Idea.objects.select_related(
        "brand", "challenge__brand", "challenge__rules", "author__user", "score", "merged_into"
    ).prefetch_related("challenge__rules__phases")
    scope = Q(brand=brand) if brand else Q(brand__in=Brand.objects.visible_to(user))
    idea = rows.filter(scope, code=code).first()
    if idea is None or (brand is None and not can_see(user, idea)):
        raise NotFound
    return idea


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


def _in_order(challenges: "QuerySet[Challenge]") -> list[Challenge]:
    rows = list(_with_rules(challenges).order_by("-published_at", "slug"))
    return sorted(rows, key=lambda challenge: challenge.is_permanent)


def _with_rules(challenges: "QuerySet[Challenge]") -> "QuerySet[Challenge]":
    return challenges.select_related("rules", "brand").prefetch_related("rules__phases")
