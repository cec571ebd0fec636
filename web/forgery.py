"""Forms whose words must not be lost: their views are exempt from the check of the middleware,
which knows nothing but a page that says no, and ask it here.
"""

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest
from rest_framework.authentication import CSRFCheck


def is_stale(request: HttpRequest) -> bool:
    """The token is none of this session: forged, or of a session that has ended since the page was
    made. Nothing may be done; what was typed may be shown to whoever sent it.
    """
    check = CSRFCheck(lambda _request: None)
    check.process_request(request)
    return check.process_view(request, None, (), {}) is not None


def is_from_elsewhere(request: HttpRequest) -> bool:
    """As its browser says, another site has sent it: then nothing of it is even kept or shown."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site != "same-origin"
    origin = request.headers.get("Origin")
    own = {urlsplit(settings.PUBLIC_URL).netloc, request.get_host()}
    return origin is not None and urlsplit(origin).netloc not in own
