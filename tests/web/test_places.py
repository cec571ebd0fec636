"""The front page, a brand, a person."""

import pytest
from django.core.cache import cache

from accounts.enums import Visibility
from ideas.domain import challenges, ideas
from tests.factories import make_brand, make_challenge, make_idea, make_participant
from tests.web.conftest import reader, text_of


def test_the_front_page_names_brands_and_their_questions(visitor, challenge):
    page = text_of(visitor.get("/"))
    assert "Mio Motors" in page
    assert challenge.title in page


def test_an_empty_site_says_how_to_begin(visitor, db):
    assert "./run manage create_brand" in text_of(visitor.get("/"))


def test_a_members_only_brand_is_on_the_front_page_of_its_people_alone(visitor, alice):
    make_challenge(make_brand("club", owner=alice, name="The Club", visibility=Visibility.MEMBERS))
    assert "The Club" not in text_of(visitor.get("/"))
    assert "The Club" in text_of(reader(alice).get("/"))


@pytest.mark.parametrize("questions", [1, 3])
def test_the_front_page_costs_the_same_for_one_question_and_three(
    visitor, brand, questions, django_assert_num_queries
):
    for _n in range(questions):
        make_challenge(brand)
    with django_assert_num_queries(7):  # questions, phases, figures, tags, faces, taken up, brands
        visitor.get("/")


def test_a_brand_shows_its_questions_and_hot_ideas(visitor, brand, idea):
    page = text_of(visitor.get("/b/mio/"))
    assert "What should Mio Motors do next?" in page
    assert idea.title in page


@pytest.mark.parametrize("things", [1, 3])
def test_a_brand_costs_the_same_for_one_and_three(
    visitor, brand, things, django_assert_num_queries
):
    for _n in range(things):
        make_idea(make_challenge(brand))
    cache.clear()
    with django_assert_num_queries(6):  # brand, questions, phases, ideas, figures, tags
        visitor.get("/b/mio/")


def test_what_is_over_comes_last(visitor, brand):
    make_challenge(brand, slug="now", title="What is now?")
    over = make_challenge(brand, slug="over", title="What is over?")
    challenges.set_closed(challenge=over, closed=True, actor=None)
    page = text_of(visitor.get("/b/mio/"))
    assert page.index("What is now?") < page.index("What is over?")


def test_a_brand_in_the_french_of_its_name(visitor, alice):
    make_brand("cafe", owner=alice, name="Café Œuvré", hue=359)
    page = visitor.get("/b/cafe/")
    assert "Café Œuvré" in text_of(page)
    assert '<body class="hue-0">' in page.content.decode()


def test_an_unknown_brand_is_404(visitor, db):
    assert visitor.get("/b/nobody/").status_code == 404


def test_a_person_has_a_page_with_their_ideas(visitor, challenge, charlie):
    idea = make_idea(challenge, author=make_participant(challenge.brand, charlie))
    page = text_of(visitor.get("/u/charlie/"))
    assert "Charlie" in page
    assert idea.title in page
    assert charlie.email not in page


def test_a_persons_page_tells_nothing_of_brands_the_reader_may_not_see(visitor, alice, charlie):
    club = make_brand("club", owner=alice, visibility=Visibility.MEMBERS)
    idea = make_idea(make_challenge(club), author=make_participant(club, charlie))
    assert idea.title not in text_of(visitor.get("/u/charlie/"))
    assert idea.title in text_of(reader(alice).get("/u/charlie/"))


def test_a_persons_page_shows_no_hidden_idea(visitor, challenge, charlie, alice):
    idea = make_idea(challenge, author=make_participant(challenge.brand, charlie))
    ideas.set_hidden(idea=idea, hidden=True, actor=alice)
    assert "has not posted an idea here yet" in text_of(visitor.get("/u/charlie/"))


def test_nobody_is_404(visitor, db):
    assert visitor.get("/u/nobody/").status_code == 404
