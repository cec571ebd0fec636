"""In by one's address alone: a page asks for it, a code is mailed, the code opens. As sign-up and
sign-in in one it need not look, and does not, whether the address is known before the code is
right: docs/decisions/0089-a-vote-costs-an-address.md.
"""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.email_verification_by_code import (
    EMAIL_VERIFICATION_CODE_SESSION_KEY,
)
from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.mixins import NextRedirectMixin, RedirectAuthenticatedUserMixin
from allauth.account.models import EmailAddress, Login
from django import forms
from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.generic import FormView

from accounts.account_forms import LONGEST_ADDRESS, NO_ADDRESS
from accounts.domain import entrance
from web.account import codes

MAIL = "enter_code"


class AddressForm(forms.Form):
    use_required_attribute = False
    email = forms.EmailField(
        label=_("E-mail address"),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"required": _("Type your e-mail address."), "invalid": NO_ADDRESS},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].validators.append(MaxLengthValidator(LONGEST_ADDRESS))

    def clean_email(self) -> str:
        """As logins have it: what is mailed and what is looked for later are the same letters."""
        return str(self.cleaned_data["email"]).lower()


class Door(NextRedirectMixin, RedirectAuthenticatedUserMixin, FormView):  # type: ignore[misc]
    """Whoever is in already goes on."""

    def _redirect_to_pending_stage(self, request: HttpRequest, stage: Any) -> None:
        """A sign-up that waits for its own code keeps nobody from asking for one here."""


class AskView(Door):
    form_class, template_name = AddressForm, "account/enter.html"

    def get_default_success_url(self) -> str:
        return settings.LOGIN_REDIRECT_URL

    def form_valid(self, form: AddressForm) -> HttpResponse:
        codes.send(self.request, codes.ENTER, form.cleaned_data["email"], MAIL)
        return HttpResponseRedirect(self.passthrough_next_url(reverse("account_enter_code")))


class ConfirmView(Door):
    form_class, template_name = codes.CodeForm, "account/enter_code.html"

    def get_default_success_url(self) -> str:
        return settings.LOGIN_REDIRECT_URL

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.state = codes.waiting(request, codes.ENTER)
        if not self.state and not request.user.is_authenticated:
            return HttpResponseRedirect(self.passthrough_next_url(reverse("account_enter")))
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return response

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"state": self.state}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        email = self.state["email"] if self.state else ""
        return super().get_context_data(**kwargs) | {"email": email}

    def form_invalid(self, form: codes.CodeForm) -> HttpResponse:
        codes.note_wrong(self.request, codes.ENTER)
        return super().form_invalid(form)

    def form_valid(self, form: codes.CodeForm) -> HttpResponse:
        assert self.state  # noqa: S101 - without it no code is right
        codes.forget(self.request, codes.ENTER)
        language = get_language() or settings.LANGUAGE_CODE
        address = entrance.open_for(email=self.state["email"], language=language)
        return come_in(self.request, address, self.get_next_url())


def come_in(request: HttpRequest, address: EmailAddress, back: str | None) -> HttpResponse:
    """Signed in as the login of this address, whose mailbox they have just shown to read. A closed
    account stays closed.
    """
    user = address.user
    if user.is_active and not address.verified:
        get_adapter().confirm_email(request, address)
    request.session.pop(EMAIL_VERIFICATION_CODE_SESSION_KEY, None)  # of a sign-up that is overtaken
    record_authentication(request, user, method="code", email=address.email)
    login = Login(user=user, email=address.email, redirect_url=back)
    response: HttpResponse = perform_login(request, login)
    if request.user.is_authenticated:
        request.session.set_expiry(settings.SESSION_COOKIE_AGE)
    return response
