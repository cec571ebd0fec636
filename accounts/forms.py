"""What sign-up asks beside e-mail and password."""

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.domain import signup
from accounts.models.user import NAME_LENGTH, User


class SignupForm(forms.Form):
    display_name = forms.CharField(
        label=_("Your name"),
        max_length=NAME_LENGTH,
        help_text=_("Shown beside your ideas. It need not be your full name."),
        widget=forms.TextInput(attrs={"autocomplete": "nickname"}),
    )
    field_order = ["display_name", "email", "password1"]

    def clean_display_name(self) -> str:
        return signup.clean_name(self.cleaned_data["display_name"])

    def signup(self, request: HttpRequest, user: User) -> None:
        """allauth asks for it; the adapter has saved name and handle in the same write as the
        user.
        """
