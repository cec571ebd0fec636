"""GET and POST ideas/{code}/status/, the graph in brands/{brand}/, and ?status= of lists."""

import pytest

from accounts.enums import Scope, Visibility
from accounts.models import Activity
from ideas.domain import ideas, statuses
from ideas.domain.statuses import DEFAULT, Step
from ideas.enums import Status
from ideas.models import Decision, Idea
from tests.api.conftest import blamed, queries_sent, refusal
from tests.factories import make_idea

pytestmark = pytest.mark.django_db

REASONING = "It would cost more than the whole car, and we have measured that twice."
PLANNED = {"status": "planned", "message": "For *May*."}


def at(idea) -> str:
    return f"ideas/{idea.code}/status/"


def test_a_manager_moves_an_idea_and_everybody_reads_why(idea, as_member, visitor, bob):
    response = as_member(bob).post(at(idea), PLANNED)
    assert (response.status_code, response.json()["code"]) == (200, idea.code)
    assert response.json()["status"] == {"key": "planned", "label": "Planned"}
    assert "ETag" in response
    (decision,) = visitor.get(at(idea)).json()["results"]
    assert decision | {"at": ""} == {
        "before": {"key": "submitted", "label": "Submitted"},
        "after": {"key": "planned", "label": "Planned"},
        "reason": None,
        "message": "For *May*.",
        "message_html": "<p>For <em>May</em>.</p>\n",
        "at": "",
    }
    assert Activity.objects.get(kind="status.changed").actor == bob


def test_a_key_moves_an_idea_of_its_brand(idea, as_server):
    assert as_server(idea.brand, Scope.WRITE).post(at(idea), PLANNED).status_code == 200
    assert Decision.objects.get().actor is None


def test_a_decline_needs_a_reason_and_its_words(idea, as_member, visitor, bob):
    manager = as_member(bob)
    wrong = manager.post(at(idea), {"status": "declined", "message": "No."})
    assert blamed(wrong) == {"reason": ["required"], "message": ["too_short"]}
    sent = {"status": "declined", "reason": "too_costly", "message": REASONING}
    assert manager.post(at(idea), sent).status_code == 200
    (decision,) = visitor.get(at(idea), **{"Accept-Language": "fr"}).json()["results"]
    assert decision["reason"]["key"] == "too_costly"
    assert decision["after"]["label"] != "Declined"


def test_the_history_names_nobody_of_the_team(idea, as_member, visitor, bob):
    as_member(bob).post(at(idea), PLANNED)
    text = visitor.get(at(idea)).content.decode()
    assert [known for known in (bob.handle, bob.display_name, bob.email) if known in text] == []


def test_it_is_the_latest_first_and_what_is_undone_is_not_in_it(idea, as_member, visitor, bob):
    for status in ("under_review", "planned", "in_progress"):
        as_member(bob).post(at(idea), {"status": status})
    Decision.objects.filter(after="planned").update(undone_at="2026-01-01T00:00Z")
    after = [row["after"]["key"] for row in visitor.get(at(idea)).json()["results"]]
    assert after == ["in_progress", "under_review"]


def test_the_same_status_without_words_changes_nothing(idea, as_member, bob):
    assert as_member(bob).post(at(idea), {"status": "submitted"}).status_code == 200
    assert not Decision.objects.exists()


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, {"status": ["required"]}),
        ({"status": "nonsense"}, {"status": ["unknown"]}),
        ({"status": ""}, {"status": ["unknown"]}),
        ({"status": "x" * 200_000}, {"status": ["unknown"]}),
        ({"status": "implemented"}, {"status": ["step_not_allowed"]}),
        ({"status": 5}, {"status": ["invalid"]}),
        ({"status": None}, {"status": ["null"]}),
        ({"status": ["planned"]}, {"status": ["invalid"]}),
        ({"status": "pla\0nned"}, {"status": ["null_characters_not_allowed"]}),
        ({"status": "planned", "message": {}}, {"message": ["invalid"]}),
        ({"status": "planned", "message": "a" * 5_001}, {"message": ["too_long"]}),
        ({"status": "planned", "reason": "bad luck"}, {"reason": ["unknown"]}),
        (
            {"status": "planned", "actor": 1, "at": "2020-01-01"},
            {"actor": ["unknown_field"], "at": ["unknown_field"]},
        ),
    ],
)
def test_each_wrong_field_is_named(idea, as_member, bob, body, fields):
    assert blamed(as_member(bob).post(at(idea), body)) == fields
    assert not Decision.objects.exists()


def test_a_million_bytes_are_413(idea, as_member, bob):
    assert refusal(as_member(bob).post(at(idea), b" " * 1_000_000)) == (413, "too_large")


def test_others_decide_nothing(idea, visitor, as_member, as_server, as_widget, charlie, rita):
    author = idea.author.user
    assert refusal(visitor.post(at(idea), PLANNED)) == (401, "sign_in_required")
    for caller in (
        as_member(charlie), as_member(rita), as_member(author),
        as_server(idea.brand, Scope.READ, Scope.VOTE), as_widget(idea.brand),
    ):  # fmt: skip
        assert refusal(caller.post(at(idea), b"{{{")) == (403, "not_allowed")
    assert not Decision.objects.exists()


def test_another_brand_finds_nothing(idea, as_server, as_widget, as_member, mallory):
    rival = mallory.memberships.get().brand
    for caller in (as_server(rival), as_widget(rival)):
        assert refusal(caller.get(at(idea))) == (404, "not_found")
        assert refusal(caller.post(at(idea), b"{{{")) == (404, "not_found")
    assert refusal(as_member(mallory).post(at(idea), PLANNED)) == (403, "not_allowed")
    idea.brand.visibility = Visibility.MEMBERS
    idea.brand.save()
    assert refusal(as_member(mallory).post(at(idea), PLANNED)) == (404, "not_found")


def test_the_history_of_a_hidden_idea_is_for_the_team(idea, visitor, as_member, bob):
    ideas.set_hidden(idea=idea, hidden=True, actor=bob)
    assert refusal(visitor.get(at(idea))) == (404, "not_found")
    assert as_member(bob).get(at(idea)).json() == {"results": [], "next": None}


@pytest.mark.parametrize("rows", [1, 3])
def test_the_history_costs_the_same_for_one_and_three(idea, visitor, as_member, bob, rows):
    for status in ("under_review", "planned", "in_progress")[:rows]:
        as_member(bob).post(at(idea), {"status": status})
    with queries_sent() as sent:
        assert len(visitor.get(at(idea)).json()["results"]) == rows
    assert len(sent) == 4  # idea, its phases, statuses, decisions


def test_a_brand_says_its_statuses(brand, visitor):
    shown = visitor.get("brands/mio/").json()["statuses"]
    assert [one["key"] for one in shown] == list(DEFAULT.steps)
    declined = next(one for one in shown if one["key"] == "declined")
    assert declined == {
        "key": "declined",
        "label": "Declined",
        "next": ["under_review", "archived"],
        "locks": ["edit", "vote"],
        "needs_reason": True,
    }


def test_a_list_is_filtered_by_any_status_of_the_brands_own_graph(brand, challenge, visitor):
    steps = [
        Step(Status.SUBMITTED, next=("on_the_road",)),
        Step("on_the_road", labels={"en": "On the road", "fr": "Sur la route"}),
    ]
    statuses.change_graph(brand=brand, steps=steps, actor=None)
    first, _second = make_idea(challenge), make_idea(challenge)
    Idea.objects.filter(pk=first.pk).update(status="on_the_road")
    (found,) = visitor.get("brands/mio/ideas/?status=on_the_road").json()["results"]
    assert found["code"] == first.code
    assert found["status"] == {"key": "on_the_road", "label": "On the road"}
    assert blamed(visitor.get("brands/mio/ideas/?status=")) == {"status": ["blank"]}
    for status in ("planned", "nonsense", "x" * 5_000):
        answer = visitor.get(f"brands/mio/ideas/?status={status}")
        assert blamed(answer) == {"status": ["invalid_choice"]}
