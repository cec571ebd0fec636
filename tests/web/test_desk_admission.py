"""The door of a members-only brand: people are invited, admitted, and let go."""

import pytest

from accounts.domain import admission
from accounts.enums import Role
from accounts.models import Brand, Invitation, Participant
from notifications.models import Mail
from tests.factories import make_idea, make_participant, make_user
from tests.web.conftest import path_of, reader, text_of

PAGE = "/desk/mio/admission/"
INVITE = f"{PAGE}invite/"


@pytest.fixture
def club(brand):
    brand.visibility = "members"
    brand.save(update_fields=["visibility"])
    return brand


@pytest.fixture
def manager(bob, club):
    return reader(bob)


def test_two_hundred_lines_are_read_bad_ones_named_and_good_ones_invited(manager):
    lines = [f"Person {n} <p{n}@example.org>" for n in range(197)] + [
        "",
        "nobody",
        "a@b",
        "P1@example.org",
    ]
    page = manager.post(INVITE, {"emails": "\r\n".join(lines)})
    assert page.status_code == 400
    assert page.context["form"]["emails"].value() == "nobody\na@b"
    assert page.context["problems"] == [
        "Line 199: “nobody” is no e-mail address.",
        "Line 200: “a@b” is no e-mail address.",
    ]
    assert Invitation.objects.filter(role="").count() == Mail.objects.count() == 197
    page = manager.post(INVITE, {"emails": "x@example.org\n" * 201})
    assert "Send 200 lines at a time; these are 201." in text_of(page)
    assert Mail.objects.count() == 197


def test_who_is_admitted_sees_the_brand_until_that_ends(manager, club, charlie, member, challenge):
    idea = make_idea(challenge)
    assert [member.get(path).status_code for path in ("/b/mio/", path_of(idea))] == [404, 404]
    participant = admission.admit(brand=club, user=charlie, actor=None)
    assert [member.get(path).status_code for path in ("/b/mio/", path_of(idea))] == [200, 200]
    assert member.get("/desk/mio/").status_code == 403
    page = manager.get(PAGE)
    assert [one.user for one in page.context["people"]] == [charlie]
    page = manager.post(f"{PAGE}{participant.ref}/end/", follow=True)
    assert page.context["people"] == []
    assert [member.get(path).status_code for path in ("/b/mio/", path_of(idea))] == [404, 404]
    assert Participant.objects.get(pk=participant.pk).active


def test_an_admission_ends_once_and_in_ones_own_brand_alone(manager, club, charlie, mallory):
    rival = mallory.memberships.get().brand
    theirs = admission.admit(brand=rival, user=charlie, actor=mallory)
    assert manager.post(f"{PAGE}{theirs.ref}/end/").status_code == 404
    ours = admission.admit(brand=club, user=charlie, actor=None)
    assert manager.post(f"{PAGE}{ours.ref}/end/").status_code == 302
    assert manager.post(f"{PAGE}{ours.ref}/end/").status_code == 404
    theirs.refresh_from_db()
    assert theirs.admitted


def test_the_list_has_pages_without_gap_or_repeat(manager, club, monkeypatch):
    people = [admission.admit(brand=club, user=make_user(), actor=None) for _n in range(52)]
    first = manager.get(PAGE)
    second = manager.get(f"{PAGE}?cursor={first.context['next']}")
    listed = [one.pk for page in (first, second) for one in page.context["people"]]
    assert listed == [one.pk for one in reversed(people)]
    assert (len(first.context["people"]), second.context["next"]) == (50, None)
    assert manager.get(f"{PAGE}?cursor=nonsense").status_code == 400


def test_a_public_brand_has_no_door_and_says_so(manager, club):
    assert "Admission" in [link.label for link in manager.get(PAGE).context["links"]]
    Brand.objects.update(visibility="public")
    page = manager.get(PAGE)
    assert "Your brand is public" in text_of(page)
    assert "Admission" not in [link.label for link in page.context["links"]]


@pytest.mark.parametrize("who", ["rita", "charlie", "mallory"])
def test_others_admit_and_end_nothing(request, manager, club, who, alice):
    participant = admission.admit(brand=club, user=make_user(), actor=None)
    client = reader(request.getfixturevalue(who))
    refused = 403 if who == "rita" else 404
    assert client.get(PAGE).status_code == refused
    assert client.post(INVITE, {"emails": "x@example.org"}).status_code == refused
    assert client.post(f"{PAGE}{participant.ref}/end/").status_code == refused
    participant.refresh_from_db()
    assert (participant.admitted, Invitation.objects.count()) == (True, 0)


def test_an_end_and_an_admission_are_on_the_record(manager, club, charlie, bob):
    participant = admission.admit(brand=club, user=charlie, actor=bob)
    admission.admit(brand=club, user=charlie, actor=bob)  # is in: no second line
    admission.end_admission(brand=club, ref=participant.ref, actor=bob)
    lines = club.activity_set.filter(subject_kind="participant").order_by("pk")
    assert [(one.kind, one.actor, one.private) for one in lines] == [
        ("participant.admitted", bob, True),
        ("admission.ended", bob, True),
    ]


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_costs_the_same_for_one_and_three(manager, club, rows, django_assert_num_queries):
    for n in range(rows):
        admission.admit(brand=club, user=make_user(), actor=None)
        manager.post(INVITE, {"emails": f"p{n}@example.org"})
    manager.get(PAGE)  # takes the messages
    # session, user, brand, role, admitted, invitations, unread
    with django_assert_num_queries(6):
        manager.get(PAGE)


def test_a_place_in_the_team_is_no_admission(club, bob, alice):
    """Who leaves the team of a closed brand sees it no more, unless admitted too."""
    make_participant(club, bob)
    club.memberships.filter(user=bob, role=Role.MANAGER).delete()
    assert reader(bob).get("/b/mio/").status_code == 404
