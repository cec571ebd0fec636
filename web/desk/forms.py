"""The shapes of what a team sends. What may be is decided by the verbs."""

from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.domain.signup import clean_name
from accounts.enums import Role, Scope, Visibility
from accounts.models import Brand, Membership, User
from accounts.models.credentials import DEFAULT_RATE
from cocreate.lib.accents import is_own
from cocreate.lib.colour import HUE_STEP, shown_hue
from web.desk.common import DeskForm

ROLES = [
    (Role.MANAGER, _("Manager: answers, changes settings, makes keys, invites")),
    (Role.ANALYST, _("Analyst: reads everything, changes nothing")),
]
SECRET_SCOPES = [
    (Scope.READ, _("Read the brand, its questions and ideas")),
    (Scope.WRITE, _("Post and change ideas")),
    (Scope.VOTE, _("Vote on behalf of the people it names")),
]
SECRET, WIDGET = "secret", "widget"
OVERLAPS = {
    "0": (timedelta(0), _("At once")),
    "1": (timedelta(hours=1), _("In 1 hour")),
    "24": (timedelta(days=1), _("In 1 day")),
    "168": (timedelta(days=7), _("In 7 days")),
}


class SettingsForm(DeskForm):
    name = forms.CharField(
        label=pgettext_lazy("of a brand", "Name"),
        max_length=80,
        error_messages={"required": _("A brand needs a name.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    tagline = forms.CharField(
        label=_("In one sentence"),
        required=False,
        max_length=200,
        help_text=_("Stands below the name, on your page and on the front page."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    language = forms.ChoiceField(
        label=_("Your own language"),
        choices=settings.LANGUAGES,
        help_text=_("Of your questions and of the mails we send for you."),
    )
    languages = forms.MultipleChoiceField(
        label=_("Languages of your community"),
        choices=settings.LANGUAGES,
        required=False,
        help_text=_("People choose among these when they post an idea. None: all that we speak."),
        widget=forms.CheckboxSelectMultiple,
    )
    hue = forms.IntegerField(label=_("Your colour"), required=False, min_value=0, max_value=360)
    colour = forms.CharField(
        label=_("Or the very colour of your brand"),
        required=False,
        max_length=20,
        help_text=_("As your designers write it, such as #FFD500. Empty: the one chosen above."),
        widget=forms.TextInput(
            attrs={
                "autocomplete": "off", "autocapitalize": "none", "spellcheck": "false",
                "class": "short", "dir": "ltr",
            }
        ),
    )  # fmt: skip
    visibility = forms.ChoiceField(
        label=_("Who sees your brand"), choices=Visibility.choices, widget=forms.RadioSelect
    )
    admit_participants = forms.BooleanField(required=False)

    @classmethod
    def of(cls, brand: Brand) -> "SettingsForm":
        initial = {name: getattr(brand, name) for name in cls.base_fields if name in NAMES}
        if brand.colour:
            initial |= {"hue": None, "colour": brand.colour.upper()}
        return cls(initial=initial)

    @property
    def hues(self) -> list[tuple[int, bool]]:
        """Each colour we show, and whether it is the chosen one."""
        try:
            chosen = shown_hue(int(self["hue"].value()))
        except (TypeError, ValueError):
            chosen = -1
        return [(hue, hue == chosen) for hue in range(0, 360, HUE_STEP)]

    def look(self, brand: Brand) -> str:
        """What was chosen, where it is a colour, else today's."""
        sent = self.cleaned_data
        hue, colour = sent.get("hue"), sent.get("colour", "")
        if hue is not None and colour == brand.colour:
            colour = ""
        return colour or (brand.look if hue is None else str(hue))

    def forgive_all_but_the_colour(self) -> None:
        for name in self.errors.keys() - {"hue", "colour"}:
            del self.errors[name]

    def clean_colour(self) -> str:
        """As #rrggbb; people leave out the sign, or write each digit once."""
        written = self.cleaned_data["colour"].strip().lower().removeprefix("#")
        if not written:
            return ""
        digits = "".join(2 * digit for digit in written) if len(written) == 3 else written
        if not is_own(f"#{digits}"):
            raise forms.ValidationError(_("A colour is # and six digits, 0 to 9 and A to F."))
        return f"#{digits}"

    def clean(self) -> dict[str, Any]:
        sent = super().clean() or {}
        if sent.get("hue", 0) is None and not sent.get("colour", "#"):
            self.add_error("hue", _("Choose a colour."))
        return sent

    def changes(self, brand: Brand) -> dict[str, Any]:
        """What to save. A hue that looks as today's is today's: nobody has chosen another. Whoever
        chooses one beside the colour that is there already wants the hue.
        """
        sent = {name: self.cleaned_data[name] for name in NAMES}
        if sent["hue"] is not None and sent["colour"] == brand.colour:
            sent["colour"] = ""
        if sent["colour"] or sent["hue"] is None:
            del sent["hue"]
        elif shown_hue(sent["hue"]) == shown_hue(brand.hue):
            sent["hue"] = brand.hue
        return sent | {"admit_participants": self.cleaned_data["admit_participants"]}


NAMES = ("name", "tagline", "language", "languages", "hue", "colour", "visibility")


class AddressForm(DeskForm):
    slug = forms.CharField(
        label=_("Address"),
        max_length=50,
        help_text=_("Small letters, digits and -."),
        error_messages={"required": _("Your pages need an address.")},
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )


class InviteForm(DeskForm):
    emails = forms.CharField(
        label=_("E-mail addresses"),
        required=False,
        help_text=_("One or several, a line each."),
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off", "spellcheck": "false"}),
    )
    role = forms.ChoiceField(
        label=_("As"),
        choices=ROLES,
        initial=Role.ANALYST,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose a role."),
            "invalid_choice": _("Choose one of these roles."),
        },
    )


class AdmitForm(DeskForm):
    emails = forms.CharField(
        label=_("E-mail addresses"),
        required=False,
        help_text=_("A line each, 200 lines at most. Names around an address do no harm."),
        widget=forms.Textarea(attrs={"rows": 6, "autocomplete": "off", "spellcheck": "false"}),
    )


class RoleForm(DeskForm):
    role = forms.ChoiceField(choices=[(role, role.label) for role in (Role.MANAGER, Role.ANALYST)])


class HandOverForm(DeskForm):
    member = forms.ChoiceField(
        label=_("To whom"),
        error_messages={
            "required": _("Choose somebody of your team."),
            "invalid_choice": _("Choose somebody of your team."),
        },
    )
    own_password = forms.CharField(
        label=_("Your password"),
        strip=False,
        help_text=_("Asked again, because only the new owner could undo this."),
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": _("Type your password.")},
    )

    def __init__(self, *args: Any, owner: User, others: list[Membership], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.owner = owner
        if not owner.has_usable_password():
            del self.fields["own_password"]  # the page has asked for a code
        self.fields["member"].choices = [("", "—")] + [
            (one.user.handle, f"{one.user.display_name} (@{one.user.handle})") for one in others
        ]

    def clean_own_password(self) -> str:
        password: str = self.cleaned_data["own_password"]
        if not self.owner.check_password(password):
            raise forms.ValidationError(_("That is not your password."), code="wrong_password")
        return password


class KeyForm(DeskForm):
    name = forms.CharField(
        label=pgettext_lazy("of a key", "Name"),
        max_length=60,
        help_text=_("What will use it, so that you know later: “CRM”, “shop in Lyon”."),
        error_messages={"required": _("Give it a name.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    kind = forms.ChoiceField(
        label=_("For"),
        initial=SECRET,
        choices=[
            (SECRET, _("A server of yours: a secret key, which nobody else may see")),
            (WIDGET, _("Pages of yours: a widget key, which anybody may see")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one."), "invalid_choice": _("Choose one of these.")},
    )
    scopes = forms.MultipleChoiceField(
        label=_("What a secret key may do"),
        choices=SECRET_SCOPES,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("Choose among these.")},
    )
    origins = forms.CharField(
        label=_("Sites that may show the widget"),
        required=False,
        help_text=_("For a widget key. A line each, such as https://shop.example"),
        widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false"}),
    )
    rate = forms.IntegerField(
        label=_("Requests a second at most"),
        initial=DEFAULT_RATE,
        min_value=0,
        max_value=1_000_000,
        help_text=_("For a secret key; 0 is no limit."),
        error_messages={"required": _("Write a number; 0 is no limit.")},
    )

    def clean_name(self) -> str:
        return clean_name(self.cleaned_data["name"])

    def clean(self) -> dict[str, Any]:
        sent = super().clean() or {}
        if sent.get("kind") == WIDGET and not sent.get("origins", "").strip():
            self.add_error("origins", _("Name the sites: no other may show the widget."))
        return sent

    def content(self) -> dict[str, Any]:
        sent = self.cleaned_data
        is_widget = sent["kind"] == WIDGET
        return {
            "name": sent["name"],
            "scopes": [Scope.WIDGET] if is_widget else [Scope(one) for one in sent["scopes"]],
            "origins": sent["origins"].split(),
            "rate": sent["rate"],
        }


class RotateForm(DeskForm):
    overlap = forms.ChoiceField(
        label=_("The old key ends"),
        choices=[(value, label) for value, (_span, label) in OVERLAPS.items()],
        initial="24",
        error_messages={"invalid_choice": _("Choose one of these.")},
    )

    def span(self) -> timedelta:
        return OVERLAPS[self.cleaned_data["overlap"]][0]
