"""The link of an invitation, in the hands of the right and the wrong people."""

import re
from urllib.parse import quote

import pytest
from django.core.cache import cache
from django.db.models.functions import Now

from accounts.enums import Role
from accounts.models import Invitation, Membership
from notifications.domain import invitations
from notifications.models import Mail
from tests.accounts.steps import (
    NEW_PASSWORD,
    ask_for_reset,
    choose_password,
    code_sent_to,
    enter_reset_code,
)
from tests.factories import PASSWORD, make_user
from tests.web.conftest import reader, text_of

ZOE = "zoe@example.org"
LINK = re.compile(r"(/invitations/\S+/)$", re.MULTILINE)


@pytest.fixture
def zoe(db):
    return make_user("Zoe", email=ZOE)


@pytest.fixture
def link(brand, alice):
    """Alice invites zoe@example.org as a manager."""
    invitations.invite(brand=brand, emails=[ZOE], role=Role.MANAGER, actor=alice)
    return LINK.search(Mail.objects.latest("pk").text)[1]


def is_in(user):
    return Membership.objects.filter(user=user).exists()


def test_looking_says_who_invites_to_what_and_changes_nothing(link, zoe, visitor):
    for client in (visitor, reader(zoe)):
        for _n in range(2):
            page = client.get(link)
            assert "Join the team of Mio Motors" in text_of(page)
            assert "Alice invites you, as: Manager." in text_of(page)
            assert page["Cache-Control"] == "private, no-store"
            assert page["Referrer-Policy"] == "same-origin"
    assert client.head(link).status_code == 200
    assert not is_in(zoe)


def test_the_page_does_not_say_whose_address_it_is(link, visitor):
    assert ZOE not in visitor.get(link).content.decode()


def test_accepting_leads_to_the_desk_and_a_second_click_too(link, zoe):
    client = reader(zoe)
    page = client.post(link, follow=True)
    assert page.redirect_chain == [("/desk/mio/", 302)]
    assert "Welcome to the team of Mio Motors." in text_of(page)
    assert is_in(zoe)
    assert client.get(link)["Location"] == "/desk/mio/"
    assert client.post(link)["Location"] == "/desk/mio/"


def test_a_visitor_signs_in_and_comes_back(link, visitor, zoe):
    page = visitor.get(link).content.decode()
    assert f"/accounts/signup/?next={quote(link, safe='')}" in page
    assert visitor.post(link)["Location"].startswith("/accounts/login/?next=%2Finvitations%2F")
    answer = visitor.post(
        f"/accounts/login/?next={link}", {"login": ZOE, "password": PASSWORD, "next": link}
    )
    assert answer["Location"] == link
    visitor.post(link)
    assert is_in(zoe)


def test_z13_a_wrong_account_is_told_nothing_of_the_invitation(link, member, charlie):
    for answer in (member.get(link), member.post(link)):
        said = answer.content.decode()
        assert answer.status_code == 403
        assert "sent to another address than yours" in said
        for secret in ("Mio", "Alice", ZOE, "Manager"):
            assert secret not in said
    assert not is_in(charlie)


def test_a_wrong_account_signs_out_and_is_back_at_the_link(link, member):
    assert f'name="next" value="{link}"' in member.get(link).content.decode()
    assert member.post("/accounts/logout/", {"next": link})["Location"] == link
    assert "Join the team of Mio Motors" in text_of(member.get(link))


def test_z13_what_is_sent_along_lifts_nobody(link, zoe, mallory, visitor):
    sent = {"role": "owner", "brand": "rival", "email": ZOE, "user": mallory.pk}
    reader(zoe).post(f"{link}?role=owner&brand=rival", sent)
    assert [(one.brand.slug, one.role) for one in zoe.memberships.all()] == [("mio", "manager")]


@pytest.mark.parametrize("how", ["expired", "revoked", "unknown", "inviter gone"])
def test_z13_a_dead_link_is_one_sentence_whatever_it_died_of(link, zoe, visitor, alice, how):
    if how == "expired":
        Invitation.objects.update(expires_at=Now())
    if how == "revoked":
        Invitation.objects.update(revoked_at=Now())
    if how == "inviter gone":
        Membership.objects.filter(user=alice).update(role=Role.ANALYST)
    path = "/invitations/coi_unknown/" if how == "unknown" else link
    for client in (visitor, reader(zoe)):
        for answer in (client.get(path), client.post(path)):
            assert answer.status_code == 404
            assert "This invitation is not valid any more" in text_of(answer)
            assert "Mio" not in answer.content.decode()
    assert not is_in(zoe)


def test_z13_a_new_password_by_mail_revives_no_expired_invitation(link, visitor):
    """The reset proves the mailbox and opens the account, and that is all it opens."""
    zoe = make_user("Zoe", email=ZOE, verified=False)
    Invitation.objects.update(expires_at=Now())
    cache.clear()
    ask_for_reset(visitor, ZOE)
    enter_reset_code(visitor, code_sent_to(ZOE))
    choose_password(visitor)
    zoe.refresh_from_db()
    assert zoe.check_password(NEW_PASSWORD)
    assert visitor.post(link).status_code == 404  # signed in by the reset
    client = reader(zoe)
    assert client.post(link).status_code == 404
    assert not is_in(zoe)


def test_the_inviters_name_cannot_be_markup_or_a_link(brand, alice, visitor):
    type(alice).objects.filter(pk=alice.pk).update(display_name="<b>evil.example</b>")
    alice.refresh_from_db()
    invitations.invite(brand=brand, emails=[ZOE], role=None, actor=alice)
    mail = Mail.objects.latest("pk")
    assert "evil.example" not in mail.text + mail.html + mail.subject
    page = visitor.get(LINK.search(mail.text)[1]).content.decode()
    assert "&lt;b&gt;evil.example" in page
