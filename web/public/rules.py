"""The rules of a challenge in plain words, and the log of how they became what they are."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.access import brand_or_404
from accounts.models import Brand
from accounts.rules import can_manage_settings
from ideas.access import challenge_or_404
from ideas.domain.challenges import rules_of, state_of
from ideas.domain.rule_changes import Entry, log_of
from ideas.models import Challenge, Rules
from web import rule_words
from web.pages import page
from web.roads import is_over, road_of_all
from web.rule_words import said


@page
def rules(request: HttpRequest, slug: str, challenge_slug: str) -> HttpResponse:
    brand: Brand = brand_or_404(request.user, slug)
    found = challenge_or_404(brand, challenge_slug, request.user)
    state, today = state_of(found), rules_of(found)
    context = {
        "brand": brand,
        "challenge": found,
        "state": state,
        "rules": today,
        "facts": in_plain_words(today),
        "phases": road_of_all(state),
        "is_over": is_over(found, state),
        "log": [(entry, said(entry.changes)) for entry in shown_log(found)],
        "may_edit": can_manage_settings(request.user, brand),
    }
    return render(request, "public/rules.html", context)


def shown_log(challenge: Challenge) -> list[Entry]:
    return log_of(challenge) if challenge.is_published else []


def in_plain_words(rules: Rules) -> list[str]:
    return [
        rule_words.voting(rules),
        rule_words.voters(rules),
        rule_words.budget(rules),
        rule_words.half_life(rules),
        rule_words.leaving(rules),
    ]
