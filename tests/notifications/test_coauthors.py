"""Who hears of an invitation to sign an idea, and what those who sign it hear."""

import pytest

from ideas.domain import coauthors
from ideas.domain.deleting import delete_idea
from notifications.domain.coauthors import invite
from notifications.models import Mail, Notice
from tests.notifications.scene import send, states, told

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_invited_hears_of_it_and_the_author_of_the_answer(scene):
    row = invite(idea=scene.idea, whom=scene.stranger.handle, actor=scene.author)
    assert told("co_author.invited") == {"Stranger": "self"}
    coauthors.accept(row=row, user=scene.stranger)
    assert told("co_author.accepted") == {"Author": "author"}


def test_who_signs_it_hears_what_the_author_hears(scene):
    row = invite(idea=scene.idea, whom=scene.stranger.handle, actor=scene.author)
    coauthors.accept(row=row, user=scene.stranger)
    scene.comment(scene.voter)
    assert told("comment.posted")["Stranger"] == "author"
    coauthors.leave(idea=scene.idea, user=scene.stranger)
    scene.unfollow(scene.stranger)
    Notice.objects.all().delete()
    scene.comment(scene.voter, "Again.")
    assert "Stranger" not in told("comment.posted")


def test_a_withdrawn_invitation_is_not_mailed(scene):
    row = invite(idea=scene.idea, whom=scene.stranger.handle, actor=scene.author)
    coauthors.withdraw(idea=scene.idea, code=row.code, actor=scene.author)
    assert told("co_author.invited") == {}


def test_the_mail_to_an_address_has_the_link_and_no_account_hears_of_it(scene):
    invite(idea=scene.idea, whom=scene.stranger.email, actor=scene.author)
    assert told("co_author.invited") == {}
    mail = Mail.objects.get(to=scene.stranger.email)
    assert f"/i/{scene.idea.code}/authors/coa_" in mail.text
    assert "Doors both ways" in mail.text


def test_of_a_deleted_idea_nobody_hears_any_more(scene):
    scene.comment(scene.voter)
    delete_idea(idea=scene.idea, actor=scene.author)
    assert told("comment.posted") == {}
    send()
    assert "sent" not in states().values()
