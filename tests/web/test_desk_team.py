"""The pages of a team: who is in it, who is invited, who may do what about it."""

import pytest

from accounts.domain import keys
from accounts.enums import Role, Scope
from accounts.models import ApiKey, Invitation, Membership
from notifications.models import Mail
from tests.factories import PASSWORD, make_user
from tests.web.conftest import reader, text_of

TEAM = "/desk/mio/team/"
INVITE = f"{TEAM}invite/"
HAND_OVER = f"{TEAM}hand-over/"


@pytest.fixture
def owner(alice, brand):
    return reader(alice)


@pytest.fixture
def manager(bob, brand):
    return reader(bob)


@pytest.fixture
def analyst(rita, brand):
    return reader(rita)


def role_of(user):
    return Membership.objects.filter(user=user).values_list("role", flat=True).first()


def test_everybody_in_the_team_reads_who_is_in_it(owner, manager, analyst, bob):
    for client in (owner, manager, analyst):
        page = client.get(TEAM)
        assert [line["place"].role for line in page.context["members"]] == [
            "owner",
            "manager",
            "analyst",
        ]
        assert f"@{bob.handle}" in text_of(page)


def test_each_role_sees_the_doors_it_may_open(owner, manager, analyst):
    labels = {
        name: [link.label for link in client.get(TEAM).context["links"]]
        for name, client in (("owner", owner), ("manager", manager), ("analyst", analyst))
    }
    reading = ["Ideas", "Questions", "Reports", "How it goes", "Stopped people", "Team"]
    everything = [*reading, "Alerts", "Statuses", "Imports", "Keys", "Settings"]
    assert labels == {"owner": everything, "manager": everything, "analyst": reading}


def test_an_analyst_sees_no_controls_and_no_invitations(owner, analyst):
    owner.post(INVITE, {"emails": "zoe@example.org", "role": "analyst"})
    page = analyst.get(TEAM).content.decode()
    assert "zoe@example.org" not in page
    assert "<form" not in page.partition("<main")[2].partition("</main")[0]


def test_several_are_invited_at_once_and_wait_in_the_list(owner):
    sent = {"emails": "Zoe <zoe@example.org>, ida@example.org\nnina@example.org", "role": "manager"}
    page = owner.post(INVITE, sent, follow=True)
    assert "3 invitations are on their way." in text_of(page)
    assert [one.email for one in page.context["pending"]] == [
        "nina@example.org",
        "ida@example.org",
        "zoe@example.org",
    ]
    assert Mail.objects.count() == 3


def test_bad_lines_are_named_and_kept_and_good_ones_go(owner):
    sent = {"emails": "zoe@example.org\nno address\nida@@example\n", "role": "analyst"}
    page = owner.post(INVITE, sent)
    assert page.status_code == 400
    assert page.context["form"]["emails"].value() == "no address\nida@@example"
    said = text_of(page)
    assert "Line 2: “no address” is no e-mail address." in said
    assert "1 invitation is on its way." in said
    assert [one.email for one in Invitation.objects.all()] == ["zoe@example.org"]


def test_a_reload_invites_nobody_twice(owner):
    sent = {"emails": "zoe@example.org", "role": "analyst"}
    owner.post(INVITE, sent)
    assert "zoe@example.org: Is invited already." in text_of(owner.post(INVITE, sent))
    assert Mail.objects.count() == 1


@pytest.mark.parametrize("emails", ["", "\n".join(f"p{n}@example.org" for n in range(21))])
def test_none_and_too_many_are_refused_whole(owner, emails):
    page = owner.post(INVITE, {"emails": emails, "role": "analyst"})
    assert page.status_code == 400
    assert page.context["form"]["emails"].value() == emails
    assert not Invitation.objects.exists()


@pytest.mark.parametrize("role", ["owner", "", "emperor"])
def test_z13_a_tampered_role_is_refused(owner, role):
    page = owner.post(INVITE, {"emails": "zoe@example.org", "role": role})
    assert page.status_code == 400
    assert page.context["form"]["emails"].value() == "zoe@example.org"
    assert not Invitation.objects.exists()


def test_an_invitation_is_sent_again_and_withdrawn(manager):
    manager.post(INVITE, {"emails": "zoe@example.org", "role": "analyst"})
    first = Invitation.objects.get()
    page = manager.post(f"/desk/mio/invitations/{first.code}/resend/", follow=True)
    assert "zoe@example.org gets a new link." in text_of(page)
    second = Invitation.objects.get()
    assert second.hash != first.hash
    assert manager.post(f"/desk/mio/invitations/{first.code}/withdraw/").status_code == 404
    page = manager.post(f"/desk/mio/invitations/{second.code}/withdraw/", follow=True)
    assert page.context["pending"] == []


def test_z13_an_invitation_of_another_brand_is_not_there(manager, mallory):
    rival = mallory.memberships.get().brand
    reader(mallory).post("/desk/rival/team/invite/", {"emails": "z@example.org", "role": "manager"})
    code = Invitation.objects.get(brand=rival).code
    for act in ("resend", "withdraw"):
        assert manager.post(f"/desk/mio/invitations/{code}/{act}/").status_code == 404
        assert manager.post(f"/desk/rival/invitations/{code}/{act}/").status_code == 403
    assert Mail.objects.count() == 1


def test_the_owner_changes_roles_and_removes(owner, bob, rita):
    said = text_of(owner.post(f"{TEAM}{rita.handle}/role/", {"role": "manager"}, follow=True))
    assert "Rita is now: Manager." in said
    owner.post(f"{TEAM}{bob.handle}/remove/")
    assert (role_of(rita), role_of(bob)) == ("manager", None)


def test_a_manager_lifts_analysts_and_touches_no_manager(manager, owner, alice, rita):
    other = make_user("Other")
    Membership.objects.create(brand=rita.memberships.get().brand, user=other, role=Role.MANAGER)
    assert manager.post(f"{TEAM}{other.handle}/remove/").status_code == 403
    assert manager.post(f"{TEAM}{other.handle}/role/", {"role": "analyst"}).status_code == 403
    assert manager.post(f"{TEAM}{alice.handle}/remove/").status_code == 403
    assert manager.post(f"{TEAM}{rita.handle}/remove/").status_code == 302
    assert [role_of(one) for one in (other, alice, rita)] == ["manager", "owner", None]


def test_a_page_shows_only_buttons_that_work(manager, brand, bob):
    members = manager.get(TEAM).context["members"]
    assert [(one["place"].role, one["may_change"], one["may_remove"]) for one in members] == [
        ("owner", False, False),
        ("manager", False, False),  # bob himself
        ("analyst", True, True),
    ]


def posts(handle, code, prefix):
    """Every address that changes something, with what it wants."""
    return {
        INVITE: {"emails": "x@example.org", "role": "manager"},
        f"{TEAM}{handle}/role/": {"role": "manager"},
        f"{TEAM}{handle}/remove/": {},
        HAND_OVER: {"member": handle, "own_password": PASSWORD},
        f"/desk/mio/invitations/{code}/resend/": {},
        f"/desk/mio/invitations/{code}/withdraw/": {},
        "/desk/mio/admission/invite/": {"emails": "x@example.org"},
        "/desk/mio/keys/": {"name": "K", "kind": "secret", "scopes": ["read"], "rate": "1"},
        f"/desk/mio/keys/{prefix}/rotate/": {"overlap": "0"},
        f"/desk/mio/keys/{prefix}/revoke/": {},
        "/desk/mio/settings/": {"name": "Mine", "visibility": "members", "hue": 10},
        "/desk/mio/settings/address/": {"slug": "mine"},
        "/desk/mio/settings/logo/": {"remove": "1"},
    }


@pytest.mark.parametrize("who", ["rita", "charlie", "mallory"])
def test_analysts_strangers_and_rivals_change_nothing(request, owner, brand, alice, rita, who):
    owner.post(INVITE, {"emails": "zoe@example.org", "role": "analyst"})
    key = keys.create_key(brand=brand, scopes=[Scope.READ], origins=[], rate=1, actor=alice)[0]
    code = Invitation.objects.get().code
    client = reader(request.getfixturevalue(who))

    def state():
        return [
            list(Invitation.objects.values_list()),
            list(ApiKey.objects.values_list()),
            list(Membership.objects.order_by("pk").values_list()),
            list(type(brand).objects.filter(pk=brand.pk).values_list()),
            Mail.objects.count(),
        ]

    before = state()
    for path, sent in posts(rita.handle, code, key.prefix).items():
        assert client.post(path, sent).status_code == 403, path
    assert state() == before


def test_w11_a_manager_elsewhere_is_a_stranger_at_this_desk(brand, mallory):
    browser = reader(mallory)
    assert browser.get("/desk/mio/keys/").status_code == 403
    type(brand).objects.filter(pk=brand.pk).update(visibility="members")
    for page in ("", "team/", "team/hand-over/", "admission/", "keys/", "settings/"):
        there, never = browser.get(f"/desk/mio/{page}"), browser.get(f"/desk/nothing/{page}")
        assert (there.status_code, there.content) == (404, never.content)


def test_a_visitor_is_asked_to_sign_in_and_changes_nothing(visitor, owner, rita):
    for path, sent in posts(rita.handle, "abc", "cos_abc").items():
        assert visitor.post(path, sent)["Location"].startswith("/accounts/login/"), path
    assert not Invitation.objects.exists()


def test_the_owner_hands_over_with_the_password(owner, alice, bob):
    page = owner.post(HAND_OVER, {"member": bob.handle, "own_password": PASSWORD}, follow=True)
    assert "Mio Motors belongs to Bob now. You are a manager." in text_of(page)
    assert (role_of(alice), role_of(bob)) == ("manager", "owner")
    assert owner.get(HAND_OVER).status_code == 403


@pytest.mark.parametrize(
    ("over", "sentence"),
    [
        ({"own_password": "wrong"}, "That is not your password."),
        ({"own_password": ""}, "Type your password."),
        ({"member": ""}, "Choose somebody of your team."),
        ({"member": "charlie"}, "Choose somebody of your team."),
        ({"member": "alice"}, "Choose somebody of your team."),
    ],
)
def test_a_hand_over_without_password_or_heir_is_refused(
    owner, alice, bob, charlie, over, sentence
):
    page = owner.post(HAND_OVER, {"member": bob.handle, "own_password": PASSWORD} | over)
    assert page.status_code == 400
    assert sentence in text_of(page)
    assert role_of(alice) == "owner"


def test_the_password_cannot_be_guessed_there(owner, alice, bob):
    wrong = {"member": bob.handle, "own_password": "wrong"}
    answers = [owner.post(HAND_OVER, wrong).status_code for _n in range(11)]
    assert answers == [400] * 10 + [429]
    right = owner.post(HAND_OVER, wrong | {"own_password": PASSWORD})
    assert (right.status_code, role_of(alice)) == (429, "owner")


def test_a_lonely_owner_is_told_to_invite_first(mallory):
    assert "You are alone in this team." in text_of(
        reader(mallory).get("/desk/rival/team/hand-over/")
    )


@pytest.mark.parametrize("rows", [1, 3])
def test_the_team_costs_the_same_for_one_and_three(mallory, rows, django_assert_num_queries):
    brand = mallory.memberships.get().brand
    client = reader(mallory)
    for n in range(rows):
        Membership.objects.create(brand=brand, user=make_user(), role=Role.MANAGER)
        client.post("/desk/rival/team/invite/", {"emails": f"p{n}@example.org", "role": "analyst"})
    client.get("/desk/rival/team/")  # takes the messages
    # session, user, brand, role, team, invitations, unread
    with django_assert_num_queries(6):
        client.get("/desk/rival/team/")
