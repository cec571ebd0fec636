"""How often an author may delete an idea and bring it back."""

import pytest

from accounts import limits
from cocreate.lib.errors import TooMany
from ideas.domain.deleting import delete_idea
from ideas.models import Idea
from tests.factories import make_idea, make_participant
from tests.web.conftest import text_of


@pytest.fixture
def own(challenge, charlie):
    return make_idea(challenge, author=make_participant(challenge.brand, charlie))


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
