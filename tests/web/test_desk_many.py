"""One decision about the ideas that were ticked."""

import pytest
from django.db import connection

from accounts.domain import participants
from accounts.models import Activity
from ideas.domain import deleting, many
from ideas.models import Decision, Idea
from tests.factories import make_challenge, make_idea, make_participant
from tests.gate import another_connection
from tests.web.conftest import reader, text_of
from web.desk.undo import undo_path

PAGE = "/desk/mio/many/"
WORDS = "We looked at it for a long time, and the law of the street forbids it here."


@pytest.fixture
def desk(bob, brand):
    return reader(bob)


@pytest.fixture
def three(challenge):
    author = make_participant(challenge.brand)
    return [make_idea(challenge, author=author, title=f"Idea {n}") for n in (1, 2, 3)]


def ticked(ideas):
    return {"idea": [idea.code for idea in ideas]}


def statuses(ideas):
    found = dict(Idea.objects.values_list("pk", "status"))
    return [found[idea.pk] for idea in ideas]


def set_status(desk, ideas, status, **words):
    sent = ticked(ideas) | {"status": status} | words
    return desk.post(f"{PAGE}status/?sort=new", sent, follow=True)


def undo_in(page):
    (path,) = [found for message in page.context["messages"] if (found := undo_path(message))]
    return path


def test_the_page_names_the_ideas_and_the_steps_they_may_take(desk, three):
    Idea.objects.filter(pk=three[0].pk).update(status="declined")
    page = desk.get(PAGE, ticked(three))
    assert [idea.title for idea, _step in page.context["ideas"]] == ["Idea 1", "Idea 2", "Idea 3"]
    takers = {step.key: n for step, n, _ in page.context["status_form"].wide_options}
    assert takers["planned"] == 2
    assert "One decision for 3 ideas" in text_of(page)
    assert "2 of 3 may take this step" in text_of(page)


def test_a_status_is_set_for_each_and_undone_for_all(desk, three, bob):
    page = set_status(desk, three[:2], "planned")
    assert page.redirect_chain == [("/desk/mio/?sort=new", 302)]
    assert statuses(three) == ["planned", "planned", "submitted"]
    said = "Status of 2 ideas: Planned. Nobody has been told yet: you can undo this for 30 seconds."
    assert said in text_of(page)
    assert {one.actor for one in Decision.objects.all()} == {bob}
    assert Activity.objects.filter(kind="status.changed").count() == 2
    page = desk.post(undo_in(page), follow=True)
    assert statuses(three) == ["submitted"] * 3
    assert "Undone. Nobody was told." in text_of(page)


def test_what_one_idea_refuses_the_others_still_get(desk, three):
    Idea.objects.filter(pk=three[1].pk).update(status="declined")
    page = set_status(desk, three, "planned")
    assert statuses(three) == ["planned", "declined", "planned"]
    assert "Status of 2 ideas: Planned." in text_of(page)
    assert "“Idea 2”: From “Declined” an idea goes to:" in text_of(page)


def test_an_idea_that_stands_so_already_is_counted_apart(desk, three):
    set_status(desk, three[:1], "planned")
    page = set_status(desk, three[:2], "planned")
    assert "Status of 1 idea: Planned." in text_of(page)
    assert "1 idea stood so already." in text_of(page)
    assert Decision.objects.count() == 2


def test_a_decline_without_a_reason_comes_back_with_what_was_typed(desk, three):
    page = set_status(desk, three, "declined", message="No.")
    assert page.status_code == 400
    assert sorted(page.context["status_form"].errors) == ["message", "reason"]
    assert "37 characters are missing." in text_of(page)
    assert "No.</textarea>" in page.content.decode()
    assert statuses(three) == ["submitted"] * 3
    set_status(desk, three, "declined", reason="too_costly", message=WORDS)
    assert statuses(three) == ["declined"] * 3
    assert list(Decision.objects.values_list("message", flat=True)) == [WORDS] * 3


def test_no_status_chosen_is_said_in_the_form(desk, three):
    page = set_status(desk, three, "")
    assert page.status_code == 400
    assert "Choose a status." in text_of(page)


def test_ideas_are_hidden_with_one_reason_and_shown_again(desk, three):
    hidden = desk.post(f"{PAGE}hide/", ticked(three[:2]) | {"reason": "Spam."}, follow=True)
    assert list(Idea.objects.order_by("pk").values_list("hidden", flat=True)) == [True, True, False]
    assert "2 ideas are hidden from the public." in text_of(hidden)
    reasons = Activity.objects.filter(kind="idea.hidden").values_list("data__reason", flat=True)
    assert list(reasons) == ["Spam."] * 2
    again = desk.post(f"{PAGE}hide/", ticked(three[:2]) | {"reason": "Spam."}, follow=True)
    assert "2 ideas stood so already." in text_of(again)
    shown = desk.post(undo_in(hidden), follow=True)
    assert not Idea.objects.filter(hidden=True).exists()
    assert "Everybody can read the ideas again." in text_of(shown)


def test_what_its_author_deleted_is_hidden_too_and_stays_so(challenge, bob, charlie):
    """Else it would be public again when they take it back."""
    author = participants.of_user(brand=challenge.brand, user=charlie)
    spam = make_idea(challenge, author=author)
    deleting.delete_idea(idea=spam, actor=charlie)
    (ticked_one,) = many.chosen(challenge.brand, [spam.code])
    assert many.hide(chosen=[ticked_one], actor=bob, reason="Spam").done == [spam]
    assert Idea.objects.get(pk=spam.pk).hidden_meanwhile
    again = many.hide(chosen=[ticked_one], actor=bob, reason="Spam")
    assert (again.done, again.same) == ([], [spam])


@pytest.mark.django_db(transaction=True)
def test_an_idea_that_is_held_is_said_and_the_others_are_decided(three, bob):
    with another_connection() as other, connection.cursor() as cursor:
        other.execute("SELECT FROM ideas_idea WHERE id = %s FOR UPDATE", [three[1].pk])
        cursor.execute("SET lock_timeout = '200ms'")
        found = many.hide(chosen=three, actor=bob, reason="Spam")
        cursor.execute("RESET lock_timeout")
    assert found.done == [three[0], three[2]]
    assert [(idea, error.code) for idea, error in found.refused] == [(three[1], "unavailable")]


def test_hiding_needs_a_reason(desk, three):
    page = desk.post(f"{PAGE}hide/", ticked(three))
    assert page.status_code == 400
    assert "Say why, in a few words: its author reads it." in text_of(page)
    assert not Idea.objects.filter(hidden=True).exists()


def test_what_is_undone_twice_is_said_once_more(desk, three):
    undo = undo_in(set_status(desk, three, "planned"))
    desk.post(undo)
    assert "That is undone already, or it is too late to." in text_of(desk.post(undo, follow=True))


def test_nothing_ticked_leads_back_to_the_list(desk, three, mallory):
    foreign = make_idea(make_challenge(mallory.memberships.get().brand))
    for query in ("", "?idea=nothing", "?idea=%00", f"?idea={foreign.code}"):
        page = desk.get(PAGE + query, follow=True)
        assert page.redirect_chain
        assert "Tick the ideas first that you want to decide on." in text_of(page)
    for act in ("status/", "hide/"):
        assert desk.post(PAGE + act, ticked([foreign])).status_code == 302
    assert statuses([foreign]) == ["submitted"]


@pytest.mark.parametrize("act", ["status/", "hide/", "undo/"])
def test_an_analyst_decides_nothing(rita, three, act):
    sent = ticked(three) | {"status": "planned", "reason": "Spam."}
    assert reader(rita).post(f"{PAGE}{act}", sent).status_code == 403
    assert statuses(three) == ["submitted"] * 3


def test_no_more_than_fifty_at_once(desk, challenge):
    made = [make_idea(challenge, author=make_participant(challenge.brand)) for _n in range(51)]
    assert len(desk.get(PAGE, ticked(made)).context["ideas"]) == 50


@pytest.mark.parametrize("there", [1, 3])
def test_the_page_costs_the_same_for_one_and_three(desk, three, there, django_assert_num_queries):
    # session and user, brand, role, ideas, statuses, latest decisions, team, unread
    with django_assert_num_queries(8):
        desk.get(PAGE, ticked(three[:there]))
