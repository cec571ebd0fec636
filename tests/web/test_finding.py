"""Searching and filtering on the pages of a question and of a brand, and ideas like the one that
somebody is writing.
"""

import re
from datetime import UTC, datetime

import pytest
from django.core.cache import cache
from django.utils import timezone

from accounts import limits
from accounts.enums import Visibility
from ideas.domain import challenges, ideas
from ideas.models import Idea
from tests.factories import make_brand, make_challenge, make_idea, make_participant
from tests.web.conftest import path_of, reader, text_of

PAGE = "/b/mio/c/street/"
BRAND = "/b/mio/"
SIMILAR = "/b/mio/similar/"


def titles(client, address):
    page = client.get(address)
    assert page.status_code == 200
    return [idea.title for idea in page.context["ideas"]]


@pytest.fixture
def three(challenge, charlie):
    """A lantern by charlie, planned and French; a bench with a tag; a lantern post of 2025."""
    author = make_participant(challenge.brand, charlie)
    made = [
        make_idea(challenge, author=author, title="A lantern", language="fr"),
        make_idea(challenge, title="A bench", tags=["wood"]),
        make_idea(challenge, title="An old lamp with a lantern"),
    ]
    Idea.objects.filter(pk=made[0].pk).update(status="planned")
    Idea.objects.filter(pk=made[2].pk).update(created_at=datetime(2025, 3, 31, 12, tzinfo=UTC))
    return made


def test_words_are_found_best_match_first_and_other_orders_are_a_press_away(visitor, three):
    page = visitor.get(f"{PAGE}?q=lanterns")
    assert [idea.title for idea in page.context["ideas"]] == [
        "A lantern",
        "An old lamp with a lantern",
    ]
    assert "2 ideas" in text_of(page)
    first = page.context["tabs"][0]
    assert (first.label, first.is_current, first.query) == ("Best match", True, "q=lanterns")
    assert titles(visitor, f"{PAGE}?q=lanterns&sort=new")[0] == "A lantern"
    assert not visitor.get(f"{PAGE}?q=lanterns&sort=new").context["tabs"][0].is_current
    assert visitor.get(PAGE).context["tabs"][0].label != "Best match"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("tag=WOOD", ["A bench"]),
        ("status=planned", ["A lantern"]),
        ("language=fr", ["A lantern"]),
        ("author={handle}", ["A lantern"]),
        ("until=2025-03-31", ["An old lamp with a lantern"]),
        ("until=2025-03-30", []),
        ("since=2025-03-31&until=2025-04-01", ["An old lamp with a lantern"]),
        ("q=lantern&since=2026-01-01", ["A lantern"]),
        ("q=lantern&status=planned&language=fr&sort=new", ["A lantern"]),
        ("q=lantern&tag=wood", []),
    ],
)
def test_each_filter_narrows_and_can_be_taken_out(visitor, three, charlie, query, found):
    address = f"{PAGE}?{query.format(handle=charlie.handle)}"
    for start in (address, address.replace(PAGE, BRAND)):
        assert titles(visitor, start) == found
    page = visitor.get(address)
    assert (page.context["count"], page.context["narrowing"].problems) == (len(found), [])
    chips = page.context["narrowing"].chips
    assert len(chips) == len(
        [part for part in query.split("&") if not part.startswith(("sort", "status"))]
    )
    for chip in chips:
        rest = visitor.get(f"{PAGE}?{chip.query}").context["narrowing"].chips
        assert [one.name for one in rest] == [one.name for one in chips if one != chip]


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("status=nonsense", "Choose one of these: submitted"),
        ("language=xx", "Choose one of these: en, fr"),
        ("author=nobody", "Nobody of this name has posted here."),
        ("since=yesterday", "Write a day as 2026-05-31."),
        ("since=2026-02-30", "Write a day as 2026-05-31."),
        ("until=0001-01-01", "Write a day as 2026-05-31."),
        ("since=2026-05-02&until=2026-05-01", "The last day is before the first one."),
        ("q=" + "x" * 300, "Search with at most 200 characters."),
    ],
)
def test_what_cannot_be_used_is_left_out_and_said(visitor, three, query, sentence):
    page = visitor.get(f"{PAGE}?{query}")
    assert page.status_code == 200
    assert f"Left out: {sentence}" in text_of(page)
    if not query.startswith("since=2026-05"):
        assert len(page.context["ideas"]) == 3


def test_a_language_of_imported_ideas_can_be_asked_for_though_nobody_writes_in_it(visitor, three):
    Idea.objects.filter(pk=three[1].pk).update(language="es")
    page = visitor.get(f"{PAGE}?language=es")
    assert ([i.title for i in page.context["ideas"]], page.context["narrowing"].problems) == (
        ["A bench"], [],
    )  # fmt: skip
    assert [chip.label for chip in page.context["narrowing"].chips] == ["Spanish"]
    assert '<option value="es" selected>Spanish</option>' in page.content.decode()
    assert 'value="es"' not in visitor.get(PAGE).content.decode()
    Idea.objects.filter(pk=three[1].pk).update(hidden=True)
    assert "Choose one of these: en, fr" in text_of(visitor.get(f"{PAGE}?language=es"))


def test_nobody_learns_by_a_filter_who_takes_part_without_having_posted(visitor, three, bob):
    handle, ref = bob.handle, make_participant(three[0].brand, bob).ref
    for name in (handle, ref, three[0].author.ref):
        page = visitor.get(f"{PAGE}?author={name}")
        assert "Nobody of this name has posted here." in text_of(page)
    ideas.set_hidden(idea=three[0], hidden=True, actor=None)
    author = three[0].author.user.handle
    assert "Nobody of this name" in text_of(visitor.get(f"{PAGE}?author={author}"))


def test_an_empty_list_says_what_to_do_next(visitor, member, three):
    page = text_of(visitor.get(f"{PAGE}?q=helicopter"))
    assert "0 ideas" in page
    assert "No idea has all of these words." in page
    for link in ("See all ideas", "Search all questions", "Share “helicopter” as your idea"):
        assert link in page
    html = member.get(f"{PAGE}?q=helicopter").content.decode()
    assert "/b/mio/submit/?title=helicopter&amp;challenge=street" in html
    assert "Take a filter out" in text_of(visitor.get(f"{PAGE}?tag=none"))


def test_where_a_question_takes_no_ideas_an_empty_search_leads_to_one_that_does(
    visitor, brand, three
):
    votes = [{"title": "Votes", "verbs": ["vote"]}]
    make_challenge(brand, slug="votes", phases=votes)
    html = visitor.get("/b/mio/c/votes/?q=helicopter").content.decode()
    assert 'href="/b/mio/submit/?title=helicopter"' in html
    assert "Another one of the same brand does." in html
    for one in brand.challenges.exclude(slug="votes"):
        challenges.set_closed(challenge=one, closed=True, actor=None)
    cache.clear()
    html = visitor.get("/b/mio/c/votes/?q=helicopter").content.decode()
    assert "/b/mio/submit/" not in html.partition("data-list")[2]


def test_the_brand_page_searches_all_its_questions(visitor, three, brand):
    make_idea(make_challenge(brand), title="A lantern elsewhere")
    assert set(titles(visitor, f"{BRAND}?q=lantern")) == {
        "A lantern", "An old lamp with a lantern", "A lantern elsewhere",
    }  # fmt: skip
    page = visitor.get(BRAND)
    assert 'name="q"' in page.content.decode()
    assert "narrowing" not in page.context


def test_the_form_has_a_field_for_each_filter_and_offers_the_tags_in_use(visitor, three, charlie):
    page = visitor.get(f"{PAGE}?tag=Wood&author=@{charlie.handle}").content.decode()
    assert '<option value="wood"></option>' in page
    fields = re.findall(r'name="(\w+)"', page.partition('role="search"')[2].partition("</form>")[0])
    assert fields == ["q", "language", "tag", "author", "since", "until"]
    assert ('value="Wood"' in page, f'value="@{charlie.handle}"' in page) == (True, True)
    assert '<details class="menu narrow-by" data-menu>' in page  # its chips say what is on


def test_an_author_is_found_with_and_without_the_sign_before_their_name(visitor, three, charlie):
    for name in (charlie.handle, f"@{charlie.handle}"):
        page = visitor.get(f"{PAGE}?author={name}")
        assert [idea.title for idea in page.context["ideas"]] == ["A lantern"]
        assert [chip.label for chip in page.context["narrowing"].chips] == [f"@{charlie.handle}"]


def test_chips_say_words_and_days_as_other_pages_do(visitor, three):
    this, last = f"{timezone.localtime():%Y}-10-08", "2025-03-01"
    page = visitor.get(f"{PAGE}?q=lantern&since={last}&until={this}")
    labels = [chip.label for chip in page.context["narrowing"].chips]
    assert labels == ["“lantern”", "from 1 March 2025", "until 8 October"]


def test_a_search_page_has_pages(visitor, challenge):
    for n in range(25):
        make_idea(challenge, title=f"Lantern {n}")
    first = visitor.get(f"{PAGE}?q=lantern")
    assert first.context["count"] == 25
    second = visitor.get(f"{PAGE}?q=lantern&cursor={first.context['next']}")
    both = [idea.title for page in (first, second) for idea in page.context["ideas"]]
    assert len(set(both)) == 25
    assert visitor.get(f"{PAGE}?q=lantern&cursor=nonsense").status_code == 400


@pytest.mark.parametrize("there", [1, 3])
def test_a_search_costs_the_same_few_queries(visitor, challenge, there, django_assert_num_queries):
    for n in range(there):
        make_idea(challenge, title=f"Lantern {n}")
    visitor.get(PAGE)  # figures are kept for a while
    with django_assert_num_queries(7):  # brand, question, phases, four of the search
        assert len(titles(visitor, f"{PAGE}?q=lantern")) == there


# ideas like the one being written


def test_a_title_is_answered_with_ideas_like_it(visitor, three):
    response = visitor.get(f"{SIMILAR}?title=a+lantern")
    assert (response.status_code, response["X-Fragment"]) == (200, "1")
    assert "A lantern" in text_of(response)
    assert "Vote for this one instead" in text_of(response)
    assert f"/i/{three[0].code}/vote/?value=1" in response.content.decode()
    assert text_of(visitor.get(f"{SIMILAR}?title=helicopter")) == ""
    assert text_of(visitor.get(SIMILAR)) == ""


def test_hidden_ideas_and_closed_brands_stay_out_of_it(visitor, member, three, brand):
    ideas.set_hidden(idea=three[0], hidden=True, actor=None)
    assert "A lantern" not in text_of(visitor.get(f"{SIMILAR}?title=lantern")).replace(
        "An old lamp with a lantern", ""
    )
    club = make_brand("club", visibility=Visibility.MEMBERS)
    make_idea(make_challenge(club), title="A lantern of the club")
    assert "club" not in text_of(visitor.get(f"{SIMILAR}?title=lantern"))
    for client in (visitor, member):
        assert client.get("/b/club/similar/?title=lantern").status_code in {302, 404}


def test_whoever_asks_too_fast_waits(member, three, charlie, monkeypatch):
    monkeypatch.setattr(limits, "SIMILAR_OF_PERSON", limits.Limit("similar", 2, limits.MINUTE))
    answers = [member.get(f"{SIMILAR}?title=lantern").status_code for _n in range(3)]
    assert answers == [200, 200, 429]


@pytest.fixture
def writer(bob):
    return reader(bob)


def post(writer, title, **more):
    return writer.post(
        "/b/mio/submit/",
        {"challenge": "street", "title": title, "body": "Why.", "language": "en", **more},
    )


def test_a_near_copy_is_asked_about_once_and_posted_on_a_second_press(writer, three):
    page = post(writer, "A lanterne")
    assert page.status_code == 409
    assert "Is it one of these?" in text_of(page)
    named = "is here already: A lantern"  # at the top of a long form
    assert named in text_of(page)
    assert 'value="A lanterne"' in page.content.decode()
    assert Idea.objects.count() == 3
    assert post(writer, "A lanterne", is_none_of_these="1").status_code == 302
    assert Idea.objects.count() == 4


def test_an_idea_of_its_own_is_posted_at_once_however_many_words_it_shares(writer, three):
    assert post(writer, "A bench under every lamp post of the old harbour").status_code == 302


def test_an_idea_shows_others_like_it_and_none_that_was_hidden_since(visitor, three):
    other = make_idea(three[0].challenge, title="A lantern for the pier")
    page = visitor.get(path_of(other))
    old = "An old lamp with a lantern"
    assert [idea.title for idea in page.context["similar"]] == ["A lantern", old]
    assert "More like this" in text_of(page)
    ideas.set_hidden(idea=three[0], hidden=True, actor=None)
    page = visitor.get(path_of(other))
    assert [idea.title for idea in page.context["similar"]] == [old]
    assert "More like this" not in text_of(visitor.get(path_of(three[1])))
