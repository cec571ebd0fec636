"""Cards or lines: what the address says, and what is remembered of it."""

import re

import pytest
from django.conf import settings

from ideas.models import Idea
from tests.factories import make_challenge, make_idea, make_participant
from tests.web.conftest import text_of

PAGE = "/b/mio/c/street/"
COOKIE = settings.DENSITY_COOKIE_NAME


def is_lines(response):
    body = response.content.decode()
    assert ('<ul class="rows"' in body) != ('<ul class="grid" data-ideas' in " ".join(body.split()))
    return '<ul class="rows"' in body


def pictured(idea):
    Idea.objects.filter(pk=idea.pk).update(cover="abc")


@pytest.mark.parametrize(
    ("ideas", "pictures", "lines"),
    [(1, 0, True), (1, 1, False), (4, 2, False), (5, 2, True), (8, 8, False), (9, 9, True)],
)
@pytest.mark.parametrize("path", [PAGE, "/b/mio/", "/b/mio/?q=cabin"])
def test_few_ideas_with_pictures_are_cards_and_others_lines(
    visitor, challenge, path, ideas, pictures, lines
):
    for n in range(ideas):
        made = make_idea(challenge)
        if n < pictures:
            pictured(made)
    assert is_lines(visitor.get(path)) == lines
    assert not visitor.cookies


@pytest.mark.parametrize(("view", "is_pictured"), [("list", True), ("cards", False)])
def test_what_somebody_chose_stands_whatever_is_usual(visitor, idea, view, is_pictured):
    if is_pictured:
        pictured(idea)
    usual = is_lines(visitor.get(PAGE))
    visitor.get(f"{PAGE}?view={view}")
    kept = visitor.cookies[COOKIE]
    assert (kept.value, kept["httponly"], kept["samesite"]) == (view, True, "Lax")
    for path in (PAGE, "/b/mio/", "/b/mio/?q=cabin"):
        assert is_lines(visitor.get(path)) == (view == "list") != usual


@pytest.mark.parametrize("word", ["", "LIST", "CARDS", "%00", "rows"])
def test_another_word_in_address_or_cookie_is_none(visitor, idea, word):
    visitor.cookies[COOKIE] = word.replace("%00", "x")
    response = visitor.get(f"{PAGE}?view={word}")
    assert response.status_code == 200
    assert is_lines(response)
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
        ("cards", "sort=new&tag=x&view=cards", False),
        ("list", "sort=new&tag=x&view=list", True),
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
    with django_assert_num_queries(4):  # brand, question, phases, ideas
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
