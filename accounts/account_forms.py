"""allauth's forms, bounded: no field takes more than a person would type, so that a huge password
is refused before it is hashed.
"""

from typing import Any, ClassVar

from allauth.account import forms as theirs
from allauth.account.forms import default_token_generator
from allauth.account.internal.flows.password_reset_by_code import (
    PASSWORD_RESET_VERIFICATION_SESSION_KEY as PENDING_RESET,
)
from allauth.core import context
from django import forms
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

LONGEST_PASSWORD, LONGEST_ADDRESS, LONGEST_CODE = 256, 254, 40
STAMP = "stamp"
NO_ADDRESS = gettext_lazy("This is no e-mail address: one looks like name@example.org.")


class Bounded:
    """Not by `maxlength` in the page: browsers cut a pasted password silently. `own_labels` says
    what a field is called here, by its name.
    """

    own_labels: ClassVar[dict[str, Any]] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():  # type: ignore[attr-defined]
            field.own_label = self.own_labels.get(name)
            if isinstance(field.widget, forms.PasswordInput):
                field.validators.append(MaxLengthValidator(LONGEST_PASSWORD))
            elif name == "code":
                field.validators.append(MaxLengthValidator(LONGEST_CODE))
                field.widget.attrs |= {"placeholder": "", "autocapitalize": "characters"}
            elif isinstance(field, forms.EmailField):
                field.validators.append(MaxLengthValidator(LONGEST_ADDRESS))
                field.error_messages["invalid"] = NO_ADDRESS


class LoginForm(Bounded, theirs.LoginForm):
    pass


class SignupForm(Bounded, theirs.SignupForm):
    def try_save(self, request: HttpRequest) -> Any:
        """For a known address nothing is saved; it must take as long as if it were."""
        if self.account_already_exists:
            make_password(self.cleaned_data["password1"])
        return super().try_save(request)


class AddEmailForm(Bounded, theirs.AddEmailForm):
    own_labels: ClassVar[dict[str, Any]] = {"email": gettext_lazy("New e-mail address")}


class ChangePasswordForm(Bounded, theirs.ChangePasswordForm):
    own_labels: ClassVar[dict[str, Any]] = {"password1": gettext_lazy("New password")}


class SetPasswordForm(Bounded, theirs.SetPasswordForm):
    pass


class ReauthenticateForm(Bounded, theirs.ReauthenticateForm):
    pass


class ConfirmEmailForm(Bounded, theirs.ConfirmEmailVerificationCodeForm):
    pass


class ResetPasswordForm(Bounded, theirs.ResetPasswordForm):
    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        """The code counts as long as password, address and last sign-in are what they are now."""
        email: str = super().save(request, **kwargs)
        if self.users:
            state = request.session[PENDING_RESET]
            state[STAMP] = default_token_generator.make_token(self.users[0])
            request.session[PENDING_RESET] = state
        return email


class ConfirmResetForm(Bounded, theirs.ConfirmPasswordResetCodeForm):
    def clean_code(self) -> str:
        code: str = super().clean_code()
        raise_if_void()
        return code


class NewPasswordForm(Bounded, theirs.ResetPasswordKeyForm):
    own_labels: ClassVar[dict[str, Any]] = {"password1": gettext_lazy("New password")}

    def clean(self) -> dict[str, Any]:
        raise_if_void()
        return super().clean()


def raise_if_void() -> None:
    """Raises ValidationError where the account has changed since the code was sent."""
    state = context.request.session[PENDING_RESET]
    process = theirs.flows.password_reset_by_code.PasswordResetVerificationProcess(
        context.request, state
    )
    user = process.user
    is_open = user is not None and user.is_active
    if not is_open or not default_token_generator.check_token(user, state.get(STAMP)):
        message = _("Your account has changed since this code was sent. Ask for a new one.")
        raise ValidationError(message, code="reset_void")
