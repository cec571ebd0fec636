"""Rules in words, in templates."""

from datetime import datetime

from django import template

from ideas.domain.challenges import State
from ideas.models import Challenge, Phase
from web import roads
from web.rule_words import allowed, dates

register = template.Library()


@register.filter
def is_over(challenge: Challenge, state: State) -> bool:
    return roads.is_over(challenge, state)


@register.filter
def opening(state: State) -> datetime | None:
    """When the next phase begins."""
    return roads.next_opening(state)


@register.filter
def phase_dates(phase: Phase) -> str:
    return dates(phase.opens_at, phase.closes_at)


@register.filter
def phase_verbs(phase: Phase) -> str:
    return allowed(phase.verbs)
