"""Who is in charge of an idea: set, undone, narrowed by; and two at one idea at a time."""

import pytest

from accounts.domain import teams
from ideas.domain import comments, decisions, owners
from ideas.models import Comment, Decision, Idea
from tests.factories import make_idea, make_participant
from tests.web.conftest import reader, text_of
from web.desk.undo import undo_path

PAGE = "/desk/mio/"
BESIDE = {"X-Pane": "1"}


@pytest.fixture
def desk(bob, brand):
    return reader(bob)


def path_to(idea, act=""):
    return f"{PAGE}ideas/{idea.code}/{act}"


def owner_of(idea):
    return Idea.objects.values_list("owner__user__handle", flat=True).get(pk=idea.pk)


def undo_in(page):
    (path,) = [found for message in page.context["messages"] if (found := undo_path(message))]
    return path


def titles(desk, query):
    page = desk.get(f"{PAGE}?sort=new&{query}")
    return [idea.title for _place, idea in page.context["ideas"]]


def test_a_manager_puts_somebody_in_charge_and_takes_it_back(desk, idea, rita):
    page = desk.post(path_to(idea, "owner/"), {"owner": "rita", "seen": ""}, follow=True)
    assert "In charge: Rita. Nobody has been told yet" in text_of(page)
    assert page.context["owner"] == rita
    assert "In charge: Rita Bob" in text_of(page)  # in the trail
    page = desk.post(undo_in(page), follow=True)
    assert "Undone. Nobody was told." in text_of(page)
    assert owner_of(idea) is None
    again = desk.post(f"{path_to(idea)}owner/undo/", follow=True)
    assert "They have been told already" in text_of(again)


def test_one_press_takes_it_and_tells_nobody(desk, idea, bob):
    page = desk.post(path_to(idea, "owner/"), {"owner": "", "me": "1", "seen": ""}, follow=True)
    assert "You are in charge." in text_of(page)
    assert owner_of(idea) == bob.handle
    assert 'data-key="m"' not in page.content.decode()


@pytest.mark.parametrize("owner", ["bob", "rita", ""])
def test_where_nothing_can_be_undone_no_undo_is_offered(desk, idea, alice, settings, owner):
    settings.UNDO_SECONDS = 0
    owners.set_owner(idea=idea, owner="alice", actor=alice)
    page = desk.post(path_to(idea, "owner/"), {"owner": owner}, follow=True)
    assert owner_of(idea) == (owner or None)
    assert [undo_path(message) for message in page.context["messages"]] == [""]
    other = make_idea(idea.challenge)
    owners.set_owner(idea=other, owner="alice", actor=alice)
    page = desk.post(f"{PAGE}many/owner/", ticked([other]) | {"owner": owner}, follow=True)
    assert owner_of(other) == (owner or None)
    assert [undo_path(message) for message in page.context["messages"]] == [""]


def test_who_has_left_the_team_is_said_beside_the_field(desk, idea):
    page = desk.post(path_to(idea, "owner/"), {"owner": "charlie"})
    assert page.status_code == 400
    assert "They are not in the team any more." in text_of(page)


def test_an_analyst_sees_who_and_sets_nobody(rita, idea, alice):
    owners.set_owner(idea=idea, owner="alice", actor=alice)
    page = reader(rita).get(path_to(idea))
    assert page.context["owner"] == alice
    assert "owner/" not in page.content.decode()
    for act in ("owner/", "owner/undo/"):
        assert reader(rita).post(path_to(idea, act), {"owner": "rita"}).status_code == 403
    assert owner_of(idea) == "alice"


def test_the_list_shows_who_and_is_narrowed_by_it(desk, challenge, brand, alice, bob):
    for title, owner in (("Hers", "alice"), ("Mine", "bob"), ("Nobody’s", "")):
        owners.set_owner(idea=make_idea(challenge, title=title), owner=owner, actor=alice)
    assert titles(desk, "owner=-me") == titles(desk, "owner=bob") == ["Mine"]
    assert titles(desk, "owner=-nobody") == ["Nobody’s"]
    assert titles(desk, "owner=alice") == ["Hers"]
    assert titles(desk, "owner=mallory") == []
    assert titles(desk, "owner=%00") == titles(desk, "")
    assert "In charge: Alice" in text_of(desk.get(f"{PAGE}?owner=alice"))
    teams.remove_member(brand=brand, user=bob, actor=alice)
    page = reader(alice).get(f"{PAGE}?owner=bob")
    assert "Somebody who left the team" in text_of(page)
    assert page.context["ideas"] == []


def test_previous_and_next_stay_among_ones_own(desk, challenge, alice):
    made = [make_idea(challenge, title=title) for title in ("One", "Two", "Three")]
    for idea in (made[0], made[2]):
        owners.set_owner(idea=idea, owner="bob", actor=alice)
    page = desk.get(f"{path_to(made[0])}?owner=-me&sort=new")
    assert (page.context["beside"].before, page.context["beside"].after) == (made[2].code, None)


def test_nobody_else_learns_who_is_in_charge(idea, alice, member, visitor):
    owners.set_owner(idea=idea, owner="rita", actor=alice)
    for client in (member, visitor):
        page = client.get(f"/i/{idea.code}/", follow=True)
        assert "Rita" not in text_of(page)
        assert b"rita" not in client.get(f"/api/v1/ideas/{idea.code}/").content


# --- Many at once -------------------------------------------------------------------------------


@pytest.fixture
def three(challenge):
    author = make_participant(challenge.brand)
    return [make_idea(challenge, author=author, title=f"Idea {n}") for n in (1, 2, 3)]


def ticked(ideas):
    return {"idea": [idea.code for idea in ideas]}


def test_many_get_somebody_at_once_and_lose_them_again(desk, three, alice):
    owners.set_owner(idea=three[0], owner="alice", actor=alice)
    page = desk.post(
        f"{PAGE}many/owner/?owner=-nobody", ticked(three) | {"owner": "rita"}, follow=True
    )
    assert page.redirect_chain == [("/desk/mio/?owner=-nobody", 302)]
    assert "In charge of 3 ideas: Rita. Nobody has been told yet" in text_of(page)
    assert list(map(owner_of, three)) == ["rita"] * 3
    again = desk.post(f"{PAGE}many/owner/", ticked(three[:1]) | {"owner": "rita"}, follow=True)
    assert "1 idea stood so already." in text_of(again)
    page = desk.post(undo_in(page), follow=True)
    assert "Undone. Nobody was told." in text_of(page)
    assert list(map(owner_of, three)) == ["alice", None, None]


def test_nobody_from_outside_gets_many(desk, three):
    page = desk.post(f"{PAGE}many/owner/", ticked(three[:1]) | {"owner": "charlie"}, follow=True)
    assert "“Idea 1”: They are not in the team any more." in text_of(page)


def test_an_analyst_gives_none_away(rita, three):
    sent = ticked(three) | {"owner": "rita"}
    assert reader(rita).post(f"{PAGE}many/owner/", sent).status_code == 403


# --- Two at one idea ----------------------------------------------------------------------------


def seen_on(page, name):
    return page.context["seen"][name]


def test_a_status_set_meanwhile_is_shown_and_what_was_written_stays(desk, idea, alice):
    seen = seen_on(desk.get(path_to(idea)), "status")
    decisions.set_status(idea=idea, status="planned", actor=alice, message="We build it.")
    sent = {"status": "under_review", "message": "We look into it.", "seen": seen}
    page = desk.post(path_to(idea, "status/"), sent, headers=BESIDE)
    assert (page.status_code, page["X-Pane"]) == (409, "shown")
    assert "Somebody of your team was quicker Status: Planned. Alice" in text_of(page)
    assert "We build it." in text_of(page)
    assert "We look into it.</textarea>" in page.content.decode()
    assert Decision.objects.count() == 1
    sent["seen"] = seen_on(page, "status")
    sent["status"] = "in_progress"
    assert desk.post(path_to(idea, "status/"), sent).status_code == 302
    assert Decision.objects.count() == 2


def test_a_status_taken_back_meanwhile_is_said(desk, idea, alice):
    made = decisions.set_status(idea=idea, status="planned", actor=alice)
    seen = seen_on(desk.get(path_to(idea)), "status")
    decisions.undo(decision=made, actor=alice)
    page = desk.post(path_to(idea, "status/"), {"status": "in_progress", "seen": seen})
    assert page.status_code == 409
    assert "Status taken back; it is now: Submitted." in text_of(page)


def test_the_same_press_twice_is_no_conflict(desk, idea):
    sent = {"status": "planned", "message": "Soon.", "seen": ""}
    for _press in range(2):
        assert desk.post(path_to(idea, "status/"), sent).status_code == 302
    assert Decision.objects.count() == 1


def test_an_answer_given_meanwhile_is_shown_and_what_was_written_stays(desk, idea, alice):
    seen = seen_on(desk.get(path_to(idea)), "answer")
    given = comments.answer(idea=idea, body="Yes, in spring.", actor=alice)
    page = desk.post(path_to(idea, "answer/"), {"body": "No, never.", "seen": seen})
    assert 'href="#answers"' in page.content.decode()
    assert page.status_code == 409
    assert "Official answer Alice" in text_of(page)
    assert "No, never.</textarea>" in page.content.decode()
    assert Comment.objects.count() == 1
    sent = {"body": "No, never.", "seen": given.code}
    assert desk.post(path_to(idea, "answer/"), sent).status_code == 302
    assert desk.post(path_to(idea, "answer/"), sent).status_code == 302  # pressed twice
    assert Comment.objects.count() == 2


def test_an_answer_taken_back_meanwhile_is_said(desk, idea, alice):
    given = comments.answer(idea=idea, body="Yes, in spring.", actor=alice)
    comments.undo_answer(comment=given, actor=alice)
    page = desk.post(path_to(idea, "answer/"), {"body": "As she says.", "seen": given.code})
    assert page.status_code == 409
    assert "The answer that stood here was taken back." in text_of(page)


def test_somebody_else_in_charge_meanwhile_is_shown(desk, idea, alice):
    owners.set_owner(idea=idea, owner="rita", actor=alice)
    page = desk.post(path_to(idea, "owner/"), {"owner": "alice", "seen": ""})
    assert page.status_code == 409
    assert "In charge now: Rita." in text_of(page)
    assert '<option value="alice" selected>' in page.content.decode()
    assert seen_on(page, "owner") == "rita"
    owners.set_owner(idea=idea, owner="", actor=alice)
    page = desk.post(path_to(idea, "owner/"), {"me": "1", "seen": "rita"})
    assert "Nobody is in charge now." in text_of(page)
    assert b" autofocus" in page.content


def test_who_wanted_nobody_in_charge_still_does_after_a_conflict(desk, idea, alice):
    owners.set_owner(idea=idea, owner="rita", actor=alice)
    page = desk.post(path_to(idea, "owner/"), {"owner": "", "seen": "alice"}, headers=BESIDE)
    assert page.status_code == 409
    assert (
        " selected>"
        not in page.content.decode().partition('id="owner_owner"')[2].partition("</select>")[0]
    )
    assert "autofocus" not in page.content.decode(), "beside the list the focus is the script's"
    assert '<option value="rita" selected>' in desk.get(path_to(idea)).content.decode()


def test_a_decision_about_many_passes_over_nobody_elses(desk, three, alice):
    seen = desk.get(f"{PAGE}many/", ticked(three)).context["seen"]
    decisions.set_status(idea=three[0], status="under_review", actor=alice)
    sent = {"status": "planned", "seen": seen}
    page = desk.post(f"{PAGE}many/status/", ticked(three) | sent, follow=True)
    assert "Status of 2 ideas: Planned." in text_of(page)
    assert "“Idea 1”: Somebody of your team was here meanwhile." in text_of(page)
    sent["message"] = "All at once."
    page = desk.post(f"{PAGE}many/status/", ticked(three) | sent)
    assert page.status_code == 409
    assert "All at once.</textarea>" in page.content.decode()
    sent["seen"] = page.context["seen"]
    assert desk.post(f"{PAGE}many/status/", ticked(three) | sent).status_code == 302
    assert set(Idea.objects.values_list("status", flat=True)) == {"planned"}
