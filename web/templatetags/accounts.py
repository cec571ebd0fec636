"""The account forms in our own words: the library's labels mix two names for the same thing."""

from django import template
from django.forms import BoundField
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

register = template.Library()

LABELS = {
    "login": _("E-mail address"),
    "email": _("E-mail address"),
    "password": _("Password"),
    "password1": _("Password"),
    "password2": _("The same password again"),
    "oldpassword": _("The password you have now"),
}
HINTS = {
    # The library's links for a forgotten password lose the way back: the pages have their own.
    "password": "",
    "oldpassword": "",
    "password1": _(
        "Ten characters or more. A few words that only you would put together are best."
    ),
}


@register.filter
def own_label(field: BoundField) -> str:
    return getattr(field.field, "own_label", None) or LABELS.get(field.name, field.label)


@register.filter
def own_hint(field: BoundField) -> str:
    """The library's own hint may be markup that it made itself: a link for a lost password."""
    return HINTS.get(field.name, field.help_text)


@register.filter
def without_placeholder(field: BoundField) -> SafeString:
    """A placeholder is no label: it is gone once somebody types."""
    has_one = "placeholder" in field.field.widget.attrs
    return field.as_widget(attrs={"placeholder": ""} if has_one else None)
