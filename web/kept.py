"""What somebody had typed when their session ended, and gets back the moment they have signed in.

It waits as a draft of nobody. The secret that fetches it is in the address they would return to,
`/b/<brand>/submit/?kept=…`, and travels with the sign-in forms as a wanted vote does (wishes.py).
Whoever wanted to vote for another idea instead returns to that: `/i/<code>/vote/?value=1&kept=…`.
"""

from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve, reverse
from django.utils.translation import gettext as _

from cocreate.lib.errors import DomainError
from ideas.domain import drafts
from web.public.instead import words_kept


def path_to(slug: str, *, secret: str, code: str) -> str:
    """`code`: of the draft that they had begun, if any."""
    query = {"kept": secret} | ({"draft": code} if code else {})
    return f"{reverse('submit', args=[slug])}?{urlencode(query)}"


def on_signed_in(
    *, request: HttpRequest, response: HttpResponse, user: Any, **_kwargs: Any
) -> None:
    """Receiver of allauth's `user_logged_in`: from now on it is a draft of theirs."""
    query = query_of(response.get("Location", ""))
    if "kept" not in query:
        return
    try:
        draft = drafts.take(secret=query["kept"], user=user, code=query.get("draft", ""))
    except DomainError:
        return
    if is_vote(response["Location"]):
        messages.info(request, words_kept())
        return
    response["Location"] = f"{reverse('submit', args=[draft.brand.slug])}?draft={draft.code}"
    messages.info(
        request, _("You are signed in. Nothing was posted yet: press the button once more.")
    )


def is_vote(url: str) -> bool:
    return resolve(urlsplit(url).path).url_name == "vote"


def query_of(url: str) -> dict[str, str]:
    """Of the address of a form for ideas, or of one for a vote; empty for any other."""
    try:
        parts = urlsplit(url)
        match = resolve(parts.path)
    except (ValueError, Resolver404):
        return {}
    if match.url_name not in {"submit", "vote"} or parts.netloc:
        return {}
    return {name: values[0] for name, values in parse_qs(parts.query).items()}
