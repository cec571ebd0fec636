"""One idea."""

import pytest

from accounts.enums import Visibility
from ideas.domain import ideas
from tests.factories import make_brand, make_challenge, make_idea, make_participant, set_closed
from tests.web.conftest import path_of, reader, text_of


def test_a_visitor_reads_the_idea(visitor, challenge):
    idea = make_idea(challenge, title="Le toit qui boit", body="**Dix** litres", tags=["eau"])
    response = visitor.get(path_of(idea))
    assert response.status_code == 200
    assert "<strong>Dix</strong> litres" in response.content.decode()
    assert "?tag=eau" in response.content.decode()


def test_a_wrong_slug_leads_to_the_right_one(visitor, idea):
    response = visitor.get(f"/i/{idea.code}/something-else/")
    assert (response.status_code, response["Location"]) == (301, path_of(idea))


def test_an_address_without_a_slug_leads_to_the_whole_one(visitor, challenge, idea):
    response = visitor.get(f"/i/{idea.code}/?cursor=a")
    assert (response.status_code, response["Location"]) == (301, f"{path_of(idea)}?cursor=a")
    old = make_idea(challenge, title="The same again")
    type(old).objects.filter(pk=old.pk).update(merged_into=idea)
    response = visitor.get(f"/i/{old.code}/")
    assert (response.status_code, response["Location"]) == (301, path_of(idea))


def test_a_merged_idea_leads_to_the_one_it_became(visitor, challenge, idea):
    old = make_idea(challenge, title="The same again")
    type(old).objects.filter(pk=old.pk).update(merged_into=idea)
    response = visitor.get(path_of(old))
    assert (response.status_code, response["Location"]) == (301, path_of(idea))


def test_an_idea_called_vote_has_a_page(visitor, challenge):
    idea = make_idea(challenge, title="Vote!")
    assert path_of(idea) == f"/i/{idea.code}/idea-vote/"
    assert visitor.get(path_of(idea)).status_code == 200


@pytest.mark.parametrize(
    "path", ["/i/zzzzzzzzzz/what/", "/i/UPPER/what/", "/i/2/x/", "/i/zzzzzzzzzz/"]
)
def test_an_unknown_code_is_404(visitor, db, path):
    assert visitor.get(path).status_code == 404


def test_a_hidden_idea_is_seen_by_its_author_and_the_team_alone(
    challenge, charlie, rita, mallory, alice
):
    idea = make_idea(challenge, author=make_participant(challenge.brand, charlie))
    ideas.set_hidden(idea=idea, hidden=True, actor=alice)
    seen = {None: 404, mallory: 404, charlie: 200, rita: 200}
    assert {user: reader(user).get(path_of(idea)).status_code for user in seen} == seen
    assert "Hidden from the public" in text_of(reader(rita).get(path_of(idea)))


def test_an_idea_of_a_members_only_brand_is_404_for_strangers(visitor, alice, charlie):
    brand = make_brand("club", owner=alice, visibility=Visibility.MEMBERS)
    idea = make_idea(make_challenge(brand))
    assert visitor.get(path_of(idea)).status_code == 404
    assert reader(charlie).get(path_of(idea)).status_code == 404
    assert reader(alice).get(path_of(idea)).status_code == 200


def test_the_page_costs_as_many_queries_as_it_did(visitor, idea, django_assert_num_queries):
    # idea, phases, statuses, comments, answers, decisions, co-authors; the row is not counted
    with django_assert_num_queries(10):
        visitor.get(path_of(idea))


def test_a_closed_idea_says_that_voting_has_ended(visitor, idea, alice):
    set_closed(idea, closed=True)
    page = visitor.get(path_of(idea))
    assert "Voting on this idea has ended." in text_of(page)
    assert "/vote/" not in page.content.decode()
