"""Reading by a widget's key in the address: the same for everybody, so one answer serves all."""

from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers

from api.answers import is_known
from api.authentication import KEY_PARAMETER, key_in_address
from api.cors import let_read, mark_for_readers
from api.keeping import Kept, kept, place_of
from api.languages import language_of
from api.showings import shown_to
from api.views import ApiView
from cocreate.lib.tokens import prefix_of
from ideas.domain.stamps import stamp_of

# A cache in front may answer for five seconds, as for our pages; a browser asks each time.
CACHING = "public, max-age=0, s-maxage=5"
# A session's answer is its own, and stands at the same address.
VARIES_BY = ["Authorization", "Accept-Language"]
# What is searched for and where a page begins may be anything: those answers are not kept.
SHARED = {KEY_PARAMETER, "sort", "challenge", "limit"}


class NotKept(Exception):
    """An answer for this request alone."""

    def __init__(self, response: Any) -> None:
        self.response = response
        super().__init__()


class SharedView(ApiView):
    """GET is answered from what is kept (api/keeping.py) where a widget's key alone asks."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        publishable = key_in_address(request)
        if publishable is None or not is_for_all(request):
            return super().dispatch(request, *args, **kwargs)
        language = language_of(request)
        place = place_of(request, language, SHARED)
        if place is None:
            return super().dispatch(request, *args, **kwargs)
        known = request.META.pop("HTTP_IF_NONE_MATCH", "")  # what is kept is whole

        def make() -> Kept:
            return as_kept(request, super(SharedView, self).dispatch(request, *args, **kwargs))

        stamp = partial(stamp_of, prefix=prefix_of(publishable), code=kwargs.get("code", ""))
        try:
            with translation.override(language):
                found = kept(place, stamp, make)
        except NotKept as error:
            return error.response
        request.META["HTTP_IF_NONE_MATCH"] = known
        shown_to(request, found.ideas, found.challenges)
        response = as_response(request, found)
        response["Content-Language"] = language
        return response


def is_for_all(request: HttpRequest) -> bool:
    return request.method == "GET" and "HTTP_AUTHORIZATION" not in request.META


def note_list(request: Any, rows: list[dict[str, Any]], *, by_chance: bool) -> None:
    """These ideas are shown, in this order, to whoever gets the answer."""
    challenges = sorted({row["challenge_id"] for row in rows})
    request._request.listed = [row["id"] for row in rows], challenges, by_chance


def as_kept(request: HttpRequest, response: Any) -> Kept:
    """Raises NotKept."""
    if response.status_code != 200:
        raise NotKept(response)
    listed = getattr(request, "listed", ([], [], False))
    return Kept(response.content, response["ETag"], sorted(request.readers), *listed)  # type: ignore[attr-defined]


def as_response(request: HttpRequest, found: Kept) -> HttpResponse:
    response = (
        HttpResponse(status=304)
        if is_known(request, found.etag.removeprefix("W/"))
        else HttpResponse(found.body, content_type="application/json")
    )
    response["ETag"] = found.etag
    response["Cache-Control"] = CACHING
    patch_vary_headers(response, VARIES_BY)
    let_read(request, found.origins)
    mark_for_readers(request, response)
    return response
