"""Who wants to hear of an idea."""

from functools import partial

import pytest
from django.contrib.auth.models import AnonymousUser

from ideas.domain.follows import follow, follows, unfollow
from ideas.models import Follow
from tests.factories import make_idea, make_participant
from tests.gate import Crowd

pytestmark = pytest.mark.django_db


@pytest.fixture
def participant(brand, charlie):
    return make_participant(brand, charlie)


def test_they_follow_and_leave_and_follow_again(idea, participant, charlie):
    assert not follows(idea=idea, user=charlie)
    for verb, expected in [(follow, True), (unfollow, False), (unfollow, False), (follow, True)]:
        verb(idea=idea, participant=participant)
        assert follows(idea=idea, user=charlie) is expected
    assert Follow.objects.filter(participant=participant).count() == 1


def test_one_persons_yes_is_nobody_elses_and_nobody_follows_as_nobody(
    idea, challenge, participant, charlie, bob
):
    follow(idea=idea, participant=participant)
    assert not follows(idea=idea, user=bob)
    assert not follows(idea=idea, user=AnonymousUser())
    assert not follows(idea=make_idea(challenge), user=charlie)


def test_whoever_posts_an_idea_follows_it(challenge, participant, charlie):
    assert follows(idea=make_idea(challenge, author=participant), user=charlie)
    assert not Follow.objects.filter(idea=make_idea(challenge)).exists()  # the brand's own


def test_an_author_who_leaves_hears_no_more_though_it_is_theirs(challenge, participant, charlie):
    idea = make_idea(challenge, author=participant)
    unfollow(idea=idea, participant=participant)
    assert list(Follow.objects.values_list("active", flat=True)) == [False]


@pytest.mark.django_db(transaction=True)
def test_20_presses_at_once_are_one_row(idea, participant):
    calls = [partial(follow, idea=idea, participant=participant)] * 20
    assert Crowd(calls).finish() == [None] * 20
    assert Follow.objects.filter(participant=participant).count() == 1
