"""Scores as people read them."""

from typing import Any

from django import template

from cocreate.lib import numbers
from ideas.domain.why import DIGITS
from web.public.why import path_from

register = template.Library()

MINUS = "\N{MINUS SIGN}"


@register.filter
def score(value: float | None) -> str:
    """To the digits to which its terms add up."""
    value = round(value or 0, DIGITS)
    return (MINUS if value < 0 else "") + numbers.decimal(abs(value), DIGITS)


@register.filter
def signed(value: float) -> str:
    return f"+{score(value)}" if round(value, DIGITS) >= 0 else score(value)


@register.filter
def change(value: int) -> str:
    """A whole number with its sign; nothing has none."""
    sign = MINUS if value < 0 else "+" if value else ""
    return sign + numbers.whole(abs(value))


@register.filter
def percent(share: float) -> str:
    return numbers.percent(share)


@register.simple_tag(takes_context=True)
def why_path(context: dict[str, Any], code: str) -> str:
    return path_from(context["request"], code)
