"""Ideas like the one that somebody is writing, so that they can vote for it instead."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts import limits
from accounts.access import brand_or_404
from accounts.models import Brand
from cocreate.lib.http import client_address
from ideas.access import challenges_of
from ideas.domain.challenges import state_of
from ideas.domain.similar import SHOWN, shared_words, similar_to
from web.ballots import Shown, shown
from web.pages import page
from web.public.votes import FRAGMENT_HEADER


@page
@require_safe
def similar(request: HttpRequest, slug: str) -> HttpResponse:
    """The part of a page that static/js/similar.js asks for; empty where there is none."""
    brand = brand_or_404(request.user, slug)
    limits.look_for_similar(user_id=request.user.pk, address=client_address(request))
    found = beside_form(request, brand, request.GET.get("title", ""))
    response = render(request, "partials/similar.html", {"brand": brand} | found)
    response[FRAGMENT_HEADER] = "1"
    return response


def beside_form(request: HttpRequest, brand: Brand, title: str) -> dict[str, Any]:
    """What partials/similar.html shows."""
    found = similar_ideas(request, brand, title)
    words = shared_words(title, [idea.title for idea in found])
    return {"similar": found, "shared_words": words}


def similar_ideas(
    request: HttpRequest, brand: Brand, text: str, *, but: str = "", limit: int = SHOWN
) -> list[Shown]:
    """Each has `near_copy`; `but` is the code of the idea that the text is of."""
    rows = similar_to(brand=brand, text=text, but=but, limit=limit, user_id=request.user.pk)
    if not rows:
        return []
    states = {challenge.slug: state_of(challenge) for challenge in challenges_of(brand)}
    return shown(rows, states, request.user)
