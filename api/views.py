"""What every endpoint does before and after its own few lines."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.urls import resolve, reverse
from django.utils import translation
from django.utils.translation import gettext
from drf_spectacular.utils import extend_schema
from rest_framework.renderers import JSONRenderer
from rest_framework.views import APIView

from api.answers import mark_for_caches, tell_rates, unless_known
from api.authentication import key_in_address, no_secret_in_url
from api.callers import VISITOR, Caller
from api.cors import is_preflight, mark_for_readers, preflight
from api.throttling import limit_requests, limited_guessing
from cocreate.lib.errors import NotFound
from cocreate.lib.ratelimit import noted

JSON = (JSONRenderer(), JSONRenderer.media_type)


class ApiView(APIView):
    """Answers JSON whatever the Accept header says. `caller` is known before a method runs."""

    caller: Caller = VISITOR
    http_method_names = ["get", "head", "post", "put", "patch", "delete"]  # the schema describes

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """A preflight asks before anybody is known."""
        if is_preflight(request):
            methods = [name for name in self.http_method_names if hasattr(self, name)]
            return preflight(request, key_in_address(request), ", ".join(methods).upper())
        with noted() as standings:
            response = super().dispatch(request, *args, **kwargs)
        tell_rates(response, standings)
        return response

    def initial(self, request: Any, *args: Any, **kwargs: Any) -> None:
        """Credential first; then existence, permission, shape, state, budget."""
        no_secret_in_url(request._request)
        request.accepted_renderer, request.accepted_media_type = JSON
        with limited_guessing(request._request):
            self.caller = request.auth or VISITOR
        speak_their_language(request._request, self.caller)
        limit_requests(self.caller)

    def finalize_response(
        self, request: Any, response: HttpResponseBase, *args: Any, **kwargs: Any
    ) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)
        is_reading = request.method in {"GET", "HEAD"} and response.status_code in {200, 304}
        if is_reading:
            response = unless_known(request, response)
        is_for_all = self.caller.is_visitor or self.caller.is_public_key
        mark_for_caches(response, shared=is_reading and is_for_all)
        mark_for_readers(request._request, response)
        return response


@extend_schema(exclude=True)
class NothingHere(ApiView):
    """An unknown address is answered as everything else is."""

    def initial(self, request: Any, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        raise NotFound(hint(request.path_info))


def hint(path: str) -> str:
    """Most who come here have left out the last sign, or have yet to read how it is done."""
    if not path.endswith("/") and not leads_nowhere(f"{path}/"):
        return gettext("There is nothing here: addresses end with /. Ask for %s") % f"{path}/"
    paper = settings.PUBLIC_URL + reverse("paper", args=["api"])
    return gettext("There is nothing here, or it is not for you. What there is: %s") % paper


def leads_nowhere(path: str) -> bool:
    return getattr(resolve(path).func, "cls", None) is NothingHere


def speak_their_language(request: HttpRequest, caller: Caller) -> None:
    """Whoever names no language (most programs) is answered in the one their member has chosen."""
    if caller.user is None or settings.LANGUAGE_COOKIE_NAME in request.COOKIES:
        return
    if request.META.get("HTTP_ACCEPT_LANGUAGE", "*") == "*" and caller.user.language in dict(
        settings.LANGUAGES
    ):
        translation.activate(caller.user.language)
