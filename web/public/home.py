"""The front page: questions that are open, what became of ideas, and who asks."""

from collections.abc import Iterable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.access import visible_brands
from ideas.access import latest_challenges
from ideas.domain.challenges import state_of
from ideas.domain.faces import behind_questions
from ideas.domain.outcomes import latest_outcomes
from web.figures import recent_of
from web.outcomes import told
from web.pages import page
from web.questions import Question, brand_card, question_of

BRANDS_ON_FRONT = 60


@page
def home(request: HttpRequest) -> HttpResponse:
    challenges = latest_challenges(request.user)
    figures = recent_of(challenge.brand for challenge in challenges)
    faces = behind_questions(challenges)
    questions = [
        question_of(each, state_of(each), figures.get(each.pk), faces.get(each.pk, ()))
        for each in challenges
    ]
    lead = lead_of(questions)
    context = {
        "lead": lead,
        "living": [each for each in questions if not each.is_over and each != lead],
        "past": [each for each in questions if each.is_over],
        "outcomes": [
            told(outcome, request.user) for outcome in latest_outcomes(user_id=request.user.pk)
        ],
        "brands": [
            brand_card(each) for each in visible_brands(request.user, limit=BRANDS_ON_FRONT)
        ],
    }
    return render(request, "public/home.html", context)


def lead_of(questions: Iterable[Question]) -> Question | None:
    """The one that is shown large: the newest that runs, rather one with a picture."""
    running = [each for each in questions if each.is_running and not each.is_over]
    return next((each for each in running if each.cover), None) or next(iter(running), None)
