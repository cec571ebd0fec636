"""The pages of signing in and up are allauth's; here each stands behind our limits.

allauth's own limits are off (ACCOUNT_RATE_LIMITS): docs/decisions/0011 says why.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.internal.flows.email_verification_by_code import (
    EMAIL_VERIFICATION_CODE_SESSION_KEY,
)
from allauth.account.internal.flows.password_reset_by_code import (
    PASSWORD_RESET_VERIFICATION_SESSION_KEY,
)
from django.core.exceptions import NON_FIELD_ERRORS
from django.forms.utils import ErrorDict
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import URLPattern

from accounts import limits
from cocreate.lib.errors import DomainError, TooMany, Unavailable
from cocreate.lib.http import client_address
from web.account import again, codes
from web.account import urls as account
from web.account.clothes import dress
from web.pages import refusal, set_cache_rules, with_retry

Limit = Callable[[HttpRequest], None]
View = Callable[..., HttpResponseBase]
READING = {"GET", "HEAD", "OPTIONS"}
NO_GUESS = {"resend", "change"}  # what else the page of the code offers


def sign_in(request: HttpRequest) -> None:
    limits.sign_in(email=request.POST.get("login", ""), address=client_address(request))


def sign_up(request: HttpRequest) -> None:
    limits.sign_up(email=request.POST.get("email", ""), address=client_address(request))


def enter_code(request: HttpRequest) -> None:
    """What allauth would take for a guess is one, whatever `action` says beside a code."""
    waiting = request.session.get(EMAIL_VERIFICATION_CODE_SESSION_KEY)
    if waiting and request.POST.get("action") in NO_GUESS and "code" not in request.POST:
        limits.send_mail(email=request.POST.get("email", waiting["email"]), cost=0)
    else:
        guess(request, waiting)


def ask_for_reset(request: HttpRequest) -> None:
    limits.ask_for_reset(email=request.POST.get("email", ""), address=client_address(request))


def enter_reset_code(request: HttpRequest) -> None:
    guess(request, request.session.get(PASSWORD_RESET_VERIFICATION_SESSION_KEY))


def guess(request: HttpRequest, waiting: dict[str, Any] | None) -> None:
    """Count it before anything is compared: of what allauth counts in the session, requests at
    once write over one another. An address without an account waits for a code that never was.
    """
    if waiting:
        limits.guess_code(
            code=guessed_code(request, waiting),
            email=waiting["email"],
            address=client_address(request),
        )


def guessed_code(request: HttpRequest, waiting: dict[str, Any]) -> str:
    """The code, and the session that waits for it."""
    return f"{request.session.session_key}:{waiting.get('code', '')}"


def retype_password(request: HttpRequest) -> None:
    if request.user.is_authenticated:
        limits.retype_password(user_id=request.user.pk)


def change_email(request: HttpRequest) -> None:
    if request.user.is_authenticated:
        email = request.POST.get("email", "") if "action_remove" not in request.POST else ""
        limits.change_email(user_id=request.user.pk, email=email)


def ask_for_code(request: HttpRequest) -> None:
    limits.ask_for_code(email=request.POST.get("email", ""), address=client_address(request))


def enter_code_of_mailbox(request: HttpRequest) -> None:
    guess(request, request.session.get(codes.ENTER))


def retype_code(request: HttpRequest) -> None:
    """Asking for one has a limit of its own, in the view."""
    waiting = request.session.get(codes.AGAIN)
    if request.user.is_authenticated and waiting and not again.is_asking(request):
        limits.guess_own_code(
            code=guessed_code(request, waiting),
            user_id=request.user.pk,
            address=client_address(request),
        )


LIMITS: dict[str, Limit] = {
    "account_enter": ask_for_code,
    "account_enter_code": enter_code_of_mailbox,
    "account_reauthenticate_code": retype_code,
    "account_login": sign_in,
    "account_signup": sign_up,
    "account_email_verification_sent": enter_code,
    "account_reset_password": ask_for_reset,
    "account_confirm_password_reset_code": enter_reset_code,
    "account_reauthenticate": retype_password,
    "account_change_password": retype_password,
    "account_set_password": retype_password,
    "account_email": change_email,
}
UNLIMITED = {
    "account_logout",
    "account_inactive",
    "account_complete_password_reset",  # after the code, which is limited
    "account_password_reset_completed",
    "account_confirm_login_code",  # without login by code it only leads back
}
REFUSED_IN_PLACE = {"account_enter", "account_login", "account_signup", "account_reset_password"}


def behind_limits(pattern: URLPattern) -> URLPattern:
    name, view = str(pattern.name), pattern.callback
    limit = LIMITS.get(name)

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            if limit and request.method not in READING:
                limit(request)
            return view(request, *args, **kwargs)
        except DomainError as error:
            if name in REFUSED_IN_PLACE and isinstance(error, TooMany | Unavailable):
                response = refused_in_place(request, view, error)
            else:
                response = refusal(request, error, again=request.path)
            set_cache_rules(request, response)
            return response

    return URLPattern(pattern.pattern, guarded, pattern.default_args, pattern.name)


def refused_in_place(request: HttpRequest, view: Any, error: DomainError) -> HttpResponse:
    """The page again with what was typed, except passwords, and the reason above it."""
    page = view.view_class(**view.view_initkwargs)
    page.setup(request)
    form = page.get_form()
    # Set beforehand, so that rendering does not validate: validating a sign-in tries the password.
    reason = form.error_class([str(error.message)], error_class="nonfield")
    form._errors, form.cleaned_data = ErrorDict({NON_FIELD_ERRORS: reason}), {}
    response: HttpResponse = page.render_to_response(page.get_context_data(form=form))
    dress(request, response)
    response.status_code = error.status
    return with_retry(response, error)


urlpatterns = [behind_limits(pattern) for pattern in account.urlpatterns]
