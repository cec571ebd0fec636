"""What everybody reads of a person: what they gave, and what became of it."""

import pytest

from accounts.enums import Visibility
from accounts.models import Brand
from ideas.domain import comments, decisions, ideas
from ideas.enums import Answer, Status
from ideas.models import CoAuthor
from tests.factories import make_brand, make_challenge, make_idea, make_participant
from tests.web.conftest import reader, text_of

PATH = "/u/charlie/"


@pytest.fixture
def roof(challenge, charlie):
    author = make_participant(challenge.brand, charlie)
    return make_idea(challenge, author=author, title="A roof that drinks")


def take_up(idea, *path):
    for status in path:
        decisions.set_status(idea=idea, status=status, actor=None)


def sign(idea, user):
    row = CoAuthor.objects.create(idea=idea, participant=make_participant(idea.brand, user))
    CoAuthor.objects.filter(pk=row.pk).update(answer=Answer.ACCEPTED)


def titles(page, name) -> list[str]:
    return [one.title for one in page.context[name]]


def test_an_idea_stands_with_its_status_and_its_support(visitor, roof):
    take_up(roof, Status.PLANNED)
    said = text_of(visitor.get(PATH))
    assert "A roof that drinks Planned Mio Motors just now 0 supporters" in said


def test_what_became_of_their_ideas_is_counted(visitor, challenge, charlie, roof, bob):
    author = make_participant(challenge.brand, charlie)
    take_up(roof, Status.PLANNED, Status.IMPLEMENTED)
    take_up(make_idea(challenge, author=author), Status.PLANNED)
    theirs = make_idea(challenge, author=make_participant(challenge.brand, bob), title="Of Bob")
    sign(theirs, charlie)
    take_up(theirs, Status.PLANNED, Status.PARTLY)
    comments.post(idea=theirs, author=author, body="I like it.")
    page = visitor.get(PATH)
    assert "ideas 2 signed with others 1 on the way 1 made real 2 comment 1" in text_of(page)
    assert titles(page, "signed") == ["Of Bob"]
    assert "Of Bob" not in titles(page, "ideas")


def test_what_is_hidden_is_neither_shown_nor_counted(visitor, roof, charlie, challenge):
    other = make_idea(challenge, title="Of somebody else")
    comments.post(idea=other, author=make_participant(challenge.brand, charlie), body="Hm.")
    for one in (roof, other):
        ideas.set_hidden(idea=one, hidden=True, actor=None)
    said = text_of(visitor.get(PATH))
    assert "A roof that drinks" not in said
    assert "comment" not in said
    assert "Charlie has not posted an idea here yet." in said


def test_what_they_did_at_a_brand_for_members_is_counted_for_its_members_alone(
    visitor, alice, charlie
):
    club = make_brand("club", owner=alice, visibility=Visibility.MEMBERS)
    idea = make_idea(make_challenge(club), author=make_participant(club, charlie), title="Secret")
    take_up(idea, Status.PLANNED)
    assert visitor.get(PATH).context["given"].ideas == 0
    assert reader(alice).get(PATH).context["given"].ideas == 1
    assert "Secret" not in text_of(visitor.get(PATH))
    Brand.objects.filter(pk=club.pk).update(visibility=Visibility.PUBLIC)
    assert "Secret" in text_of(visitor.get(PATH))


def test_only_who_it_is_finds_the_way_to_change_it(visitor, member, roof):
    assert "Change your profile" in text_of(member.get(PATH))
    assert "Change your profile" not in text_of(visitor.get(PATH))


@pytest.mark.parametrize("things", [1, 3])
def test_the_page_costs_the_same_for_one_and_three(
    visitor, challenge, charlie, bob, things, django_assert_num_queries
):
    author = make_participant(challenge.brand, charlie)
    for _n in range(things):
        make_idea(challenge, author=author)
        sign(make_idea(challenge, author=make_participant(challenge.brand, bob)), charlie)
    with django_assert_num_queries(4):  # person, brands, ideas, what was given
        visitor.get(PATH)
