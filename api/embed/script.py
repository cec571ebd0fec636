"""Scripts. Anybody's page may load them, and nothing in them is anybody's: no cookie is read."""

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from api.answers import is_known
from cocreate.lib import scripts
from cocreate.lib.scripts import Script

ONE_YEAR = 60 * 60 * 24 * 365
TODAYS = "public, max-age=300, stale-while-revalidate=86400"
FOR_EVER = f"public, max-age={ONE_YEAR}, immutable"


@require_safe
def today(request: HttpRequest, of: str) -> HttpResponse:
    """For pages that want what we mend as soon as it is mended."""
    return answer(request, scripts.today(of), TODAYS)


@require_safe
def version(request: HttpRequest, of: str, hash_: str) -> HttpResponse:
    """For pages that name one version and its integrity; ninety days at least after the next."""
    script = scripts.kept(of, hash_)
    if script is None:
        return HttpResponse("There is no such version.\n", status=404, content_type="text/plain")
    return answer(request, script, FOR_EVER)


def answer(request: HttpRequest, script: Script, caching: str) -> HttpResponse:
    etag = f'"{script.hash}"'
    response = HttpResponse(status=304) if is_known(request, etag) else whole(request, script)
    patch_vary_headers(response, ["Accept-Encoding"])
    response["ETag"] = etag
    response["Cache-Control"] = caching
    # A module is asked for as a reading, and integrity needs one: these let every page read it.
    response["Access-Control-Allow-Origin"] = "*"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def whole(request: HttpRequest, script: Script) -> HttpResponse:
    is_zipped = "gzip" in request.META.get("HTTP_ACCEPT_ENCODING", "")
    response = HttpResponse(
        script.zipped if is_zipped else script.body, content_type="text/javascript; charset=utf-8"
    )
    if is_zipped:
        response["Content-Encoding"] = "gzip"
    return response
