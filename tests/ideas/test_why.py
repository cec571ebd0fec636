"""Why an idea stands where it does: the terms are the score."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.translation import override

from ideas.domain import ideas, lists, orders, tally
from ideas.domain.votes import cast_as_user
from ideas.domain.why import EXPLAINED, Term, _rounded, exposure_of, why
from ideas.enums import Mode, Sort
from ideas.models import Attendance, Exposure, OrderPlace, OrderVersion, Score, Vote
from tests.factories import make_challenge, make_idea, make_user

pytestmark = pytest.mark.django_db(transaction=True)


def vote(idea, value=1):
    return cast_as_user(code=idea.code, user_id=make_user().pk, value=value)


@pytest.fixture(params=[Mode.UP_DOWN, Mode.UP, Mode.POINTS])
def voted(brand, request):
    """Three ideas with votes of several ages, showings and a version; the first has most votes."""
    challenge = make_challenge(
        brand, slug="three", mode=request.param, max_points=4, half_life=timedelta(days=3)
    )
    made = [make_idea(challenge) for _n in range(3)]
    values = {Mode.UP_DOWN: [1, 1, 1, -1, 1], Mode.UP: [1] * 5, Mode.POINTS: [4, 1, 2, 3, 4]}
    for idea, number in zip(made, [5, 3, 0], strict=True):
        for value in values[request.param][:number]:
            vote(idea, value)
        Exposure.objects.create(idea=idea, views=7.5 * (number + 1), times=20)
    now = timezone.now()
    for n, cast in enumerate(Vote.objects.order_by("pk")):
        Vote.objects.filter(pk=cast.pk).update(at=now - timedelta(hours=[1, 30, 200, 900][n % 4]))
    tally.reset()
    Score.objects.update(folded_at=now)
    Attendance.objects.create(challenge=challenge, visits=40)
    orders.rebuild_all_of(brand.pk)
    return made


@pytest.mark.parametrize("sort", EXPLAINED)
def test_the_terms_add_up_to_the_score(voted, sort):
    for idea in voted:
        found = why(idea=idea, sort=sort)
        assert sum(term.value for term in found.terms) == pytest.approx(found.score, abs=0.005)
        assert all(term.text for term in found.terms)


@pytest.mark.parametrize("sort", EXPLAINED)
def test_the_place_is_that_of_the_list(voted, sort):
    challenge = voted[0].challenge
    listed = lists.ideas_page(brand=challenge.brand, challenge=challenge, sort=sort).items
    places = {row["code"]: n for n, row in enumerate(listed, 1)}
    for idea in voted:
        found = why(idea=idea, sort=sort)
        assert (found.place, found.ideas) == (places[idea.code], 3)


def test_the_hot_score_is_the_one_that_lists_show(voted):
    for idea in voted:
        shown = lists.idea_row(code=idea.code, user_id=None)["score"]
        assert why(idea=idea, sort=Sort.HOT).score == pytest.approx(shown, abs=0.01)


def test_hot_tells_votes_apart_by_age_and_side(brand):
    idea = make_idea(make_challenge(brand, mode=Mode.UP_DOWN))
    for value in [1, 1, -1]:
        vote(idea, value)
    old = Vote.objects.filter(value=1).first()
    Vote.objects.filter(pk=old.pk).update(at=timezone.now() - timedelta(days=3))
    tally.reset()
    texts = [term.text for term in why(idea=idea, sort=Sort.HOT).terms]
    assert texts == [
        "1 vote for it, of the last day",
        "1 vote against it, of the last day",
        "1 vote for it, of the last week",
    ]


def test_a_version_is_named_with_its_moment(voted):
    found = why(idea=voted[0], sort=Sort.BEST)
    assert found.version == 1
    assert timezone.now() - found.built_at < timedelta(minutes=1)


def test_an_interval_is_given_where_somebody_can_say_no(voted):
    found = why(idea=voted[0], sort=Sort.BEST)
    if voted[0].challenge.rules.mode == Mode.UP_DOWN:
        low, high = found.interval
        assert low < found.score < high
    else:
        assert found.interval is None
    assert why(idea=voted[0], sort=Sort.DISCOVER).interval is None


@pytest.mark.parametrize("sort", [Sort.BEST, Sort.DISCOVER, Sort.RISING])
def test_an_idea_that_is_in_no_version_has_no_place(voted, sort):
    young = why(idea=make_idea(voted[0].challenge), sort=sort)
    assert (young.place, young.score, young.terms, young.version) == (None, None, [], 1)
    alone = why(idea=make_idea(make_challenge(voted[0].brand)), sort=sort)
    assert (alone.place, alone.version) == (None, None)


def test_a_hidden_idea_has_no_place_in_hot(voted):
    ideas.set_hidden(idea=voted[0], hidden=True, actor=None)
    assert why(idea=voted[0], sort=Sort.HOT).place is None


@pytest.mark.parametrize("sort", EXPLAINED)
def test_v23_nothing_is_told_while_a_phase_hides_the_counts(brand, sort):
    phases = [{"title": "Blind", "verbs": ["submit", "vote"], "hides_counts": True}]
    idea = make_idea(make_challenge(brand, slug="blind", phases=phases))
    vote(idea)
    tally.fold_until_settled()
    seen = Exposure.objects.create(idea=idea, views=10, times=12)
    with pytest.raises(lists.SortHidden):
        why(idea=idea, sort=sort)
    told = {"times": 12, "views": 10, "per_hundred": None, "has_more_votes": False}
    assert exposure_of(idea) == told
    Exposure.objects.filter(pk=seen.pk).update(views=0.5)
    assert exposure_of(idea) == told | {"views": 0.5}, "nor that it has any vote"


@pytest.mark.parametrize("sort", EXPLAINED)
def test_whoever_adds_up_the_shown_terms_comes_to_the_shown_score(voted, sort):
    for idea in voted:
        found = why(idea=idea, sort=sort)
        assert round(sum(term.value for term in found.terms), 3) == round(found.score, 3)
        assert all(term.value == round(term.value, 3) for term in found.terms)


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        ([0.0006, 0.0005001, 0.0], [0.001, 0.0, 0.0]),
        ([0.3334, 0.3334, 0.3334], [0.334, 0.333, 0.333]),
        ([1.0004, -0.3336, 0.5], [1.001, -0.334, 0.5]),
        ([], []),
    ],
)
def test_what_rounding_leaves_goes_to_the_terms_that_it_moved_most(values, shown):
    terms = [Term(str(n), value) for n, value in enumerate(values)]
    assert [term.value for term in _rounded(terms, sum(values))] == shown


def test_numbers_stand_in_the_readers_language_and_words_in_their_number(voted):
    idea = voted[0]
    OrderPlace.objects.filter(sort=Sort.DISCOVER).update(views=0.4)
    OrderVersion.objects.update(visits=1)
    if idea.challenge.rules.mode != Mode.UP_DOWN:
        OrderPlace.objects.filter(sort=Sort.RISING).update(recent=14.591)
        with override("fr"):
            assert why(idea=idea, sort=Sort.RISING).terms[0].text.startswith("14,59 ")
        return
    last = why(idea=idea, sort=Sort.DISCOVER).terms[-1].text
    assert last.endswith("0.4 views in 1 visit to this question")
    with override("fr"):
        terms = why(idea=idea, sort=Sort.DISCOVER).terms
    assert "0,4 " in terms[-1].text
    assert "," in terms[0].text.split("%")[0]


def rated(brand, views, votes):
    """What discover says of ideas that nobody can vote against, by their views and votes."""
    challenge = make_challenge(brand, slug="rated", mode=Mode.UP)
    made = [make_idea(challenge) for _views in views]
    for idea, seen, number in zip(made, views, votes, strict=True):
        Exposure.objects.create(idea=idea, views=seen, times=2 * seen)
        for _vote in range(number):
            vote(idea)
    tally.fold_until_settled()
    orders.rebuild_all_of(brand.pk)
    found = [why(idea=idea, sort=Sort.DISCOVER) for idea in made]
    for one in found:
        assert round(sum(term.value for term in one.terms), 3) == round(one.score, 3)
    return [[term.text for term in one.terms] for one in found]


NOT_MEASURED = (
    "what every idea here begins with; in this question fewer views were counted than votes, so"
    " nobody can say yet how many views bring a vote"
)


def test_a_question_that_counted_fewer_views_than_votes_is_said_not_to_be_measured(brand):
    assert rated(brand, views=[0, 0], votes=[3, 1]) == [
        [
            NOT_MEASURED,
            "3 votes for it, more than its views that were counted (0.0 views): each counts as one"
            " view",
            "because few views of it were counted so far: 0.0 views in 0 visits to this question",
        ],
        [
            NOT_MEASURED,
            "1 vote for it, more than its views that were counted (0.0 views): each counts as one"
            " view",
            "because few views of it were counted so far: 0.0 views in 0 visits to this question",
        ],
    ]


def test_one_idea_that_is_not_measured_leaves_the_question_its_rate(brand):
    seen, imported = rated(brand, views=[40, 1], votes=[2, 3])
    begin = "10 views that every idea begins with, 14.9% of them with a vote: as all views here"
    assert seen == [
        begin,
        "2 votes for it, divided by its 40.0 views",
        "because it was shown little so far: 40.0 views in 0 visits to this question",
    ]
    assert imported == [
        begin,
        "3 votes for it, more than its views that were counted (1.0 view): each counts as one view",
        "because few views of it were counted so far: 1.0 view in 0 visits to this question",
    ]


def test_a_question_whose_few_views_nearly_all_bring_a_vote_is_measured(brand):
    ((begin, seen, last),) = rated(brand, views=[3], votes=[3])
    assert begin.startswith("10 views that every idea begins with, 71.4% of them with a vote")
    assert seen == "3 votes for it, divided by its 3.0 views"
    assert last.startswith("because it was shown little so far")


def test_votes_against_are_votes_that_views_are_held_against(brand):
    idea = make_idea(make_challenge(brand, slug="both", mode=Mode.UP_DOWN))
    for value in (1, -1):
        vote(idea, value)
    tally.fold_until_settled()
    Exposure.objects.create(idea=idea, views=1.5, times=2)
    orders.rebuild_all_of(brand.pk)
    last = why(idea=idea, sort=Sort.DISCOVER).terms[-1].text
    assert last.startswith("because few views of it were counted so far: 1.5 views")
    Exposure.objects.update(views=2)
    orders.rebuild_all_of(brand.pk)
    last = why(idea=idea, sort=Sort.DISCOVER).terms[-1].text
    assert last.startswith("because it was shown little so far: 2.0 views")
