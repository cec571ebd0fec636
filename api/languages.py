"""The language of what all readers of a key see alike: no cookie has a say in it, or a cache would
give one reader's to another.
"""

from django.conf import settings
from django.http import HttpRequest
from django.utils import translation
from django.utils.translation.trans_real import parse_accept_lang_header


def language_of(request: HttpRequest, named: str = "") -> str:
    """The one that the host's page names, else the first of the browser's that we speak."""
    if named in dict(settings.LANGUAGES):
        return named
    for tag, _weight in parse_accept_lang_header(request.META.get("HTTP_ACCEPT_LANGUAGE", "")):
        try:
            return translation.get_supported_language_variant(tag)
        except LookupError:
            continue
    return str(settings.LANGUAGE_CODE)
