"""What is counted seldom and shown often: by whom it is counted again, and what others get."""

import time

import pytest
from django.core.cache import cache

from ideas.domain import figures as counting
from ideas.domain.figures import figures_of
from tests.factories import make_challenge, make_idea
from web import figures


@pytest.fixture
def question(brand):
    return make_challenge(brand, slug="street")


def stirred(brand, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        counting.stir(brand.pk)


def turn_is_over(brand):
    cache.delete(f"recent:{figures.SHAPE}:{brand.pk}:turn")


def counted(brand):
    return {pk: one.ideas for pk, one in figures.recent(brand).figures.items()}


@pytest.mark.parametrize("questions", [1, 2, 3])
def test_what_the_version_before_has_kept_is_not_taken_for_ours(visitor, brand, questions):
    """It kept a dictionary and a list under these names, without their moment."""
    for n in range(questions):
        make_idea(make_challenge(brand, slug=f"street-{n}"))
    cache.set(f"figures:{brand.pk}", figures_of(brand), 60)
    cache.set(f"tags:{brand.pk}", ["light"] * questions, 60)
    for path in ("/b/mio/", "/b/mio/c/street-0/"):
        assert visitor.get(path, follow=True).status_code == 200
    assert cache.get(f"figures:{brand.pk}") == figures_of(brand), "it goes on reading it"


def test_after_a_minute_one_counts_and_the_others_get_what_was_counted(
    brand, question, monkeypatch
):
    figures.recent(brand)
    make_idea(question)
    now = time.time()
    monkeypatch.setattr(figures.time, "time", lambda: now + counting.KEPT_SECONDS - 5)
    assert counted(brand) == {}
    turn_is_over(brand)
    monkeypatch.setattr(figures.time, "time", lambda: now + counting.KEPT_SECONDS + 5)
    cache.set(f"recent:{figures.SHAPE}:{brand.pk}:turn", 1, 60)
    assert counted(brand) == {}
    turn_is_over(brand)
    assert counted(brand) == {question.pk: 1}


def test_of_many_brands_what_is_older_than_a_minute_is_counted_anew(brand, question, monkeypatch):
    figures.recent(brand)
    make_idea(question)
    assert figures.recent_of([brand]) == {}
    turn_is_over(brand)
    later = time.time() + counting.KEPT_SECONDS + 5
    monkeypatch.setattr(figures.time, "time", lambda: later)
    assert figures.recent_of([brand])[question.pk].ideas == 1


def test_while_an_import_runs_one_counts_and_the_others_get_what_was_counted(
    brand, question, django_capture_on_commit_callbacks
):
    assert counted(brand) == {}
    make_idea(question)
    stirred(brand, django_capture_on_commit_callbacks)
    turn_is_over(brand)
    assert counted(brand) == {question.pk: 1}
    make_idea(question)
    stirred(brand, django_capture_on_commit_callbacks)
    assert counted(brand) == {question.pk: 1}
    turn_is_over(brand)
    assert counted(brand) == {question.pk: 2}


def test_whoever_comes_while_somebody_counts_for_long_waits_for_nobody(
    brand, question, monkeypatch, django_capture_on_commit_callbacks
):
    figures.recent(brand)
    make_idea(question)
    stirred(brand, django_capture_on_commit_callbacks)
    turn_is_over(brand)
    meanwhile = []

    def slowly(of):
        meanwhile.append(counted(brand))
        return figures_of(of)

    monkeypatch.setattr(figures, "figures_of", slowly)
    assert counted(brand) == {question.pk: 1}
    assert meanwhile == [{}]


def test_where_nothing_was_counted_yet_everybody_counts(brand, question):
    make_idea(question)
    cache.set(f"recent:{figures.SHAPE}:{brand.pk}:turn", 1, 60)
    assert counted(brand) == {question.pk: 1}
