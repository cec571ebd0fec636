"""Cards or lines: what the address says, and what is remembered of it."""

import re

import pytest
from django.conf import settings

from tests.factories import make_challenge, make_idea, make_participant
from tests.web.conftest import text_of

PAGE = "/b/mio/c/street/"
COOKIE = settings.DENSITY_COOKIE_NAME


def is_lines(response):
    body = response.content.decode()
    assert ('<ul class="rows"' in body) != ('<ul class="grid" data-ideas' in " ".join(body.split()))
    return '<ul class="rows"' in body


@pytest.mark.parametrize("path", [PAGE, "/b/mio/", "/b/mio/?q=cabin"])
def test_ideas_are_cards_until_somebody_wants_lines(visitor, idea, path):
    assert not is_lines(visitor.get(path))
    assert not visitor.cookies
    joined = f"{path}{'&' if '?' in path else '?'}view=list"
    assert is_lines(visitor.get(joined))
    assert is_lines(visitor.get(path))


def test_who_chooses_cards_again_is_remembered_by_nothing(visitor, idea):
    visitor.get(f"{PAGE}?view=list")
    kept = visitor.cookies[COOKIE]
    assert (kept.value, kept["httponly"], kept["samesite"]) == ("list", True, "Lax")
    visitor.get(f"{PAGE}?view=cards")
    assert visitor.cookies[COOKIE].value == ""
    assert not is_lines(visitor.get(PAGE))


@pytest.mark.parametrize("word", ["", "LIST", "%00", "rows"])
def test_another_word_in_address_or_cookie_is_none(visitor, idea, word):
    visitor.cookies[COOKIE] = word.replace("%00", "x")
    response = visitor.get(f"{PAGE}?view={word}")
    assert response.status_code == 200
    assert not is_lines(response)
    assert not response.cookies


def test_caches_share_no_page_that_sets_a_cookie_and_tell_lines_from_cards(visitor, idea):
    setting = visitor.get(f"{PAGE}?view=list")
    assert "no-store" in setting["Cache-Control"]
    again = visitor.get(f"{PAGE}?view=list")
    assert "public" in again["Cache-Control"]
    assert "Cookie" in again["Vary"]


def test_each_way_keeps_the_rest_of_the_address(visitor, idea):
    page = visitor.get(f"{PAGE}?sort=new&tag=x")
    assert [(way.key, way.query, way.is_current) for way in page.context["ways"]] == [
        ("cards", "sort=new&tag=x&view=cards", True),
        ("list", "sort=new&tag=x&view=list", False),
    ]
    narrowed = visitor.get(f"{PAGE}?view=list").context["narrowing"]
    assert narrowed.form.kept == (("view", "list"),)


def test_a_line_says_title_then_what_became_of_it_whose_it_is_and_its_tags(
    visitor, challenge, charlie
):
    author = make_participant(challenge.brand, charlie)
    made = make_idea(challenge, author=author, title="A bench", tags=["wood", "rain"])
    line = visitor.get(f"{PAGE}?view=list").content.decode()
    row = re.search(rf'<li class="idea-row" id="idea-{made.code}">.*?</li>', line, re.DOTALL)
    text = " ".join(re.sub(r"<[^>]+>", " ", row[0]).split())
    assert text.startswith(f"A bench {charlie.display_name} ")
    assert "#wood #rain" in text
    assert "Submitted" not in text


@pytest.mark.parametrize("view", ["list", "cards"])
def test_lines_and_cards_show_the_same_ideas_and_the_same_votes(member, challenge, view):
    made = [make_idea(challenge, title=f"Number {n}") for n in range(3)]
    page = member.get(f"{PAGE}?sort=new&view={view}")
    assert [idea.code for idea in page.context["ideas"]] == [one.code for one in reversed(made)]
    assert page.content.decode().count('data-swap="votes-') == 3
    assert page.content.decode().count('aria-pressed="false"') >= 3


@pytest.mark.parametrize("view", ["list", "cards"])
def test_both_cost_as_many_queries(visitor, challenge, view, django_assert_num_queries):
    for _n in range(3):
        make_idea(challenge)
    visitor.get(f"{PAGE}?view={view}")
    with django_assert_num_queries(5):  # brand, question, phases, ideas, statuses
        visitor.get(f"{PAGE}?view={view}")


def test_orders_that_few_ask_for_are_behind_more_but_the_one_that_is_on_never(visitor, idea):
    shown = [tab.key for tab in visitor.get(PAGE).context["tabs"] if tab.is_first]
    assert shown == ["discover", "hot", "top", "new"]
    shown = [tab.key for tab in visitor.get(f"{PAGE}?sort=random").context["tabs"] if tab.is_first]
    assert shown == ["discover", "hot", "top", "new", "random"]


def test_a_random_list_names_the_address_at_which_it_is_the_same_again(visitor, challenge):
    for _n in range(5):
        make_idea(challenge)
    page = visitor.get(f"{PAGE}?sort=random")
    again = re.search(r'data-again="([^"]+)"', page.content.decode())[1].replace("&amp;", "&")
    first = [idea.code for idea in page.context["ideas"]]
    for _n in range(3):
        assert [idea.code for idea in visitor.get(PAGE + again).context["ideas"]] == first
    assert "data-again" not in visitor.get(f"{PAGE}?sort=new").content.decode()


def test_a_long_text_is_folded_and_a_short_one_stands(visitor, brand):
    make_challenge(brand, slug="short", body="Tell **us**.")
    make_challenge(brand, slug="long", body="Word " * 80)
    short, long = (text_of(visitor.get(f"/b/mio/c/{slug}/")) for slug in ("short", "long"))
    assert ("Read it all" in short, "Read it all" in long) == (False, True)
