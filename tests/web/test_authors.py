"""Signing an idea together, on pages."""

import re

import pytest

from ideas.domain import coauthors
from ideas.domain.deleting import delete_idea
from ideas.domain.ideas import set_hidden
from ideas.models import CoAuthor, Idea
from notifications.models import Mail
from tests.factories import make_idea, make_participant
from tests.web.conftest import path_of, reader, text_of


@pytest.fixture
def own(challenge, charlie):
    return make_idea(
        challenge, author=make_participant(challenge.brand, charlie), title="A roof of moss"
    )


def authors(idea, secret=""):
    return f"/i/{idea.code}/authors/{secret}"


def test_an_author_invites_by_handle_and_the_invited_accepts_and_leaves(member, own, mallory):
    response = member.post(authors(own), {"whom": f"@{mallory.handle}"}, follow=True)
    assert "Invited. Their name stands on the idea once they accept." in text_of(response)
    assert "Mallory Invited" in text_of(response)
    invited = reader(mallory)
    assert "You are invited to sign it" in text_of(invited.get(path_of(own)))
    assert "Charlie invites you." in text_of(invited.get(authors(own)))
    invited.post(authors(own), {"act": "accept"})
    page = reader().get(path_of(own))
    assert f'href="/u/{mallory.handle}/"' in page.content.decode()
    assert "and 1 other" in text_of(reader().get("/b/mio/"))
    assert "A roof of moss" in text_of(reader().get(f"/u/{mallory.handle}/"))
    assert "/edit/" in invited.get(path_of(own)).content.decode()
    invited.post(authors(own), {"act": "leave"})
    assert f"/u/{mallory.handle}/" not in reader().get(path_of(own)).content.decode()


def test_a_link_by_mail_signs_whoever_opens_it(member, own, mallory):
    member.post(authors(own), {"whom": "zoe@example.org"})
    mail = Mail.objects.get(to="zoe@example.org")
    path = re.search(r"/i/\S+/authors/\S+/", mail.text)[0]
    assert "Charlie invites you to sign" in mail.subject
    seen = reader().get(path)
    assert "A roof of moss" in text_of(seen)
    assert f"/accounts/signup/?next={path.replace('/', '%2F')}" in seen.content.decode()
    assert seen["Cache-Control"] == "private, no-store"
    assert not CoAuthor.objects.get().participant
    reader(mallory).post(path, {"act": "accept"})
    assert [person.user for person in coauthors.of(own)] == [mallory]
    over = reader(mallory).get(path)
    assert (over.status_code, "This invitation is over" in text_of(over)) == (404, True)


def test_whoever_declines_is_not_named(member, own, mallory):
    member.post(authors(own), {"whom": mallory.handle})
    reader(mallory).post(authors(own), {"act": "decline"})
    assert coauthors.of(own) == []
    assert "Mallory Declined" in text_of(member.get(authors(own)))


def test_an_invitation_is_withdrawn(member, own):
    member.post(authors(own), {"whom": "zoe@example.org"})
    row = CoAuthor.objects.get()
    response = member.post(authors(own), {"act": "withdraw", "code": row.code}, follow=True)
    assert "Withdrawn." in text_of(response)
    assert not CoAuthor.objects.exists()
    assert member.post(authors(own), {"act": "withdraw", "code": row.code}).status_code == 404


def test_a_mistake_is_named_and_stays_in_its_field(member, own):
    response = member.post(authors(own), {"whom": "@nobody-at-all"})
    assert response.status_code == 400
    assert "Nobody has this handle." in text_of(response)
    assert 'value="@nobody-at-all"' in response.content.decode()


def test_others_are_not_let_in(own, mallory, bob):
    assert reader().get(authors(own)).status_code == 302
    for user in (mallory, bob):
        assert reader(user).get(authors(own)).status_code == 403
        assert reader(user).post(authors(own), {"whom": "zoe@example.org"}).status_code == 403
    assert not CoAuthor.objects.exists()


def test_a_wrong_link_tells_nothing(own, mallory):
    assert reader(mallory).get(authors(own, "coa_nothing/")).status_code == 404
    assert reader(mallory).post(authors(own, "coa_nothing/"), {"act": "accept"}).status_code == 404


def test_deleting_asks_first_and_says_what_happens(member, own):
    page = text_of(member.get(f"/i/{own.code}/delete/"))
    assert "what the vote had cost" not in page  # votes cost nothing here
    assert "For 30 days you can take this back" in page
    assert Idea.objects.get().deleted_at is None
    response = member.post(f"/i/{own.code}/delete/", follow=True)
    assert "You deleted this idea just now" in text_of(response)


def test_a_deleted_idea_is_404_for_others_marked_for_the_team_and_comes_back(
    member, own, mallory, rita, charlie
):
    delete_idea(idea=own, actor=charlie)
    for user in (None, mallory):
        assert reader(user).get(path_of(own)).status_code == 404
        assert reader(user).get(f"/i/{own.code}/history/").status_code == 404
    assert "Deleted by its author" in text_of(reader(rita).get(path_of(own)))
    assert "Deleted by its author" in text_of(reader(rita).get(f"/desk/mio/ideas/{own.code}/"))
    for path in ("/b/mio/", "/b/mio/c/street/", f"/u/{charlie.handle}/"):
        assert "A roof of moss" not in text_of(reader().get(path))
    member.post(f"/i/{own.code}/restore/")
    assert reader().get(path_of(own)).status_code == 200


def test_what_a_manager_hides_after_its_author_deleted_it_comes_back_hidden(
    member, own, charlie, bob
):
    delete_idea(idea=own, actor=charlie)
    desk, path = reader(bob), f"/desk/mio/ideas/{own.code}/"
    response = desk.post(f"{path}hide/", {"reason": "It names people."}, follow=True)
    assert "If they bring it back, it comes back hidden." in text_of(response)
    assert "If it comes back, it comes back hidden from the public." in text_of(response)
    response = desk.post(f"{path}show/", follow=True)
    assert "If its author brings the idea back, everybody can read it again." in text_of(response)
    assert "comes back hidden" not in text_of(desk.get(path))
    desk.post(f"{path}hide/", {"reason": "It names people."})
    response = member.post(f"/i/{own.code}/restore/", follow=True)
    assert "Your idea is back, but the team has hidden it meanwhile." in text_of(response)
    assert reader().get(path_of(own)).status_code == 404


def test_of_a_hidden_idea_no_invitation_leaves_and_its_author_reads_why(member, own, mallory, bob):
    member.post(authors(own), {"whom": "zoe@example.org"})
    path = re.search(r"/i/\S+/authors/\S+/", Mail.objects.get(to="zoe@example.org").text)[0]
    set_hidden(idea=own, hidden=True, actor=bob)
    page = member.get(authors(own))
    assert "Nobody can be invited now: the idea is hidden" in text_of(page)
    assert 'name="whom"' not in page.content.decode()
    refused = member.post(authors(own), {"whom": "ines@example.org"})
    assert refused.status_code == 409
    assert "Nobody can be invited now: the idea is hidden" in text_of(refused)
    assert not Mail.objects.filter(to="ines@example.org").exists()
    assert reader(mallory).post(path, {"act": "accept"}).status_code == 404
    set_hidden(idea=own, hidden=False, actor=bob)
    assert reader(mallory).post(path, {"act": "accept"}).status_code == 302
    assert [person.user for person in coauthors.of(own)] == [mallory]


def test_who_declined_by_mail_is_asked_no_second_time(member, own, mallory):
    member.post(authors(own), {"whom": "zoe@example.org"})
    path = re.search(r"/i/\S+/authors/\S+/", Mail.objects.get(to="zoe@example.org").text)[0]
    reader(mallory).post(path, {"act": "decline"})
    code = CoAuthor.objects.get().code
    assert member.post(authors(own), {"act": "withdraw", "code": code}).status_code == 404
    again = member.post(authors(own), {"whom": "Zoe@example.org"})
    assert (again.status_code, "They have declined already." in text_of(again)) == (400, True)
    assert Mail.objects.filter(to__iexact="zoe@example.org").count() == 1


def test_nobody_else_deletes_or_restores(own, mallory, bob, charlie):
    for user in (mallory, bob):
        assert reader(user).post(f"/i/{own.code}/delete/").status_code == 403
    delete_idea(idea=own, actor=charlie)
    assert reader(bob).post(f"/i/{own.code}/restore/").status_code == 403
    assert reader(mallory).post(f"/i/{own.code}/restore/").status_code == 404
    assert Idea.objects.get().deleted_at


def test_the_desk_offers_not_to_show_what_its_author_deleted(own, charlie, bob):
    delete_idea(idea=own, actor=charlie)
    desk = reader(bob)
    assert "Show it again" not in text_of(desk.get(f"/desk/mio/ideas/{own.code}/"))
    response = desk.post(f"/desk/mio/ideas/{own.code}/show/", follow=True)
    assert response.status_code == 409
    assert "Its author has deleted this idea." in text_of(response)
    assert Idea.objects.get().hidden
