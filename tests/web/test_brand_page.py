"""What a brand's page shows first, and how one question leads to another."""

import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from accounts.enums import Visibility
from ideas.domain import challenges
from tests.factories import make_brand, make_challenge, make_idea
from tests.web.conftest import text_of

LONG = "How should it feel? " * 9


def section(page):
    return (
        page.content.decode().partition('aria-labelledby="questions"')[2].partition("</section>")[0]
    )


def close(challenge):
    challenges.set_closed(challenge=challenge, closed=True, actor=None)
    return challenge


def test_questions_that_are_over_are_folded_behind_their_number(visitor, brand):
    make_challenge(brand, title="What now?")
    for title in ("What before?", "And earlier?"):
        close(make_challenge(brand, title=title))
    shown, _summary, folded = section(visitor.get("/b/mio/")).partition("Over (2)")
    assert ("What now?" in shown, "What before?" in shown) == (True, False)
    assert "<details" in shown
    assert ("What before?" in folded, "And earlier?" in folded) == (True, True)
    assert " open>" not in shown


def test_where_all_is_over_nothing_is_folded(visitor, brand):
    for question in challenges_of(brand):
        close(question)
    close(make_challenge(brand, title="What before?"))
    assert re.search(r"<details[^>]* open>", section(visitor.get("/b/mio/")))


def challenges_of(brand):
    return list(brand.challenges.all())


def test_more_than_six_questions_leave_room_for_the_ideas(visitor, brand):
    for n in range(8):
        make_challenge(brand, title=f"Question number {n}?")
    shown, _summary, folded = section(visitor.get("/b/mio/")).partition("3 more questions")
    assert (shown.count("<h3"), folded.count("<h3")) == (6, 3)  # the permanent one is the last


def test_no_title_is_cut_and_a_long_one_is_set_smaller(visitor, brand):
    make_challenge(brand, title=LONG[:180])
    make_challenge(brand, title="What now?")
    heads = re.findall(r"<h3[^>]*>", section(visitor.get("/b/mio/")))
    assert any("long" in head for head in heads)
    assert not all("long" in head for head in heads)
    assert not any("clamp" in head for head in heads)


# --- Also asked ---------------------------------------------------------------------------------


@pytest.fixture
def street(brand):
    return make_challenge(brand, slug="street", title="What about the street?")


def beside(client, path="/b/mio/c/street/"):
    return [one.title for one in client.get(path).context["others"]]


def test_a_question_names_the_open_ones_of_its_brand_and_links_them(visitor, brand, street):
    make_challenge(brand, slug="fourth", title="And on the fourth floor?")
    page = visitor.get("/b/mio/c/street/")
    assert beside(visitor)[0] == "And on the fourth floor?"
    assert 'href="/b/mio/c/fourth/"' in page.content.decode()
    assert "Also asked:" in text_of(page)
    assert "What about the street?" not in beside(visitor)


def test_drafts_closed_ones_and_those_of_others_are_not_named(visitor, member, brand, street):
    now, day = timezone.now(), timedelta(days=1)
    make_challenge(brand, title="A draft?", published=False)
    close(make_challenge(brand, title="Closed?"))
    over = [{"title": "Was", "verbs": ["submit"], "closes_at": now - day}]
    later = [{"title": "Will", "verbs": ["submit"], "opens_at": now + day}]
    talk = [{"title": "Talk", "verbs": ["comment"]}]
    for title, phases in (("Over?", over), ("Later?", later), ("Talk?", talk)):
        make_challenge(brand, title=title, phases=phases)
    club = make_brand("club", visibility=Visibility.MEMBERS)
    make_challenge(club, title="Of the club?")
    permanent = [one.title for one in challenges_of(brand) if one.is_permanent]
    assert beside(visitor) == beside(member) == permanent


def test_a_question_that_is_alone_has_no_such_line(visitor, brand, street):
    for one in challenges_of(brand):
        if one.slug != "street":
            close(one)
    assert "Also asked:" not in text_of(visitor.get("/b/mio/c/street/"))


def test_what_ends_while_the_answer_is_kept_is_named_no_more(visitor, brand, street, monkeypatch):
    soon = [{"title": "Now", "verbs": ["vote"], "closes_at": timezone.now() + timedelta(hours=1)}]
    make_challenge(brand, title="Until soon?", phases=soon)
    make_idea(street)
    assert "Until soon?" in beside(visitor)
    later = timezone.now() + timedelta(hours=2)
    monkeypatch.setattr("ideas.domain.asking.timezone.now", lambda: later)
    assert "Until soon?" not in beside(visitor)


@pytest.mark.parametrize("questions", [1, 4])
def test_the_line_costs_one_query_a_minute(
    visitor, brand, street, questions, django_assert_num_queries
):
    for _n in range(questions):
        make_challenge(brand)
    cache.clear()
    with django_assert_num_queries(7):  # brand, question, phases, ideas, figures, tags, asked
        visitor.get("/b/mio/c/street/")
    with django_assert_num_queries(4):
        visitor.get("/b/mio/c/street/")
