"""What the tests of the discussion share."""

import re

import pytest

from accounts.models import Participant
from ideas.models import Comment, Idea
from tests.factories import make_participant, make_user
from tests.web.conftest import path_of


@pytest.fixture
def author(brand, charlie) -> Participant:
    return make_participant(brand, charlie)


@pytest.fixture
def other(brand) -> Participant:
    return make_participant(brand, make_user("Zoe"))


def talk_of(idea: Idea) -> str:
    return f"/i/{idea.code}/comments/"


def at(comment: Comment) -> str:
    return f"{path_of(comment.idea)}#comment-{comment.code}"


def piece(page, comment: Comment) -> str:
    """The markup of one comment."""
    html = page.content.decode()
    found = re.search(rf'(?s)<article[^>]*id="comment-{comment.code}".*?</article>', html)
    assert found, "the comment is not on the page"
    return found[0]
