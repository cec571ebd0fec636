"""Pictures of ideas for whoever shows a link to them: of what everybody may see, and nothing else.
No session is read.
"""

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import parse_etags
from django.views.decorators.http import require_safe

from accounts import limits
from accounts.enums import Visibility
from cocreate.lib.errors import DomainError, NotFound
from cocreate.lib.http import client_address
from ideas.access import idea_or_404
from ideas.domain.cards import Card, card_of, kept, painted
from ideas.domain.challenges import State, state_of
from ideas.models import Idea
from web.links import card_path
from web.pages import with_retry
from web.public.images import FOR_EVERYBODY

FOR_A_MOMENT = "public, max-age=60"


@require_safe
def card(request: HttpRequest, code: str, print: str = "") -> HttpResponse:  # noqa: A002 - its name
    """An address without its print, or with one of what it showed before, leads to today's."""
    found = public_card_or_404(code)
    if print != found.print:
        response: HttpResponse = HttpResponseRedirect(card_path(code, found.print))
        response["Cache-Control"] = FOR_A_MOMENT
        return response
    if f'"{found.print}"' in parse_etags(request.META.get("HTTP_IF_NONE_MATCH", "")):
        return png(found, b"", status=304)
    try:
        content = kept(found)
        if not content:
            limits.paint_card(address=client_address(request))
            content = painted(found)
        return png(found, content)
    except DomainError as error:
        response = HttpResponse(str(error.message), status=error.status, content_type="text/plain")
        response["Cache-Control"] = "no-store"
        return with_retry(response, error)


@dataclass(frozen=True)
class Shown:
    """A card as a page names it: its address, and what it shows in words."""

    path: str
    alt: str


def card_in_page(idea: Idea, state: State) -> Shown | None:
    """None where not everybody may see it."""
    is_public = idea.brand.visibility == Visibility.PUBLIC and not idea.hidden
    if not is_public or idea.merged_into:
        return None
    found = card_of(idea, state)
    words = filter(None, [idea.title, idea.brand.name, found.sheet.support])
    return Shown(card_path(idea.code, found.print), " · ".join(words))


def public_card_or_404(code: str) -> Card:
    try:
        idea = idea_or_404(None, code)
    except NotFound as error:
        raise Http404 from error
    if idea.merged_into:
        raise Http404
    return card_of(idea, state_of(idea.challenge))


def png(card: Card, content: bytes, status: int = 200) -> HttpResponse:
    response = HttpResponse(content, content_type="image/png", status=status)
    response["Cache-Control"] = FOR_EVERYBODY
    response["ETag"] = f'"{card.print}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
