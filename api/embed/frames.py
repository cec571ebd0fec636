"""What other sites frame: one idea, or a brand's board. No script runs and no cookie is read or
set; the vote is a link to the site itself, in a window of its own.

Everybody who may see a frame sees the same, so one answer is kept for all (api/keeping.py).
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial, wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.views.decorators.http import require_safe

from accounts.access import Moved
from accounts.domain import keys
from accounts.models import ApiKey, Brand
from api import parameters
from api.answers import is_known
from api.authentication import KEY_PARAMETER, key_in_address, no_secret_in_url
from api.callers import Caller
from api.cors import let_read
from api.embed.cards import Card
from api.errors import BadCredential, todays_address
from api.keeping import Kept, kept, place_of
from api.languages import language_of
from api.permissions import known_idea, readable_brand
from api.showings import shown_to
from api.throttling import limited_guessing
from cocreate.lib.errors import DomainError, NotFound
from cocreate.lib.tokens import prefix_of
from ideas.access import challenge_or_404, challenges_of
from ideas.domain.answers import latest_answers
from ideas.domain.challenges import state_of
from ideas.domain.lists import default_sort, idea_row, ideas_page
from ideas.domain.stamps import stamp_of
from ideas.enums import Sort, Verb
from ideas.models import Challenge

# A browser asks again after five seconds, and may show for ten more what it has while it does.
CACHING = "public, max-age=5, stale-while-revalidate=10"
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; font-src 'self';"
    " base-uri 'none'; form-action 'none'; frame-ancestors {ancestors}"
)
NOBODY = "'none'"
OF_IDEA = (KEY_PARAMETER, "lang", "theme")
OF_BOARD = (*OF_IDEA, "challenge", "sort", "limit")
LIMIT = 6  # of a board, where nobody says

Frame = Callable[..., HttpResponse]


@dataclass(frozen=True)
class Shown:
    """The text of a frame, and the ideas of its list. A frame of one idea is no list."""

    text: str
    listed: list[Card] = field(default_factory=list)
    by_chance: bool = False


class Theme(StrEnum):
    AUTO = "auto"
    LIGHT = "light"
    DARK = "dark"


def frame(view: Frame) -> Frame:
    """Refusals become small pages of their own, in the language that is asked for."""

    @wraps(view)
    @require_safe
    def wrapped(request: HttpRequest, **place: str) -> HttpResponse:
        named = request.GET.get("lang", "")
        language = language_of(request, named)
        with translation.override(language):
            try:
                response = view(request, **place)
            except Moved as error:
                response = moved(request, error)
            except DomainError as error:
                response = refused(request, error)
        response["Content-Language"] = language
        response.language_is_in_address = named == language  # type: ignore[attr-defined]
        response.xframe_options_exempt = True  # type: ignore[attr-defined]
        return response

    return wrapped


@frame
def idea(request: HttpRequest, code: str) -> HttpResponse:
    return answered(request, code, OF_IDEA, lambda key: idea_shown(request, key, code))


@frame
def board(request: HttpRequest, slug: str) -> HttpResponse:
    return answered(request, "", OF_BOARD, lambda key: board_shown(request, key, slug))


def answered(
    request: HttpRequest, code: str, names: tuple[str, ...], make: Callable[[ApiKey], Shown]
) -> HttpResponse:
    """Raises NotFound for what is no widget's key, as for what it may not show; KeyInUrl."""
    no_secret_in_url(request)
    publishable = key_in_address(request)
    if publishable is None:
        raise NotFound

    def made() -> Kept:
        key = key_of(request, publishable)
        let_read(request, key.origins)
        return as_kept(key, make(key))

    place = place_of(request, translation.get_language() or "", names)
    stamp = partial(stamp_of, prefix=prefix_of(publishable), code=code)
    found = kept(place, stamp, made) if place else made()
    shown_to(request, found.ideas, found.challenges)
    return as_response(request, found)


def as_kept(key: ApiKey, shown: Shown) -> Kept:
    body = shown.text.encode()
    etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
    ideas = [card.row["id"] for card in shown.listed]
    challenges = sorted({card.row["challenge_id"] for card in shown.listed})
    return Kept(body, etag, key.origins, ideas, challenges, shown.by_chance)


def as_response(request: HttpRequest, found: Kept) -> HttpResponse:
    response = (
        HttpResponse(status=304) if is_known(request, found.etag) else HttpResponse(found.body)
    )
    response["ETag"] = found.etag
    response["Cache-Control"] = CACHING
    response["Content-Security-Policy"] = policy(found.origins)
    return response


def policy(origins: list[str]) -> str:
    return POLICY.format(ancestors=" ".join(origins) or NOBODY)


def key_of(request: HttpRequest, publishable: str) -> ApiKey:
    """Raises NotFound, and TooMany for a flood of wrong ones."""
    try:
        with limited_guessing(request):
            key = keys.find_key(publishable)
            if key is None or not key.is_widget:
                raise BadCredential
    except BadCredential as error:
        raise NotFound from error
    return key


def idea_shown(request: HttpRequest, key: ApiKey, code: str) -> Shown:
    """One that became part of another is shown as that one."""
    found = known_idea(Caller(own_key=key), code)
    if found.merged_into is not None:
        found = known_idea(Caller(own_key=key), found.merged_into.code)
    with parameters.Query(request, *OF_IDEA) as query:
        look = common(query)
    row = idea_row(code=found.code, user_id=None)
    if row is None:
        raise NotFound
    answers = latest_answers([found.pk])
    card = Card(row, state_of(found.challenge), answers.get(found.pk, ""))
    context = {"idea": card, "brand": found.brand, "challenge": found.challenge}
    return Shown(render_to_string("embed/idea.html", context | look))


def board_shown(request: HttpRequest, key: ApiKey, slug: str) -> Shown:
    brand = readable_brand(Caller(own_key=key), slug)
    with parameters.Query(request, *OF_BOARD) as query:
        named = query.sent.get("challenge")
        challenge = None if named is None else challenge_or_404(brand, named)
        sort, limit, look = query.choice("sort", Sort), query.limit(LIMIT), common(query)
    states = {one.slug: state_of(one) for one in challenges_of(brand)}
    asked = [states[challenge.slug]] if challenge else list(states.values())
    hidden = challenge is not None and asked[0].hides_counts
    sort = sort or default_sort(hidden=hidden, in_challenge=challenge is not None)
    page = ideas_page(brand=brand, sort=sort, challenge=challenge, hidden=hidden, limit=limit)
    answers = latest_answers([row["id"] for row in page.items])
    cards = [
        Card(row, states.get(row["challenge"]), answers.get(row["id"], "")) for row in page.items
    ]
    context = {
        "brand": brand,
        "challenge": challenge,
        "ideas": cards,
        "takes_ideas": any(state.allows(Verb.SUBMIT) for state in asked),
        "all_url": address_of(brand, challenge),
    }
    text = render_to_string("embed/board.html", context | look)
    return Shown(text, cards, sort == Sort.RANDOM)


def address_of(brand: Brand, challenge: Challenge | None) -> str:
    home = f"{settings.PUBLIC_URL}/b/{brand.slug}/"
    return f"{home}c/{challenge.slug}/" if challenge else home


def moved(request: HttpRequest, error: Moved) -> HttpResponse:
    response = HttpResponse(status=error.status)
    response["Location"] = todays_address(request, error.slug)
    response["Cache-Control"] = "no-store"
    return response


def common(query: parameters.Query) -> dict[str, Any]:
    """What every frame needs."""
    query.one_of("lang", list(dict(settings.LANGUAGES)))
    theme = query.choice("theme", Theme) or Theme.AUTO
    return {"theme": theme, "site": settings.PUBLIC_URL, "site_host": settings.PUBLIC_HOST}


def refused(request: HttpRequest, error: DomainError) -> HttpResponse:
    """A stranger to the key is told the same of everything, in a page that nobody frames."""
    problems = [(name, text) for name, found in error.fields.items() for _code, text in found]
    context = {"error": error, "problems": problems, "theme": Theme.AUTO}
    response = HttpResponse(render_to_string("embed/refused.html", context), status=error.status)
    may_see = getattr(request, "readers", ()) if not isinstance(error, NotFound) else ()
    response["Content-Security-Policy"] = policy(sorted(may_see))
    response["Cache-Control"] = "no-store"
    if error.retry_after is not None:
        response["Retry-After"] = str(error.retry_after)
    return response
