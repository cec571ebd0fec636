"""The form for a new idea as a part, for pages that unfold it; and which pages do."""

import pytest

from ideas.domain import challenges
from tests.factories import make_challenge
from tests.web.conftest import reader

FORM = "/b/mio/submit/"
PART = {"X-Fragment": "1"}
SCRIPT = "js/compose"


def part(client, query=""):
    response = client.get(f"{FORM}{query}", headers=PART)
    assert response.status_code == 200
    return response, response.content.decode()


def test_the_part_is_the_form_with_all_it_needs_and_no_page_around_it(member, challenge):
    response, html = part(member, "?challenge=street")
    assert response["X-Fragment"] == "1"
    assert "no-store" in response["Cache-Control"]
    for name in ("css/write", "css/images", "js/draft", "js/similar", "js/preview", "js/images"):
        assert name in html
    assert ("<html" in html, "<h1" in html, 'class="topbar"' in html) == (False, False, False)
    assert f'action="{FORM}?challenge=street"' in html


def test_on_the_page_of_a_question_there_is_nothing_to_choose(member, brand, challenge):
    make_challenge(brand, slug="other")
    _response, html = part(member, "?challenge=street")
    assert '<input type="hidden" name="challenge" value="street"' in html
    assert 'type="radio" name="challenge"' not in html
    assert challenge.title not in html


def test_on_the_page_of_a_brand_nothing_is_chosen_unless_there_is_one(member, brand, challenge):
    make_challenge(brand, slug="other")
    _response, html = part(member)
    radios = html.partition('class="choices"')[2].partition("</fieldset>")[0]
    assert radios.count('type="radio"') > 1
    assert "checked" not in radios
    for one in brand.challenges.exclude(slug="street"):
        challenges.set_closed(challenge=one, closed=True, actor=None)
    _response, html = part(member)
    assert '<input type="hidden" name="challenge" value="street"' in html
    assert challenge.title in html


def test_of_terms_it_is_said_for_which_question_where_there_are_several(member, brand, challenge):
    make_challenge(brand, slug="terms", title="Whose is it?", licence="CC BY-SA 4.0")
    assert "For “Whose is it?”:" in part(member)[1]
    html = part(member, "?challenge=terms")[1]
    assert ("CC BY-SA 4.0" in html, "Whose is it?" in html) == (True, False)


@pytest.mark.parametrize("closed", ["street", "all"])
def test_where_no_idea_is_taken_any_more_the_answer_is_the_page(member, brand, challenge, closed):
    for one in brand.challenges.all():
        if closed in {"all", one.slug}:
            challenges.set_closed(challenge=one, closed=True, actor=None)
    response, html = part(member, "?challenge=street")
    assert "X-Fragment" not in response
    assert "<h1" in html


def test_a_visitor_gets_no_part(visitor, challenge):
    response = visitor.get(FORM, headers=PART)
    assert response["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("path", ["/b/mio/", "/b/mio/c/street/"])
def test_pages_unfold_it_for_members_where_ideas_are_taken(visitor, member, brand, challenge, path):
    assert "data-unfolds" in visitor.get(path).content.decode()
    assert SCRIPT not in visitor.get(path).content.decode()
    assert SCRIPT in member.get(path).content.decode()
    for one in brand.challenges.all():
        challenges.set_closed(challenge=one, closed=True, actor=None)
    assert SCRIPT not in member.get(path).content.decode()


def test_drafts_beside_it_lead_to_the_page_of_the_form(member, challenge, charlie):
    _response, html = part(member)
    name = html.partition('name="draft" value="')[2].partition('"')[0]
    sent = {"draft": name, "title": "Half an idea", "challenge": "street", "language": "en"}
    assert member.post("/b/mio/drafts/save/", sent).status_code == 200
    _response, html = part(reader(charlie))
    assert "Half an idea" in html
    assert f'href="{FORM}?draft=' in html
