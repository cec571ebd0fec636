"""Reading that is the same for everybody, so one answer serves all: by a widget's key in the
address, and lists for visitors without any.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers

from api.answers import is_known, mark_for_caches
from api.authentication import KEY_PARAMETER, key_in_address
from api.cors import let_read, mark_for_readers
from api.errors import handle
from api.keeping import Kept, kept, place_of
from api.languages import language_of
from api.showings import shown_to
from api.views import ApiView
from cocreate.lib.tokens import prefix_of
from ideas.domain.stamps import stamp_of, stamp_of_public
from ideas.enums import Sort

# A cache in front may answer for five seconds, as for our pages; a browser asks each time.
CACHING = "public, max-age=0, s-maxage=5"
# A session's answer is its own, and stands at the same address.
VARIES_BY = ["Authorization", "Accept-Language"]
# What is searched for and where a page begins may be anything: those answers are not kept. Nor is
# any length that whoever has no key makes up.
SHARED = {KEY_PARAMETER, "sort", "challenge", "limit"}
LENGTHS = {"5", "10", "20", "50"}


class NotKept(Exception):
    """An answer for this request alone."""

    def __init__(self, response: Any) -> None:
        self.response = response
        super().__init__()


class SharedView(ApiView):
    """GET is answered from what is kept (api/keeping.py) where all who ask so get the same."""

    kept_for_visitors = False  # where making it costs more than looking it up

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        publishable = key_in_address(request)
        stamp = self.stamp_for(request, publishable, **kwargs)
        # By a key no cookie has a say; a visitor's language may stand in one.
        language = language_of(request) if publishable else translation.get_language()
        place = place_of(request, language, SHARED) if stamp else None
        if stamp is None or place is None:
            return super().dispatch(request, *args, **kwargs)
        if publishable is None and not is_for_visitors(request):
            return super().dispatch(request, *args, **kwargs)
        known = request.META.pop("HTTP_IF_NONE_MATCH", "")  # what is kept is whole

        def make() -> Kept:
            response = super(SharedView, self).dispatch(request, *args, **kwargs)
            return as_kept(request, response, by_chance=publishable is not None)

        try:
            with translation.override(language):
                found = kept(place, stamp, make)
        except NotKept as error:
            return error.response
        except Exception as error:  # noqa: BLE001 - of the stamp; those of a view are answers
            return handle(error, {"request": request})
        request.META["HTTP_IF_NONE_MATCH"] = known
        response = as_response(request, found)
        if publishable is None:
            mark_for_caches(response, shared=True)
            response["Allow"] = ", ".join(self.allowed_methods)
        else:
            mark_for_hosts(request, response, found)
            shown_to(request, found.ideas, found.challenges)
            response["Content-Language"] = language
        return response

    def stamp_for(
        self, request: HttpRequest, publishable: str | None, slug: str = "", code: str = ""
    ) -> Callable[[], str | None] | None:
        """None: the answer may be for this caller alone."""
        if request.method != "GET" or "HTTP_AUTHORIZATION" in request.META:
            return None
        if publishable is not None:
            return partial(stamp_of, prefix=prefix_of(publishable), code=code)
        if self.kept_for_visitors and settings.SESSION_COOKIE_NAME not in request.COOKIES:
            return partial(stamp_of_public, slug=slug)
        return None


def note_list(request: Any, rows: list[dict[str, Any]], *, by_chance: bool) -> None:
    """These ideas are shown, in this order, to whoever gets the answer."""
    challenges = sorted({row["challenge_id"] for row in rows})
    request._request.listed = [row["id"] for row in rows], challenges, by_chance


def is_for_visitors(request: HttpRequest) -> bool:
    """Whether many may ask for the same; each is shown chance of their own."""
    sent = request.GET
    return sent.get("sort") != Sort.RANDOM and sent.get("limit", "20") in LENGTHS


def as_kept(request: HttpRequest, response: Any, *, by_chance: bool) -> Kept:
    """`by_chance`: also a list that is drawn. Raises NotKept."""
    listed = getattr(request, "listed", ([], [], False))
    if response.status_code != 200 or (listed[-1] and not by_chance):
        raise NotKept(response)
    readers = getattr(request, "readers", ())
    return Kept(response.content, response["ETag"], sorted(readers), *listed)


def as_response(request: HttpRequest, found: Kept) -> HttpResponse:
    response = (
        HttpResponse(status=304)
        if is_known(request, found.etag.removeprefix("W/"))
        else HttpResponse(found.body, content_type="application/json")
    )
    response["ETag"] = found.etag
    return response


def mark_for_hosts(request: HttpRequest, response: HttpResponse, found: Kept) -> None:
    response["Cache-Control"] = CACHING
    patch_vary_headers(response, VARIES_BY)
    let_read(request, found.origins)
    mark_for_readers(request, response)
