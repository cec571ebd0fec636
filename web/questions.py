"""A question as its card and the head of its page show it, in plain values: parts of pages are
remembered by them (cocreate/lib/fragments.py).
"""

from dataclasses import dataclass
from datetime import datetime

from accounts.models import Brand
from ideas.domain.challenges import State
from ideas.domain.faces import Face
from ideas.domain.figures import Figures
from ideas.enums import Verb
from ideas.models import Challenge
from web.roads import is_over, next_opening


@dataclass(frozen=True)
class House:
    """The brand that asks."""

    slug: str
    name: str
    look: str


@dataclass(frozen=True)
class File:
    name: str


@dataclass(frozen=True)
class BrandCard:
    slug: str
    name: str
    tagline: str
    look: str
    logo: File | None
    cover: File | None


def brand_card(brand: Brand) -> BrandCard:
    logo, cover = (File(one.name) if one.name else None for one in (brand.logo, brand.cover))
    return BrandCard(brand.slug, brand.name, brand.tagline, brand.look, logo, cover)


@dataclass(frozen=True)
class Other:
    """A question that is named beside another of its brand."""

    slug: str
    title: str


@dataclass(frozen=True)
class Question:
    brand: House
    slug: str
    title: str
    language: str
    cover: str
    cover_alt: str
    is_published: bool
    closed: bool
    is_over: bool
    is_running: bool
    has_road: bool
    opens_at: datetime | None
    closes_at: datetime | None  # of what runs now
    takes_ideas: bool
    would_take_ideas: bool
    takes_votes: bool
    ideas: int
    votes: int | None
    faces: tuple[Face, ...]


def question_of(
    challenge: Challenge,
    state: State,
    figures: Figures | None = None,
    faces: tuple[Face, ...] = (),
) -> Question:
    brand, now = challenge.brand, state.current
    figures = figures or Figures()
    return Question(
        brand=House(brand.slug, brand.name, brand.look),
        slug=challenge.slug,
        title=challenge.title,
        language=challenge.language,
        cover=challenge.cover.name or "",
        cover_alt=challenge.cover_alt,
        is_published=challenge.is_published,
        closed=challenge.closed,
        is_over=is_over(challenge, state),
        is_running=now is not None,
        has_road=len(state.phases) > 1 and not challenge.closed,
        opens_at=next_opening(state),
        closes_at=now.closes_at if now else None,
        takes_ideas=state.allows(Verb.SUBMIT),
        would_take_ideas=not challenge.is_published and state.would_allow(Verb.SUBMIT),
        takes_votes=state.allows(Verb.VOTE),
        ideas=figures.ideas,
        votes=figures.votes,
        faces=faces,
    )
