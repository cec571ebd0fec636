"""Links to the same page with another query."""

from typing import Any

from django import template

register = template.Library()


@register.simple_tag(takes_context=True)
def query(context: template.Context, **changes: Any) -> str:
    """The query of this address with some parts changed; None takes a part out."""
    parts = context["request"].GET.copy()
    for name, value in changes.items():
        if value in (None, ""):
            parts.pop(name, None)
        else:
            parts[name] = str(value)
    return parts.urlencode()
