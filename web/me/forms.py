"""The shape of what a member says about themselves. accounts.domain judges it."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.models.user import HANDLE_LENGTH, NAME_LENGTH
from cocreate.lib.errors import DomainError
from web import zones

LONGEST_TOKEN_NAME = 60


class OwnForm(forms.Form):
    use_required_attribute = False  # the sentences come from us, in the reader's language

    def blame(self, error: DomainError, field: str | None = None) -> None:
        """Put a refusal beside the fields it names, else beside `field`, else above them all."""
        for name, problems in error.fields.items():
            for _code, message in problems:
                self.add_error(name if name in self.fields else None, message)
        if not error.fields:
            self.add_error(field, str(error.message))


class ProfileForm(OwnForm):
    picture = forms.FileField(
        label=_("Picture"),
        required=False,
        help_text=_(
            "JPEG, PNG, WebP, GIF or AVIF, 10 MB at most. We keep a small square of it, and nothing"
            " of where or with what it was taken."
        ),
    )
    remove_picture = forms.BooleanField(label=_("Remove my picture"), required=False)
    display_name = forms.CharField(
        label=_("Your name"),
        required=False,
        help_text=_("Shown beside your ideas. It need not be your full name."),
        widget=forms.TextInput(attrs={"maxlength": NAME_LENGTH, "autocomplete": "nickname"}),
    )
    handle = forms.CharField(
        label=_("Handle"),
        required=False,
        help_text=_(
            "It makes the address of your public page. If you change it, the old address leads"
            " nowhere, and somebody else may take it."
        ),
        widget=forms.TextInput(
            attrs={"maxlength": HANDLE_LENGTH + 1, "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    interests = forms.CharField(
        label=_("Interests"),
        required=False,
        help_text=_("Up to ten, separated by commas. They stand on your public page."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    language = forms.ChoiceField(
        label=_("Language"),
        required=False,
        choices=settings.LANGUAGES,
        help_text=_("Of these pages and of our mails to you."),
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        required=False,
        help_text=_("For the times on these pages."),
        widget=forms.Select(attrs={"data-yours": _("Yours")}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = self["time_zone"].value() or ""
        self.fields["time_zone"].choices = zones.choices(chosen)  # type: ignore[attr-defined]

    def clean_interests(self) -> list[str]:
        return self.cleaned_data["interests"].replace("#", "").split(",")

    def profile(self) -> dict[str, Any]:
        names = ("display_name", "handle", "language", "time_zone", "interests")
        return {name: self.cleaned_data[name] for name in names}


class TokenForm(OwnForm):
    name = forms.CharField(
        label=pgettext_lazy("of a token", "Name"),
        required=False,
        help_text=_("What will use it? So that you know later which one to revoke."),
        widget=forms.TextInput(attrs={"maxlength": LONGEST_TOKEN_NAME, "autocomplete": "off"}),
    )


def beginning(user: User) -> dict[str, Any]:
    """With the language that they read in now, which may be this browser's choice alone: saving
    anything else leaves them in it.
    """
    return {
        "display_name": user.display_name,
        "handle": user.handle,
        "interests": ", ".join(user.interests),
        "language": shown
        if (shown := get_language()) in dict(settings.LANGUAGES)
        else user.language,
        "time_zone": user.time_zone,
    }
