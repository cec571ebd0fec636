"""How often an author may delete an idea and bring it back."""

import pytest

from accounts import limits
from cocreate.lib.errors import TooMany
from ideas.domain.deleting import delete_idea
from ideas.models import Idea
from tests.factories import make_challenge, make_idea, make_participant
from tests.web.conftest import text_of


@pytest.fixture
def own(challenge, charlie):
    return make_idea(challenge, author=make_participant(challenge.brand, charlie))


def test_the_page_says_what_becomes_of_what_votes_cost_where_they_cost_something(
    member, own, brand, charlie
):
    assert "gets back" not in text_of(member.get(f"/i/{own.code}/delete/"))
    few = make_challenge(brand, budget=3)
    costly = make_idea(few, author=own.author)
    assert "gets back what the vote had cost" in text_of(member.get(f"/i/{costly.code}/delete/"))
    said = "Whoever voted for it gets back what the vote had cost."
    assert said in text_of(member.post(f"/i/{costly.code}/delete/", follow=True))
    assert said not in text_of(member.post(f"/i/{own.code}/delete/", follow=True))


def test_deleting_and_bringing_back_have_a_limit_and_the_page_stays(member, own, charlie):
    for act in (limits.delete_idea, limits.restore_idea):
        with pytest.raises(TooMany):
            for _ in range(11):
                act(user_id=charlie.pk)
    refused = member.post(f"/i/{own.code}/delete/")
    assert (refused.status_code, refused.has_header("Retry-After")) == (429, True)
    assert "That was too often. Try again in 6 minutes." in text_of(refused)
    assert "Delete your idea?" in text_of(refused)
    assert not Idea.objects.get().deleted_at
    delete_idea(idea=own, actor=charlie)
    refused = member.post(f"/i/{own.code}/restore/")
    assert refused.status_code == 429
    assert "That was too often. Try again in 6 minutes." in text_of(refused)
    assert "Bring it back" in text_of(refused)
    assert Idea.objects.get().deleted_at
