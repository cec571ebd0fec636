"""How ideas stand, wait and what they are about."""

from datetime import timedelta

import pytest
from django.utils import timezone

from ideas.domain import comments, decisions, ideas
from ideas.models import Comment, Decision, Idea
from insights.domain import standing
from insights.domain.standing import standing_of
from tests.factories import make_challenge, make_idea

DAY = timedelta(days=1)


def posted(idea, days):
    then = timezone.now() - timedelta(days=days, hours=1)
    Idea.objects.filter(pk=idea.pk).update(created_at=then)


def test_statuses_are_counted_without_what_is_hidden(brand, challenge, bob, mallory):
    first, second, third = (make_idea(challenge) for _n in range(3))
    make_idea(make_challenge(mallory.memberships.get().brand))
    decisions.set_status(idea=first, status="planned", actor=bob)
    ideas.set_hidden(idea=third, hidden=True, actor=bob)
    assert standing_of(brand).by_status() == {"planned": 1, "submitted": 1}


def test_the_first_answer_ends_the_wait(brand, challenge, bob):
    decided, said, silent = (make_idea(challenge) for _n in range(3))
    decisions.set_status(idea=decided, status="planned", actor=bob)
    comments.answer(idea=decided, body="And so on.", actor=bob)
    comments.answer(idea=said, body="We hear you.", actor=bob)
    for idea, days in ((decided, 5), (said, 40), (silent, 60)):
        posted(idea, days)
    found = standing_of(brand)
    assert [wait.days for wait in found.waits] == [5, 40]
    assert found.by_wait() == [0, 1, 0, 1, 0]
    assert found.unanswered == 1
    assert found.typical_wait.days == 22
    assert (found.now - found.waiting_since).days == 60


def test_what_was_undone_or_hidden_is_no_answer(brand, challenge, bob):
    undone, hidden = make_idea(challenge), make_idea(challenge)
    made = decisions.set_status(idea=undone, status="planned", actor=bob)
    decisions.undo(decision=made, actor=bob)
    comments.answer(idea=hidden, body="We hear you.", actor=bob)
    Comment.objects.update(hidden=True)
    found = standing_of(brand)
    assert (found.unanswered, found.typical_wait) == (2, None)


def test_an_answer_from_before_the_idea_is_no_wait(brand, challenge, bob):
    idea = make_idea(challenge)
    decisions.set_status(idea=idea, status="planned", actor=bob)
    Decision.objects.update(at=timezone.now() - 9 * DAY)
    assert standing_of(brand).waits == [timedelta()]


def test_tags_are_counted_by_month_the_hottest_first(brand, challenge):
    for tags in (["roof", "rain"], ["roof"], ["roof"]):
        idea = make_idea(challenge)
        Idea.objects.filter(pk=idea.pk).update(tags=tags)
    posted(idea, 400)
    found = standing_of(brand)
    assert [(heat.tag, heat.total) for heat in found.heat()] == [("roof", 2), ("rain", 1)]
    assert found.heat()[0].months == [0, 0, 0, 0, 0, 2]
    months = found.months()
    assert len(months) == 6
    assert [month.day for month in months] == [1] * 6
    assert months == sorted(months)


def test_only_the_latest_ideas_are_looked_at(brand, challenge, monkeypatch):
    monkeypatch.setattr(standing, "LATEST", 3)
    for _n in range(2):
        make_idea(challenge)
    assert standing_of(brand).is_all
    make_idea(challenge)
    assert not standing_of(brand).is_all


@pytest.mark.parametrize("there", [0, 3])
def test_it_is_one_query(brand, challenge, there, django_assert_num_queries):
    for _n in range(there):
        make_idea(challenge)
    with django_assert_num_queries(1):
        found = standing_of(brand)
        found.heat()
    assert len(found.ideas) == there
