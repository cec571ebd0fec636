"""What we answer: plain dictionaries made of rows. `described.py` says the same to the schema."""

import hashlib
from collections.abc import Iterable
from datetime import timedelta
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.utils.translation import get_language

from accounts.access import places_of
from accounts.models import Brand, Participant
from api.answers import moment
from api.callers import Caller
from cocreate.lib.accents import accents_elsewhere
from cocreate.lib.html import render
from ideas.domain import coauthors
from ideas.domain.challenges import state_of
from ideas.domain.images import cover_names
from ideas.domain.lists import Row
from ideas.domain.statuses import Graph, Step, step_in
from ideas.models import Challenge, Idea, Image, Phase, Revision
from ideas.models.image import widths_of


def me(caller: Caller) -> dict[str, Any]:
    """One shape for all who may ask; what does not apply is null."""
    user, key = caller.user, caller.key
    brands = (
        [
            {"slug": place.brand.slug, "name": place.brand.name, "role": place.role}
            for place in places_of(user)
        ]
        if user
        else []
    )
    if key is not None:
        brands = [{"slug": key.brand.slug, "name": key.brand.name, "role": None}]
    return {
        "kind": "member" if user else "widget" if caller.is_widget else "key",
        "handle": user.handle if user else None,
        "name": user.display_name if user else None,
        "email": user.email if user else None,
        "language": user.language if user else None,
        "brands": brands,
        "scopes": sorted(key.scopes) if key else None,
    }


def brand(row: Brand, graph: Graph) -> dict[str, Any]:
    return {
        "slug": row.slug,
        "url": f"{settings.PUBLIC_URL}/b/{row.slug}/",
        "name": row.name,
        "tagline": row.tagline,
        "language": row.language,
        "visibility": row.visibility,
        "accent": accents_elsewhere(row.look),
        "statuses": [status(step) for step in graph.steps.values()],
        "created": moment(row.created_at),
    }


def status(step: Step) -> dict[str, Any]:
    """One status of a brand's graph; `next` are those an idea may go to from it."""
    return {
        "key": step.key,
        "label": step.label,
        "next": list(step.next),
        "locks": sorted(step.locks),
        "needs_reason": step.needs_reason,
    }


def challenge(row: Challenge) -> dict[str, Any]:
    """What may be done is as of now; a vote is judged when it arrives."""
    state, rules = state_of(row), row.rules
    return {
        "slug": row.slug,
        "url": f"{settings.PUBLIC_URL}/b/{row.brand.slug}/c/{row.slug}/",
        "brand": row.brand.slug,
        "title": row.title,
        "body": row.body,
        "body_html": render(row.body),
        "language": row.language,
        "permanent": row.is_permanent,
        "mode": state.mode,
        "max_points": state.max_points,
        "budget": state.budget,
        "budget_period": rules.budget_period if rules and state.budget is not None else None,
        "half_life_days": round(rules.half_life / timedelta(days=1), 4) if rules else None,
        "who_votes": state.who_votes,
        "licence": rules.licence if rules else "",
        "licence_version": rules.licence_version if rules else 0,
        "rules_version": rules.version if rules else None,
        "counts_hidden": state.hides_counts,
        "allows": sorted(state.verbs),
        "closed": row.closed,
        "phases": [phase(one) for one in state.phases],
        "cover": cover(row),
        "published": moment(row.published_at),
        "created": moment(row.created_at),
    }


def cover(row: Challenge) -> dict[str, Any] | None:
    """None where it has none. The largest of its files."""
    names = cover_names(row)
    if not names:
        return None
    width = max(names)
    path = f"/b/{row.brand.slug}/c/{row.slug}/cover/{names[width]}.webp"
    return {"url": settings.PUBLIC_URL + path, "alt": row.cover_alt}


def phase(row: Phase) -> dict[str, Any]:
    return {
        "title": row.title,
        "opens": moment(row.opens_at),
        "closes": moment(row.closes_at),
        "allows": sorted(row.verbs),
        "hides_counts": row.hides_counts,
    }


def listed(rows: Iterable[Row]) -> list[dict[str, Any]]:
    return [idea_in_list(row) for row in rows]


def idea_in_list(row: Row) -> dict[str, Any]:
    """Counts and score are None while a phase hides them; `my_vote` is the reader's own."""
    score = row["score"]
    return {
        "code": row["code"],
        "url": f"{settings.PUBLIC_URL}/i/{row['code']}/{slug_of(row['title'])}/",
        "brand": row["brand"],
        "challenge": row["challenge"],
        "title": row["title"],
        "language": row["language"],
        "author": {"name": row["author_name"], "handle": row["author_handle"]}
        if row["author_ref"]
        else None,
        "status": {"key": row["status"], "label": label_of(row)},
        "support": row["support"],
        "oppose": row["oppose"],
        "points": row["points"],
        "counts_hidden": row["counts_hidden"],
        "score": None if score is None else round(score, 2),
        "comments": row["comments"],
        "my_vote": row["my_vote"],
        "tags": row["tags"],
        "images": [image_of(row["code"], one) for one in row["images"]],
        "merged_into": None,
        "revision": row["revision"],
        "created": moment(row["created_at"]),
        "updated": moment(row["updated_at"]),
    }


def image_of(code: str, row: dict[str, Any]) -> dict[str, Any]:
    """A picture of the idea of this code."""
    return image(row, f"/i/{code}/pictures")


def waiting_image(found: Image) -> dict[str, Any]:
    """One that is on no idea yet; its brand is at hand."""
    row = {name: getattr(found, name) for name in ("code", "alt", "width", "height")}
    return image(row, f"/b/{found.brand.slug}/pictures")


def image(row: dict[str, Any], folder: str) -> dict[str, Any]:
    """`url` is the largest of `sizes`."""
    sizes = [
        {"width": width, "url": f"{settings.PUBLIC_URL}{folder}/{row['code']}-{width}.webp"}
        for width in widths_of(row["width"])
    ]
    return {
        "code": row["code"],
        "url": sizes[-1]["url"],
        "alt": row["alt"],
        "width": row["width"],
        "height": row["height"],
        "sizes": sizes,
    }


def status_of(row: Row) -> Step:
    return step_in(row["status"], row["status_labels"], row["status_tone"])


def label_of(row: Row) -> str:
    """What the status is called in the active language."""
    return _label(row["status"], row["status_labels"], row["status_tone"], get_language())


@lru_cache(maxsize=1_000)
def _label(key: str, labels: str | None, tone: str | None, _language: str | None) -> str:
    """`_language` is the active one: what is remembered depends on it, too."""
    return step_in(key, labels, tone).label


def idea(found: Idea, row: Row) -> dict[str, Any]:
    """A list's form and what only one idea shows."""
    shown = idea_in_list(row)
    hidden = row["counts_hidden"]
    named = {"on_behalf": row["on_behalf"], "imported": row["imported"]}
    return shown | {
        "body": found.body,
        "body_html": render(found.body),
        "support_by": None
        if hidden
        else {"self": max(0, row["support"] - sum(named.values())), **named},
        "uncounted": None if hidden else {"pending": row["pending"], "held": row["held"]},
        "merged_into": found.merged_into.code if found.merged_into else None,
        "licence": found.licence,
        "co_authors": [signer(person) for person in coauthors.of(found)],
    }


def signer(person: Participant) -> dict[str, Any]:
    return {"name": person.name, "handle": person.user.handle if person.user else None}


def revision(row: Revision) -> dict[str, Any]:
    """`editor` is None for the brand, and for somebody erased (`by_brand` tells)."""
    return {
        "revision": row.number,
        "hidden": row.hidden,
        "title": row.title,
        "body": row.body,
        "tags": row.tags,
        "language": row.language,
        "by_brand": row.by_brand,
        "editor": signer(row.editor) if row.editor else None,
        "at": moment(row.at),
    }


@lru_cache(maxsize=10_000)
def slug_of(title: str) -> str:
    return Idea(title=title).slug


def etag(shown: dict[str, Any]) -> str:
    """`"<revision>.<version of all else>"`, without the score, which decays by itself.

    While counts are hidden it is the revision alone: a tag that changed with every vote would
    count them.
    """
    if shown["counts_hidden"]:
        return f'"{shown["revision"]}"'
    parts = [
        value
        for name, value in shown.items()
        if name not in {"score", "body", "body_html", "updated"}
    ]
    return f'"{shown["revision"]}.{hashlib.sha256(repr(parts).encode()).hexdigest()[:16]}"'
