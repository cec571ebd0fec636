"""Scores as people read them."""

from django import template
from django.utils import formats

register = template.Library()

MINUS = "\N{MINUS SIGN}"


@register.filter
def score(value: float | None) -> str:
    """To three digits; three terms of it add up to two."""
    value = round(value or 0, 3)
    return (MINUS if value < 0 else "") + str(formats.number_format(abs(value), decimal_pos=3))


@register.filter
def signed(value: float) -> str:
    return f"+{score(value)}" if round(value, 3) >= 0 else score(value)


@register.filter
def percent(share: float) -> str:
    return f"{formats.number_format(100 * share, decimal_pos=1)}%"
