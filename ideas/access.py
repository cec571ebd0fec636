"""Get it, if they may: a stranger is told "not found", somebody who sees it but may not is told
"not allowed".
"""

from typing import Any

from django.db.models import Q, QuerySet

from accounts.models import Brand
from cocreate.lib.errors import NotFound
from ideas.domain.challenges import state_of
from ideas.enums import Verb
from ideas.models import Challenge, Comment, Idea
from ideas.models.challenge import PERMANENT_SLUG
from ideas.rules import can_read, can_see


def challenges_of(brand: Brand) -> list[Challenge]:
    """All of a brand's questions with their rules and phases, newest first, the permanent one
    last.
    """
    rows = list(_with_rules(Challenge.objects.filter(brand=brand)).order_by("-created_at", "slug"))
    return sorted(rows, key=lambda challenge: challenge.is_permanent)


def latest_challenges(user: Any, limit: int = 12) -> list[Challenge]:
    """The newest questions that the user may see, for a front page; the permanent ones are not
    news.
    """
    rows = Challenge.objects.filter(brand__in=Brand.objects.visible_to(user), closed=False).exclude(
        slug=PERMANENT_SLUG
    )
    return list(_with_rules(rows).order_by("-created_at", "slug")[:limit])


def challenge_or_404(brand: Brand, slug: str) -> Challenge:
    challenge = _with_rules(Challenge.objects.filter(brand=brand, slug=slug)).first()
    if challenge is None:
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


def _with_rules(challenges: "QuerySet[Challenge]") -> "QuerySet[Challenge]":
    return challenges.select_related("rules", "brand").prefetch_related("rules__phases")
