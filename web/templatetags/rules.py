"""Rules in words, in templates."""

from django import template

from ideas.models import Phase
from web.rule_words import allowed, dates

register = template.Library()


@register.filter
def phase_dates(phase: Phase) -> str:
    return dates(phase.opens_at, phase.closes_at)


@register.filter
def phase_verbs(phase: Phase) -> str:
    return allowed(phase.verbs)
