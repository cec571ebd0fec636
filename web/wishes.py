"""The vote that a visitor wanted, cast the moment they have signed in or up.

The wish is the address they would return to, `/i/<code>/vote/?value=1&from=…`, where the latter is
where they asked for it and come back to. It travels with the sign-in forms (allauth keeps it
through the e-mail code) and nowhere else: no cookie before them, no row in the database, no wish
that lingers until a later sign-in. The vote is cast inside the POST that signs in, because a GET
never votes. The pages say beforehand which vote it will be.
"""

from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.db import OperationalError, transaction
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve, reverse
from django.utils import translation
from django.utils.translation import gettext as _

from cocreate.lib.errors import DomainError, Unavailable
from ideas.access import idea_or_404
from ideas.models import Idea
from web.language import remember_language
from web.links import idea_path
from web.public.votes import cast_first_for, cast_for, voted_before
from web.public.way_back import place_of_vote

LONGEST_VALUE = 4
PENDING_LOGIN = "account_login"  # where allauth keeps a sign-in that waits for its code


@dataclass(frozen=True)
class Wish:
    code: str
    value: int
    replaces: bool = True  # a vote that they have; not where they came from the form for ideas
    place: str = ""  # where it was asked for, as the address says


def wish_in(url: str) -> Wish | None:
    """The vote that an address asks for."""
    try:
        parts = urlsplit(url)
        match = resolve(parts.path)
    except (ValueError, Resolver404):
        return None
    query = parse_qs(parts.query)
    values = query.get("value", [""])
    if match.url_name != "vote" or parts.netloc or len(values[0]) > LONGEST_VALUE:
        return None
    try:
        place = query.get("from", [""])[0]
        return Wish(match.kwargs["code"], int(values[0]), "kept" not in query, place)
    except ValueError:
        return None


def wish_of(request: HttpRequest) -> Wish | None:
    """The wish that this sign-in page carries."""
    pending = request.session.get(PENDING_LOGIN) or {}
    url = (
        request.POST.get(REDIRECT_FIELD_NAME)
        or request.GET.get(REDIRECT_FIELD_NAME)
        or pending.get("redirect_url")
    )
    return wish_in(url) if url else None


def on_signed_in(
    *, request: HttpRequest, response: HttpResponse, user: Any, **_kwargs: Any
) -> None:
    """Receiver of allauth's `user_logged_in`; `response` is what the form will answer."""
    remember_language(response, user.language)
    wish = wish_in(response.get("Location", ""))
    if wish is None:
        return
    with translation.override(user.language):  # the page that shows it speaks it already
        cast_now(request, response, user, wish)


def cast_now(request: HttpRequest, response: HttpResponse, user: Any, wish: Wish) -> None:
    """The vote, or why it cannot be, in words that the next page shows."""
    try:
        found = idea_or_404(user, wish.code)
        place = place_of_vote(wish.place, found) or idea_path(found.code, found.title)
        response["Location"] = place
        with transaction.atomic():  # a vote that cannot be had now must not undo the sign-in
            is_cast = cast_wish(user, wish)
    except DomainError as error:
        messages.error(request, str(error.message))
    except OperationalError:
        messages.error(request, str(Unavailable.message))
    else:
        if not is_cast:
            messages.info(request, voted_before())
            return
        messages.success(request, welcome(user))
        if not place.startswith(reverse("idea_by_code", args=[found.code])):
            response["Location"] = f"{place}#voted-{found.code}"  # a list may be long


def welcome(user: Any) -> str:
    if user.has_own_name:
        return _("Welcome, {name}. Your vote is in.").format(name=user.display_name)
    return _("Your vote is in. You can choose a name and a password on your page, if you like.")


def cast_wish(user: Any, wish: Wish) -> bool:
    """False where the vote stays that they have. Raises a DomainError."""
    if wish.replaces:
        cast_for(user, wish.code, wish.value)
        return True
    return cast_first_for(user, wish.code, wish.value)


def idea_of(wish: Wish, user: Any) -> Idea | None:
    try:
        return idea_or_404(user, wish.code)
    except DomainError:
        return None
