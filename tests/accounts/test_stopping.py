"""A team stops somebody, and allows them again."""

import pytest

from accounts.domain import privacy, stopping
from accounts.models import Activity
from cocreate.lib.errors import Invalid, NotAllowed, NotFound
from ideas.domain import ideas
from ideas.domain.votes import cast_as_user
from ideas.models import Vote
from tests.factories import make_challenge, make_idea, make_participant, make_user
from tests.ideas.ledger import counters

pytestmark = pytest.mark.django_db(transaction=True)

WHY = "Insults, again and again."


@pytest.fixture
def charles(brand, charlie):
    return make_participant(brand, charlie)


def test_who_is_stopped_neither_votes_nor_posts_and_reads_why(
    idea, challenge, charlie, charles, bob
):
    stopping.stop(participant=charles, actor=bob, reason=WHY)
    told = "The team of Mio Motors has stopped you from taking part: Insults, again and again."
    for act in (
        lambda: cast_as_user(code=idea.code, user_id=charlie.pk, value=1),
        lambda: make_idea(challenge, author=charles),
    ):
        with pytest.raises(NotAllowed) as refusal:
            act()
        assert refusal.value.message == told


def test_who_is_stopped_rewrites_no_idea_of_theirs_and_the_team_may(
    challenge, charlie, charles, bob
):
    idea = make_idea(challenge, author=charles)
    stopping.stop(participant=charles, actor=bob, reason=WHY)
    with pytest.raises(NotAllowed) as refusal:
        ideas.edit_idea(idea=idea, actor=charlie, title="Buy here")
    assert WHY in refusal.value.message
    assert ideas.edit_idea(idea=idea, actor=bob, title="A quiet title").title == "A quiet title"


def test_who_is_stopped_here_takes_part_elsewhere(idea, charlie, charles, bob, mallory):
    stopping.stop(participant=charles, actor=bob, reason=WHY)
    other = make_idea(make_challenge(mallory.memberships.get().brand))
    assert cast_as_user(code=other.code, user_id=charlie.pk, value=1).outcome == "new"


def test_votes_and_texts_stay(idea, challenge, charlie, charles, bob):
    own = make_idea(challenge, author=charles)
    cast_as_user(code=idea.code, user_id=charlie.pk, value=1)
    before = counters(idea)
    stopping.stop(participant=charles, actor=bob, reason=WHY)
    assert counters(idea) == before == (1, 0, 1)
    assert Vote.objects.get(participant=charles).state == "counted"
    own.refresh_from_db()
    assert not own.hidden


def test_who_is_allowed_again_takes_part_again(idea, charlie, charles, bob):
    stopping.stop(participant=charles, actor=bob, reason=WHY)
    stopping.allow(participant=charles, actor=bob)
    assert cast_as_user(code=idea.code, user_id=charlie.pk, value=1).outcome == "new"
    charles.refresh_from_db()
    assert (charles.active, charles.stopped_at) == (True, None)
    assert stopping.stopped_people(charles.brand).items == []


@pytest.mark.parametrize("reason", ["", "   ", "spam", " \n b a d   \t", "x" * 501])
def test_a_reason_has_a_few_words(charles, bob, reason):
    with pytest.raises(Invalid) as refusal:
        stopping.stop(participant=charles, actor=bob, reason=reason)
    assert list(refusal.value.fields) == ["reason"]
    charles.refresh_from_db()
    assert charles.active


def test_nobody_of_the_team_is_stopped(brand, rita, bob):
    with pytest.raises(stopping.OfTheTeam):
        stopping.stop(participant=make_participant(brand, rita), actor=bob, reason=WHY)


def test_a_second_stop_or_allow_changes_and_records_nothing(charles, bob, alice):
    for actor in (bob, alice):
        stopping.stop(participant=charles, actor=actor, reason=f"{WHY} {actor.display_name}")
    (line,) = stopping.stopped_people(charles.brand).items
    assert (line.by, line.reason) == ("Bob", f"{WHY} Bob")
    for actor in (bob, alice):
        stopping.allow(participant=charles, actor=actor)
    kinds = (
        Activity.objects.filter(subject_kind="person").order_by("pk").values_list("kind", "private")
    )
    assert list(kinds) == [("person.stopped", True), ("person.allowed", True)]


def test_erasing_somebody_who_was_stopped_forgets_why_and_nobody_brings_them_back(
    brand, charlie, charles, bob
):
    stopping.stop(participant=charles, actor=bob, reason=WHY)
    privacy.erase(user=charlie)
    assert Activity.objects.get(kind="person.stopped").data == {}
    assert stopping.stopped_people(brand).items == []
    stopping.allow(participant=charles, actor=bob)
    charles.refresh_from_db()
    assert not charles.active
    with pytest.raises(NotFound):
        stopping.stop(participant=charles, actor=bob, reason=WHY)


def test_a_team_member_who_is_erased_leaves_the_reason(brand, charles, bob):
    stopping.stop(participant=charles, actor=bob, reason=WHY)
    privacy.erase(user=bob)
    (line,) = stopping.stopped_people(brand).items
    assert (line.by, line.reason) == ("", WHY)


@pytest.mark.parametrize("people", [1, 5])
def test_the_list_of_the_stopped_costs_the_same_and_goes_on(
    brand, bob, people, django_assert_num_queries
):
    for n in range(people):
        stopping.stop(participant=make_participant(brand), actor=bob, reason=f"{WHY} {n}")
    with django_assert_num_queries(2):
        first = stopping.stopped_people(brand, limit=4)
    names = [line.reason for line in first.items]
    if first.next:
        names += [line.reason for line in stopping.stopped_people(brand, first.next).items]
    assert names == [f"{WHY} {n}" for n in reversed(range(people))]


def test_a_plain_refusal_names_no_team(idea, charlie, charles):
    type(charles).objects.filter(pk=charles.pk).update(active=False)
    with pytest.raises(NotAllowed) as refusal:
        cast_as_user(code=idea.code, user_id=charlie.pk, value=1)
    assert str(refusal.value.message) == "You may not do that."


def test_hiding_an_idea_is_told_with_its_reason_and_once(idea, bob):
    for _n in range(2):
        ideas.set_hidden(idea=idea, hidden=True, actor=bob, reason="  It names\na neighbour. ")
    told = Activity.objects.get(kind="idea.hidden")
    assert (told.private, told.data) == (True, {"reason": "It names a neighbour."})
    ideas.set_hidden(idea=idea, hidden=False, actor=bob)
    assert Activity.objects.get(kind="idea.shown").private


def test_somebody_new_is_nobody_who_was_stopped():
    assert type(stopping.refusal(brand_id=1, user_id=make_user().pk)) is NotAllowed
