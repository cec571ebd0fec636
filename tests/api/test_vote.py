"""PUT and DELETE ideas/{code}/vote/"""

import json
from datetime import UTC, datetime
from functools import partial

import pytest
from django.db import connection

from accounts.enums import Scope, Visibility
from accounts.models import Participant
from ideas.domain import challenges, ideas
from ideas.enums import Mode
from ideas.models import Vote
from tests.api.conftest import blamed, queries_sent, refusal, session_of, until_refused
from tests.factories import make_challenge, make_idea, make_participant, make_user, set_closed
from tests.gate import through_the_gate
from tests.ideas.ledger import counters, votes_on

pytestmark = pytest.mark.django_db


def path(idea):
    return f"ideas/{idea.code}/vote/"


@pytest.fixture
def voter(as_member, charlie):
    return as_member(charlie)


def test_a_first_vote_is_201_and_says_how_it_stands(idea, voter):
    response = voter.put(path(idea), {"value": 1})
    assert response.status_code == 201
    assert response.json() == {
        "idea": idea.code,
        "value": 1,
        "state": "counted",
        "support": 1,
        "oppose": 0,
        "points": 1,
        "budget": None,
    }


def test_the_same_vote_again_is_200_with_the_same_body(idea, voter):
    first = voter.put(path(idea), {"value": 1})
    second = voter.put(path(idea), {"value": 1})
    assert (second.status_code, second.json()) == (200, first.json())
    assert votes_on(idea) == [1]


def test_a_changed_vote_is_200_and_stays_one_vote(brand, voter):
    idea = make_idea(make_challenge(brand, mode=Mode.UP_DOWN))
    voter.put(path(idea), {"value": 1})
    response = voter.put(path(idea), {"value": -1})
    assert (response.status_code, response.json()["oppose"], response.json()["support"]) == (
        200,
        1,
        0,
    )
    assert votes_on(idea) == [-1]


def test_a_withdrawn_vote_leaves_none_and_withdrawing_again_changes_nothing(idea, voter):
    voter.put(path(idea), {"value": 1})
    first, second = voter.delete(path(idea)), voter.delete(path(idea))
    assert (first.status_code, second.status_code) == (200, 200)
    assert first.json() == second.json()
    assert (first.json()["value"], first.json()["state"], first.json()["support"]) == (
        None,
        None,
        0,
    )
    assert votes_on(idea) == []


def test_withdrawing_what_was_never_cast_is_a_no_op(idea, voter):
    response = voter.delete(path(idea))
    assert (response.status_code, response.json()["value"]) == (200, None)
    assert not Vote.objects.exists()


def test_a_budget_is_told_with_the_vote_and_with_the_refusal(brand, voter):
    challenge = make_challenge(brand, budget=1)
    one, two = make_idea(challenge), make_idea(challenge)
    spent = {"limit": 1, "used": 1, "left": 0, "until": None}
    assert voter.put(path(one), {"value": 1}).json()["budget"] == spent
    refused = voter.put(path(two), {"value": 1})
    assert refusal(refused) == (409, "no_budget")
    assert refused.json()["budget"] == spent


def test_a_personal_token_votes_as_its_owner(idea, as_program, charlie):
    assert as_program(charlie).put(path(idea), {"value": 1}).status_code == 201
    assert Vote.objects.get().participant.user == charlie
    assert Vote.objects.get().source == "self"


def test_v06_a_get_or_head_never_votes(idea, voter, visitor):
    for caller in (voter, visitor):
        assert refusal(caller.get(path(idea))) == (405, "method_not_allowed")
        assert caller.head(path(idea)).status_code == 405
    assert set(voter.get(path(idea))["Allow"].split(", ")) == {"PUT", "DELETE"}
    assert not Vote.objects.exists()


def test_a_method_override_header_is_not_believed(idea, voter):
    headers = {"X-HTTP-Method-Override": "PUT"}
    assert voter.post(path(idea), {"value": 1}, headers=headers).status_code == 405
    assert not Vote.objects.exists()


@pytest.mark.parametrize("value", [0, -1, 2, 100, 32_768, -32_769, 10**9, 10**300])
def test_v07_a_value_the_rules_do_not_know_is_refused(idea, voter, value):
    assert refusal(voter.put(path(idea), {"value": value})) == (400, "value_not_allowed")
    assert not Vote.objects.exists()


@pytest.mark.parametrize(
    ("rules", "allowed"),
    [
        ({"mode": Mode.UP}, "It may be 1 here."),
        ({"mode": Mode.UP_DOWN}, "It may be 1 or -1 here."),
        ({"mode": Mode.POINTS, "max_points": 5}, "It may be a whole number from 1 to 5 here."),
    ],
)
@pytest.mark.parametrize("value", [0, 7, 10**300])
def test_a_value_that_is_refused_is_named_with_those_that_are_taken(
    brand, voter, rules, allowed, value
):
    response = voter.put(path(make_idea(make_challenge(brand, **rules))), {"value": value})
    assert refusal(response) == (400, "value_not_allowed")
    assert response.json()["fields"] == {
        "value": [{"code": "value_not_allowed", "message": allowed}]
    }


def test_a_value_that_is_refused_tells_of_no_idea_that_nobody_may_know_of(idea, voter):
    ideas.set_hidden(idea=idea, hidden=True, actor=None)
    for value in (0, 7):
        assert refusal(voter.put(path(idea), {"value": value})) == (404, "not_found")


@pytest.mark.parametrize(
    "body",
    [
        b'{"value": true}',
        b'{"value": "1"}',
        b'{"value": 1.0}',
        b'{"value": 1e0}',
        b'{"value": null}',
        b'{"value": [1, 1]}',
        b'{"value": {"value": 1}}',
        b"{}",
        b"",
    ],
)
def test_v07_what_is_no_whole_number_is_blamed_on_the_value(idea, voter, body):
    assert set(blamed(voter.put(path(idea), body))) == {"value"}
    assert not Vote.objects.exists()


@pytest.mark.parametrize("body", [b'{"value": 1, "value": 1}', b'{"value": 1, "value": -1}'])
def test_v07_a_field_sent_twice_is_refused(idea, voter, body):
    assert blamed(voter.put(path(idea), body)) == {"value": ["duplicate"]}
    assert not Vote.objects.exists()


@pytest.mark.parametrize(
    "name",
    ["voter", "user", "voter_id", "on_behalf_of", "created_at", "at", "source", "state", "cost"],
)
def test_v08_v22_a_member_names_no_other_voter_date_source_or_state(idea, voter, name):
    body = {"value": 1, name: {"external_id": "7"} if name == "voter" else "x"}
    assert blamed(voter.put(path(idea), body)) == {name: ["unknown_field"]}
    assert blamed(voter.delete(path(idea), {name: "x"})) == {name: ["unknown_field"]}
    assert not Vote.objects.exists()


def test_a_visitor_is_asked_to_sign_in_whether_the_idea_exists_or_not(idea, visitor):
    for address in (path(idea), "ideas/nothing/vote/"):
        assert refusal(visitor.put(address, {"value": 1})) == (401, "sign_in_required")
        assert refusal(visitor.delete(address)) == (401, "sign_in_required")


def test_an_unknown_idea_is_404_however_wrong_the_body_is(voter):
    for body in ({"value": 1}, {"value": "x"}, b"{{{", {"value": 0}):
        assert refusal(voter.put("ideas/nothing/vote/", body)) == (404, "not_found")
    assert refusal(voter.delete("ideas/nothing/vote/")) == (404, "not_found")


def test_the_idea_of_a_members_only_brand_is_404_for_a_stranger(
    brand, idea, voter, as_member, alice
):
    brand.visibility = Visibility.MEMBERS
    brand.save()
    assert refusal(voter.put(path(idea), {"value": 1})) == (404, "not_found")
    assert as_member(alice).put(path(idea), {"value": 1}).status_code == 201


def test_a_hidden_idea_takes_no_vote(idea, voter):
    ideas.set_hidden(idea=idea, hidden=True, actor=None)
    assert refusal(voter.put(path(idea), {"value": 1})) == (404, "not_found")


def test_a_suspended_member_may_not_vote(brand, idea, voter, charlie):
    Participant.objects.filter(pk=make_participant(brand, charlie).pk).update(active=False)
    assert refusal(voter.put(path(idea), {"value": 1})) == (403, "not_allowed")


def test_a_closed_idea_and_a_closed_phase_are_409(brand, idea, voter):
    later = [{"title": "Later", "opens_at": datetime(2100, 1, 1, tzinfo=UTC), "verbs": ["vote"]}]
    early = make_idea(make_challenge(brand))
    challenges.change_rules(challenge=early.challenge, actor=None, phases=later)
    set_closed(idea, closed=True)
    assert refusal(voter.put(path(idea), {"value": 1})) == (409, "idea_closed")
    assert refusal(voter.put(path(early), {"value": 1})) == (409, "phase_closed")


def test_counts_that_a_phase_hides_are_null_and_the_own_value_is_not(brand, voter):
    phase = {"title": "Blind", "verbs": ["submit", "vote"], "hides_counts": True}
    idea = make_idea(make_challenge(brand, budget=2, phases=[phase]))
    body = voter.put(path(idea), {"value": 1}).json()
    assert (body["support"], body["oppose"], body["points"]) == (None, None, None)
    assert (body["value"], body["budget"]["left"]) == (1, 1)


def test_a_session_without_its_token_is_refused(idea, voter):
    for token in ({"X-CSRFToken": ""}, {"X-CSRFToken": "b" * 32}):
        assert refusal(voter.put(path(idea), {"value": 1}, headers=token)) == (403, "csrf_failed")
    assert not Vote.objects.exists()


def test_w01_a_request_from_another_site_is_refused_even_with_the_token(idea, voter):
    headers = {"Origin": "https://evil.example"}
    assert refusal(voter.put(path(idea), {"value": 1}, headers=headers)) == (403, "csrf_failed")
    assert not Vote.objects.exists()


def test_a_parameter_in_the_address_is_unknown(idea, voter):
    assert refusal(voter.put(path(idea) + "?value=1", {"value": 1})) == (400, "unknown_parameter")


def test_after_60_votes_in_a_minute_the_next_is_429_and_says_when_to_come_back(idea, voter):
    *votes, late = until_refused(lambda: voter.put(path(idea), {"value": 1}))
    assert 60 <= len(votes) < 120
    assert refusal(late) == (429, "too_many")
    assert 1 <= int(late["Retry-After"]) <= 2


def test_the_limit_is_each_persons_own(idea, voter, as_member):
    until_refused(lambda: voter.put(path(idea), {"value": 1}))
    assert as_member(make_user()).put(path(idea), {"value": 1}).status_code == 201


def test_a_key_votes_for_the_person_it_names(brand, idea, as_server):
    voter = {"external_id": "crm-7", "email": "zoe@example.org"}
    response = as_server(brand).put(path(idea), {"value": 1, "voter": voter})
    assert response.status_code == 201
    vote = Vote.objects.get()
    assert (vote.source, vote.participant.external_id) == ("on_behalf", "crm-7")
    assert votes_on(idea) == [1]


def test_a_key_takes_back_a_vote_it_cast(brand, idea, as_server):
    server, voter = as_server(brand), {"voter": {"external_id": "crm-7"}}
    server.put(path(idea), {"value": 1, **voter})
    assert server.delete(path(idea), voter).json()["value"] is None
    assert votes_on(idea) == []


def test_a_vote_somebody_cast_themselves_is_not_replaced_by_a_key(idea, brand, as_server, charlie):
    participant = make_participant(brand, charlie)
    Participant.objects.filter(pk=participant.pk).update(external_id="crm-7")
    challenges.change_rules(challenge=idea.challenge, actor=None, mode=Mode.UP_DOWN)
    session_of(charlie).put(path(idea), {"value": -1})
    for answer in (
        as_server(brand).put(path(idea), {"value": 1, "voter": {"external_id": "crm-7"}}),
        as_server(brand).delete(path(idea), {"voter": {"external_id": "crm-7"}}),
    ):
        assert answer.status_code == 200
        told = answer.json()
        assert (told["value"], told["state"], told["budget"]) == (None, None, None)
        assert (told["support"], told["oppose"]) == (0, 0)  # no fold has counted it: not theirs
    assert [(vote.value, vote.source) for vote in Vote.objects.all()] == [(-1, "self")]


@pytest.mark.parametrize(
    "voter", [None, {}, {"external_id": ""}, {"email": "", "external_id": " "}]
)
def test_a_key_must_name_the_voter(brand, idea, as_server, voter):
    body = {"value": 1} if voter is None else {"value": 1, "voter": voter}
    response = as_server(brand).put(path(idea), body)
    if voter and "email" in voter:
        assert blamed(response) == {"voter.email": ["blank"]}
    else:
        assert refusal(response) == (400, "voter_required")
    assert not Vote.objects.exists()


@pytest.mark.parametrize(
    ("voter", "field"),
    [
        ({"external_id": 7}, "voter.external_id"),
        ({"external_id": "x" * 201}, "voter.external_id"),
        ({"external_id": "a\0b"}, "voter.external_id"),
        ({"external_id": "\ud800"}, "voter.external_id"),
        ({"email": "nobody"}, "voter.email"),
        ({"email": True}, "voter.email"),
        ({"external_id": "7", "name": "a\u202eb"}, "voter.name"),
        ({"external_id": "7", "is_staff": True}, "voter.is_staff"),
        ("crm-7", "voter"),
        ([], "voter"),
    ],
)
def test_a_voter_of_the_wrong_shape_is_blamed_by_name(brand, idea, as_server, voter, field):
    response = as_server(brand).put(path(idea), {"value": 1, "voter": voter})
    assert list(blamed(response)) == [field]
    assert not Participant.objects.filter(external_id__isnull=False).exists()


def test_an_address_no_server_can_have_is_no_crash(brand, idea, as_server):
    voter = {"email": f"a@{'é' * 60}.example"}
    assert as_server(brand).put(path(idea), {"value": 1, "voter": voter}).status_code in {201, 400}


def test_a_key_without_the_scope_may_not_vote(brand, idea, as_server):
    server = as_server(brand, Scope.READ, Scope.WRITE)
    body = {"value": 1, "voter": {"external_id": "7"}}
    assert refusal(server.put(path(idea), body)) == (403, "not_allowed")
    assert refusal(server.put("ideas/nothing/vote/", body)) == (404, "not_found")


def test_another_brands_idea_is_404_for_a_key(mallory, idea, as_server):
    rival = mallory.memberships.get().brand
    body = {"value": 1, "voter": {"external_id": "7"}}
    assert refusal(as_server(rival).put(path(idea), body)) == (404, "not_found")
    assert refusal(as_server(rival, Scope.READ).put(path(idea), body)) == (404, "not_found")
    assert not Participant.objects.filter(external_id="7").exists()


def test_a_widgets_key_alone_does_not_vote(brand, idea, as_widget):
    assert refusal(as_widget(brand).put(path(idea), {"value": 1})) == (401, "sign_in_required")


def test_the_limit_of_a_key_is_each_voters_own(brand, idea, as_server):
    server = as_server(brand)

    def vote_for(who):
        return server.put(path(idea), {"value": 1, "voter": {"external_id": who}})

    assert len(until_refused(lambda: vote_for("a"))) > 60
    assert vote_for("b").status_code == 201


def test_a_vote_answers_nobody_elses_cache(idea, voter):
    response = voter.put(path(idea), {"value": 1})
    assert response["Cache-Control"] == "private, no-store"


def test_a_members_vote_is_one_query_for_the_session_and_one_for_the_vote(idea, voter):
    voter.put(path(idea), {"value": 1})
    with queries_sent() as sent:
        assert voter.put(path(idea), {"value": 1}).status_code == 200
    assert len(sent) == 2
    assert ("accounts_session" in sent[0], "cast_vote_as_user" in sent[1]) == (True, True)


@pytest.mark.django_db(transaction=True)
def test_24_identical_votes_at_once_are_one_201_and_23_times_200(idea, charlie, as_member):
    clients = [as_member(charlie) for _n in range(24)]
    crowd = through_the_gate([partial(one.put, path(idea), {"value": 1}) for one in clients])
    statuses = sorted(response.status_code for response in crowd.answers)
    assert statuses == [200] * 23 + [201]
    assert len({response.content for response in crowd.answers}) == 1
    assert votes_on(idea) == [1]
    assert counters(idea) == (1, 0, 1)
    assert Participant.objects.filter(user=charlie).count() == 1
    assert json.loads(crowd.answers[0].content)["support"] == 1


def test_the_queries_of_a_vote_and_of_a_list_are_prepared_once(idea, voter):
    voter.put(path(idea), {"value": 1})
    voter.get("brands/mio/ideas/")
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements")
        prepared = " ".join(row[0] for row in cursor.fetchall())
    for part in ("accounts_session", "cast_vote_as_user", "LIMIT"):
        assert part in prepared
