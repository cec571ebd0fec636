"""The account forms in our own words: the library's labels mix two names for the same thing."""

from django import template
from django.contrib.messages.storage.base import BaseStorage
from django.forms import BaseForm, BoundField
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


@register.filter
def begun_unless(form: BaseForm, notices: BaseStorage | None) -> BaseForm:
    """With the focus on the first field that is empty, or wrong, as the page opens: for a page that
    is nothing but this form. Not where its reader must be told something first.
    """
    if not notices and not form.non_field_errors():
        for field in form.visible_fields():
            if field.errors if form.is_bound else not field.value():
                field.field.widget.attrs["autofocus"] = True
                break
    return form
