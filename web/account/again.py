"""“Is it you?”, asked before what concerns an account: by the password, and where there is none by
a code to the mailbox. There allauth asks nothing, so whatever it guards is guarded here.
"""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from allauth.account import app_settings
from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from allauth.account.internal.flows.reauthentication import raise_if_reauthentication_required
from allauth.account.views import BaseReauthenticateView
from allauth.core.exceptions import ReauthenticationRequired
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.decorators import method_decorator

from accounts import limits
from web.account import codes

View = Callable[..., HttpResponseBase]
MAIL, SEND = "own_code", "send"
READING = {"GET", "HEAD", "OPTIONS"}


def raise_if_stale(request: HttpRequest) -> None:
    """Raises ReauthenticationRequired; the middleware of allauth asks, and comes back."""
    if not request.user.is_authenticated or request.user.has_usable_password():
        raise_if_reauthentication_required(request, app="")
    elif not has_typed_code_lately(request):
        raise ReauthenticationRequired


def has_typed_code_lately(request: HttpRequest) -> bool:
    """Coming in by code is not enough, as coming in by password is not."""
    given = [
        record["at"]
        for record in get_authentication_records(request, request.user)
        if record.get("reauthenticated")
    ]
    return bool(given) and time.time() - given[-1] < app_settings.REAUTHENTICATION_TIMEOUT


def asked_again(view: View) -> View:
    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        raise_if_stale(request)
        return view(request, *args, **kwargs)

    return wrapped


def change_of_address(view: View) -> View:
    """allauth asks whoever has a password itself."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method not in READING and has_no_password(request):
            raise_if_stale(request)
        return view(request, *args, **kwargs)

    return wrapped


def first_password(view: View) -> View:
    """Asked before the page is shown, and never with the form: allauth would keep what was typed,
    the password with it, in the session's row until they come back.
    """

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if has_no_password(request) and not has_typed_code_lately(request):
            query = urlencode({REDIRECT_FIELD_NAME: request.path})
            return HttpResponseRedirect(f"{reverse('account_reauthenticate_code')}?{query}")
        return view(request, *args, **kwargs)

    return wrapped


def has_no_password(request: HttpRequest) -> bool:
    return request.user.is_authenticated and not request.user.has_usable_password()


@method_decorator(login_required, name="dispatch")
class ByCodeView(BaseReauthenticateView):  # type: ignore[misc]
    """A button that sends the code, then the field for it. Looking sends nothing."""

    form_class, template_name = codes.CodeForm, "account/reauthenticate_code.html"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if is_asking(request):
            limits.ask_for_own_code(user_id=request.user.pk)
            codes.send(request, codes.AGAIN, request.user.email, MAIL)
            return HttpResponseRedirect(self.passthrough_next_url(request.path))
        response: HttpResponse = super().post(request, *args, **kwargs)
        return response

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"state": own_code(self.request)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        is_sent = own_code(self.request) is not None
        return super().get_context_data(**kwargs) | {"is_sent": is_sent}

    def form_invalid(self, form: codes.CodeForm) -> HttpResponse:
        codes.note_wrong(self.request, codes.AGAIN)
        response: HttpResponse = super().form_invalid(form)
        return response

    def form_valid(self, form: codes.CodeForm) -> HttpResponse:
        codes.forget(self.request, codes.AGAIN)
        record_authentication(self.request, self.request.user, method="code", reauthenticated=True)
        response: HttpResponse = super().form_valid(form)
        return response


def is_asking(request: HttpRequest) -> bool:
    return request.POST.get("action") == SEND and "code" not in request.POST


def own_code(request: HttpRequest) -> dict[str, Any] | None:
    """None where the code went to an address that is not theirs any more."""
    state = codes.waiting(request, codes.AGAIN)
    return state if state and state["email"] == request.user.email else None  # type: ignore[union-attr]
