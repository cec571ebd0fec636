"""A code that was mailed, and the browser that asked for it: it counts there and nowhere else."""

import time
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.core.internal.cryptokit import generate_user_code, normalize_user_code
from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.account_forms import LONGEST_CODE
from accounts.limits import CODE_TRIES
from cocreate.lib.tokens import keyed_hash, same

ENTER, AGAIN = "code_to_enter", "code_of_own"  # in the session, apart: neither stands for the other
LIFETIME = 15 * 60  # seconds
ANONYMOUS_LIFETIME = (
    60 * 60
)  # of the typed address where the code is never typed; signing in ends it
DIGITS = 8  # as many codes as the library's letters make, on the keys of a telephone


def send(request: HttpRequest, purpose: str, email: str, event: str) -> None:
    """To `email`; codes sent before for this purpose are void in this browser. Raises TooMany
    where the mailbox has had its mails of the day.
    """
    code = generate_user_code(numeric=True, length=DIGITS)
    get_adapter().send_mail(f"account/email/{event}", email, {"code": code})
    if not request.user.is_authenticated:
        request.session.set_expiry(ANONYMOUS_LIFETIME)
    request.session[purpose] = {
        "email": email, "code": _hashed(code), "at": time.time(), "wrong": 0,
    }  # fmt: skip


def waiting(request: HttpRequest, purpose: str) -> dict[str, Any] | None:
    """What was sent, with the `email`, while it counts."""
    state: dict[str, Any] | None = request.session.get(purpose)
    if state and 0 <= time.time() - state["at"] <= LIFETIME:
        return state
    return None


def forget(request: HttpRequest, purpose: str) -> None:
    request.session.pop(purpose, None)


def note_wrong(request: HttpRequest, purpose: str) -> None:
    """A second line: accounts/limits.py counts exactly, as long as its store remembers."""
    if state := request.session.get(purpose):
        state["wrong"] += 1
        request.session[purpose] = state
        if state["wrong"] >= CODE_TRIES:
            forget(request, purpose)


def _hashed(code: str) -> str:
    return keyed_hash(normalize_user_code(code), purpose="mailed-code")


class CodeForm(forms.Form):
    """`state` is what waits; with none there is no right code."""

    use_required_attribute = False
    code = forms.CharField(
        label=_("Code"),
        max_length=LONGEST_CODE,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True},
        ),
        error_messages={"required": _("Type the code from the mail.")},
    )

    def __init__(self, *args: Any, state: dict[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.state = state
        # By a validator, not `maxlength` in the page: browsers cut what is pasted silently.
        self.fields["code"].widget.attrs.pop("maxlength", None)

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        if not self.state or not same(_hashed(code), self.state["code"]):
            message = get_adapter().error_messages["incorrect_code"]
            raise ValidationError(message, code="incorrect_code")
        return code
