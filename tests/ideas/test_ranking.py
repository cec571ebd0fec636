"""The team hears of an idea that enters the top ten: once, though it swings round the tenth
place.
"""

from functools import partial

import pytest

from accounts.models import Activity
from ideas import tasks
from ideas.domain import ranking, tally
from ideas.domain.votes import cast_as_user
from ideas.enums import Mode
from ideas.models import TopIdea
from tests.factories import make_challenge, make_idea, make_user
from tests.gate import Crowd
from tests.ideas.imports import idea_of, imported, table

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def board(brand):
    """Twenty ideas; idea n has 20 - n supporters, so idea n stands at place n + 1."""
    challenge = make_challenge(brand, mode=Mode.UP_DOWN)
    people = [make_user() for _n in range(20)]
    made = [make_idea(challenge) for _n in range(20)]
    for n, idea in enumerate(made):
        for user in people[n:]:
            cast_as_user(code=idea.code, user_id=user.pk, value=1)
    look()
    return made


def look() -> None:
    tally.fold_until_settled()
    tasks.watch_top_ideas()


def told(idea) -> int:
    return Activity.objects.filter(kind="idea.top", subject_code=idea.code).count()


def votes(idea, number: int) -> None:
    for _n in range(number):
        cast_as_user(code=idea.code, user_id=make_user().pk, value=1)
    look()


def test_the_first_ten_are_told_and_no_other(board):
    assert [told(idea) for idea in board] == [1] * 10 + [0] * 10


def test_an_idea_that_rises_into_the_ten_is_told_once(board):
    votes(board[12], 6)
    votes(board[12], 1)
    assert told(board[12]) == 1
    activity = Activity.objects.get(kind="idea.top", subject_code=board[12].code)
    assert activity.private
    assert activity.data["rank"] <= 10


def test_an_idea_swinging_round_the_tenth_place_raises_one(board):
    tenth, eleventh = board[9], board[10]
    for _swing in range(4):
        votes(eleventh, 2)
        votes(tenth, 2)
    assert (told(tenth), told(eleventh)) == (1, 1)


def test_an_idea_that_fell_beyond_the_fifteenth_place_and_comes_back_is_told_again(board):
    for idea in board[10:16]:
        votes(idea, 12)
    assert not TopIdea.objects.filter(idea=board[9]).exists()
    votes(board[9], 20)
    assert told(board[9]) == 2


def test_an_idea_without_positive_score_is_in_no_top(brand):
    idea = make_idea(make_challenge(brand, mode=Mode.UP_DOWN))
    cast_as_user(code=idea.code, user_id=make_user().pk, value=-1)
    look()
    assert told(idea) == 0


def test_a_blind_round_raises_nothing_until_its_counts_are_shown(brand):
    blind = make_challenge(
        brand, phases=[{"title": "B", "verbs": ["submit", "vote"], "hides_counts": True}]
    )
    idea = make_idea(blind)
    votes(idea, 3)
    assert told(idea) == 0
    blind.rules.phases.update(hides_counts=False)
    votes(idea, 1)
    assert told(idea) == 1


def test_what_is_adopted_is_known_and_only_the_newest_are_told(brand):
    challenge = make_challenge(brand)
    made = [make_idea(challenge) for _n in range(5)]
    for idea in made:
        cast_as_user(code=idea.code, user_id=make_user().pk, value=1)
    tally.fold_until_settled()
    ranking.adopt_top(brand=brand, but=2)
    look()
    assert [told(idea) for idea in made] == [0, 0, 0, 1, 1]


def test_what_stands_there_by_imported_votes_alone_enters_in_silence(brand):
    challenge = make_challenge(brand, mode=Mode.UP_DOWN)
    imported(challenge, table("external_id,title,support", "1,Old,15", "2,Alive,3"))
    old, alive = idea_of(challenge, 1), idea_of(challenge, 2)
    votes(alive, 1)
    assert (told(old), told(alive)) == (0, 1)
    assert set(TopIdea.objects.values_list("idea_id", flat=True)) == {old.pk, alive.pk}
    votes(old, 1)
    assert told(old) == 0  # it stood there already


def test_four_looks_at_once_tell_once(brand):
    idea = make_idea(make_challenge(brand))
    cast_as_user(code=idea.code, user_id=make_user().pk, value=1)
    tally.fold_until_settled()
    Crowd([ranking.watch_touched_brands] * 4).finish()
    assert told(idea) == 1


def test_a_look_that_fails_after_telling_tells_again_later_and_only_once(brand, monkeypatch):
    idea = make_idea(make_challenge(brand))
    cast_as_user(code=idea.code, user_id=make_user().pk, value=1)
    tally.fold_until_settled()
    from accounts.signals import activity_recorded  # noqa: PLC0415 - connected for this test only

    def die(**_kwargs):
        raise ConnectionError

    activity_recorded.connect(die)
    try:
        with pytest.raises(ConnectionError):
            tasks.watch_top_ideas()
    finally:
        activity_recorded.disconnect(die)
    assert told(idea) == 0
    look()
    assert told(idea) == 1


def test_only_brands_with_fresh_votes_are_looked_at(board, brand):
    assert ranking.watch_touched_brands() == 0
    assert partial(ranking.watch_top, brand=brand)() == 0
