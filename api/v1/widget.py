"""POST widget/sessions/: a host's signed word about its visitor becomes ten minutes of votes."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from accounts import limits
from accounts.domain import widgets
from accounts.models import ApiKey
from api import parameters
from api.answers import answer, moment
from api.callers import Caller
from api.cors import let_read, origin_of
from api.errors import BadCredential
from api.idempotency import once
from api.v1 import widget_described as described
from api.v1.serializers import read
from api.views import ApiView
from cocreate.lib.http import client_address
from ideas.domain.joining import join_names


class WidgetSessions(ApiView):
    @described.open_session
    def post(self, request: Any) -> HttpResponse:
        named = must_be_a_page_or_nobody(self.caller)
        parameters.read(request)
        token = read(described.HostToken, request.data)["token"]
        key, claims = key_of(request._request, token)
        if named is not None and named.pk != key.pk:
            raise BadCredential
        let_read(request._request, key.origins)
        origin = origin_of(request._request)
        widgets.must_open_from(key, origin)
        sent = {"token": token, "origin": origin}  # another site's request is another request
        return once(request, Caller(own_key=key), sent, lambda: opened(key, claims, origin))


def opened(key: ApiKey, claims: dict[str, Any], origin: str) -> HttpResponse:
    made = widgets.open_session(key=key, claims=claims, origin=origin)
    who = made.session
    join_names(brand_id=who.brand_id, external_id=who.external_id, mailbox=who.mailbox)
    body = {"token": made.secret, "expires": moment(made.expires), "brand": key.brand.slug}
    return answer(body, 201)


def must_be_a_page_or_nobody(caller: Caller) -> ApiKey | None:
    """The token says who asks. A page names its widget's key beside it, so that it may read a
    refusal, too. Raises BadCredential for any other credential: it would be somebody else's.
    """
    if not (caller.is_visitor or caller.is_public_key):
        raise BadCredential
    return caller.own_key


def key_of(request: HttpRequest, token: str) -> tuple[ApiKey, dict[str, Any]]:
    """As for any credential, a flood of forged ones is refused before it is looked up. Raises
    TooMany, and TokenRefused.
    """
    address = client_address(request)
    limits.refuse_flood_of_credentials(address=address)
    try:
        return widgets.key_of_token(token)
    except widgets.Forged:
        limits.note_wrong_credential(address=address)
        raise
