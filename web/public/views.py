"""What everybody may read of a brand: its page, its challenges, ideas."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render

from accounts.access import brand_or_404
from accounts.models import Brand
from ideas.access import challenge_or_404, challenges_of, idea_or_404
from ideas.domain.budgets import budget_of
from ideas.domain.challenges import State, state_of
from ideas.domain.lists import idea_row, ideas_page
from ideas.domain.similar import like
from ideas.enums import Sort, Verb
from ideas.models import Challenge, Idea
from ideas.rules import is_author, was_taken_back
from web.ballots import Shown, one, shown, votes_from
from web.figures import Recent, asked, recent
from web.impressions import shown_to
from web.links import idea_path
from web.pages import page
from web.public.authors import signed
from web.public.cards import card_in_page
from web.public.deleting import gone
from web.public.densities import remembered, seen_as
from web.public.listing import WORDS_ALONE, listing, search_of_brand
from web.public.talk import discussion
from web.public.way_back import way_back
from web.questions import Other, question_of
from web.roads import road

BRIEF = 120  # signs of a question's text that stand above its ideas
FIRST_IDEAS = 6
MOST_QUESTIONS = 6  # of a brand, in sight at once
MOST_OTHERS = 5  # questions that are named beside one


@page
def brand(request: HttpRequest, slug: str) -> HttpResponse:
    found = brand_or_404(request.user, slug)
    challenges = challenges_of(found)
    known = recent(found)
    states = {challenge.slug: state_of(challenge) for challenge in challenges}
    context = search_of_brand(request, found, states, known) or hot_ideas(
        request, found, states, known
    )
    questions = [
        question_of(one, states[one.slug], known.figures.get(one.pk)) for one in challenges
    ]
    living = [question for question in questions if not question.is_over]
    context |= {
        "brand": found,
        "questions": living[:MOST_QUESTIONS],
        "more_questions": living[MOST_QUESTIONS:],
        "over": [question for question in questions if question.is_over],
        "takes_ideas": any(state.allows(Verb.SUBMIT) for state in states.values()),
        "words_alone": WORDS_ALONE,
    }
    return remembered(request, render(request, "public/brand.html", context))


def hot_ideas(
    request: HttpRequest, found: Brand, states: dict[str, State], known: Recent
) -> dict[str, Any]:
    hot = ideas_page(brand=found, sort=Sort.HOT, limit=FIRST_IDEAS, user_id=request.user.pk)
    shown_to(request, hot.items)
    ideas = shown(hot.items, states, request.user)
    return seen_as(request, known.of_all) | {
        "ideas": ideas,
        "back": request.path,
        "keeps_list": False,
    }


@page
def challenge(request: HttpRequest, slug: str, challenge_slug: str) -> HttpResponse:
    found = challenge_or_404(brand_or_404(request.user, slug), challenge_slug, request.user)
    state = state_of(found)
    known = recent(found.brand)
    context = about(request, found, state) | listing(request, found, state, known)
    context["question"] = question_of(found, state, known.figures.get(found.pk))
    context["body_is_long"] = is_long(found.body)
    return remembered(request, render(request, "public/challenge.html", context | beside(found)))


def beside(found: Challenge) -> dict[str, Any]:
    """What else its brand asks now."""
    others = [one for one in asked(found.brand) if one.slug != found.slug and one.is_open]
    return {
        "others": tuple(Other(one.slug, one.title) for one in others[:MOST_OTHERS]),
        "takes_ideas_elsewhere": any(one.takes_ideas for one in others),
    }


@page
def idea(request: HttpRequest, code: str, slug: str = "") -> HttpResponse:
    """Without its slug, or with a wrong one, an address leads to the one that lasts."""
    found = idea_or_404(request.user, code)
    target = found.merged_into or found
    proper = idea_path(target.code, target.title)
    if request.path != proper:
        query = request.META.get("QUERY_STRING", "")
        return HttpResponsePermanentRedirect(proper + (f"?{query}" if query else ""))
    if found.deleted_at and is_author(request.user, found):
        return gone(request, found)
    state = state_of(found.challenge)
    context = about(request, found.challenge, state)
    row = idea_row(code=code, user_id=request.user.pk)
    back = way_back(request, found.challenge)
    context |= {
        "back": proper + back.tail,
        "way_back": back,
        "idea": one(row, state, request.user) if row else None,
        "full": found,
        "taken_back": was_taken_back(found),
        "talk": discussion(request, found, state, row["comments"] if row else 0),
        "signed": signed(request, found),
        "card": card_in_page(found, state),
        "votes_from": None if found.closed else votes_from(state),
        "similar": like_this(request, found, state),
    }
    return render(request, "public/idea.html", context)


def like_this(request: HttpRequest, found: Idea, state: State) -> list[Shown]:
    rows = like(idea=found, hides_counts=state.hides_counts, user_id=request.user.pk)
    return shown(rows, {}, request.user)


def is_long(body: str) -> bool:
    return len(body) > BRIEF or "\n" in body.strip()


def about(request: HttpRequest, challenge: Challenge, state: State) -> dict[str, Any]:
    """What every page inside a challenge says about it."""
    return {
        "brand": challenge.brand,
        "challenge": challenge,
        "state": state,
        "road": () if challenge.closed else road(state),
        "budget": budget_of(challenge=challenge, user_id=request.user.pk),
        "takes_ideas": state.allows(Verb.SUBMIT),
        "would_take_ideas": not challenge.is_published and state.would_allow(Verb.SUBMIT),
        "takes_votes": state.allows(Verb.VOTE),
    }
