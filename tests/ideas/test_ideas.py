"""Posting and changing ideas, and the rules of a challenge as versions."""

from datetime import timedelta
from functools import partial

import pytest
from django.utils import timezone

from accounts.models import Activity
from cocreate.lib.errors import Invalid, NotAllowed
from ideas.domain import challenges, coauthors, ideas
from ideas.enums import Mode, Verb
from ideas.models import Challenge, Idea, Phase, Rules, Score
from ideas.rules import can_edit, can_see
from tests.factories import make_challenge, make_idea, make_participant
from tests.gate import Crowd, another_connection

pytestmark = pytest.mark.django_db


def fields_of(refusal):
    return {name: [code for code, _m in errors] for name, errors in refusal.value.fields.items()}


def test_a_posted_idea_is_tidied_scored_and_on_the_record(challenge, charlie):
    author = make_participant(challenge.brand, charlie)
    idea = ideas.post_idea(
        challenge=challenge, author=author, actor=charlie,
        title="  A   cabin that\nfolds ", body="So:\r\nit folds.\x00", tags=["Desk", " desk", ""],
    )  # fmt: skip
    assert (idea.title, idea.body, idea.tags) == ("A cabin that folds", "So:\nit folds.", ["desk"])
    assert (idea.language, idea.status, idea.revision) == ("en", "submitted", 1)
    assert Score.objects.get(pk=idea.pk).code == idea.code
    activity = Activity.objects.get(kind="idea.posted")
    assert (activity.subject_code, activity.participant) == (idea.code, author)


def test_every_wrong_field_gets_a_sentence_of_its_own(challenge):
    with pytest.raises(Invalid) as refusal:
        ideas.post_idea(
            challenge=challenge, author=None, title=" ", body="x" * 20_001, tags=["t"] + ["a" * 41]
        )
    assert fields_of(refusal) == {
        "title": ["required"],
        "body": ["too_long"],
        "tags": ["too_many"],
    }
    assert not Idea.objects.exists()


def test_a_title_of_300_characters_is_taken_and_one_of_301_is_not(challenge):
    assert len(make_idea(challenge, title="x" * 300).title) == 300
    with pytest.raises(Invalid):
        make_idea(challenge, title="x" * 301)


def test_the_licence_must_be_accepted_and_is_kept_as_agreed(brand):
    challenge = make_challenge(brand, licence="CC BY-SA 4.0")
    with pytest.raises(Invalid) as refusal:
        make_idea(challenge)
    assert fields_of(refusal) == {"accept_licence": ["licence_required"]}
    idea = make_idea(challenge, accept_licence=True)
    challenges.change_rules(challenge=challenge, actor=None, licence="CC0")
    idea.refresh_from_db()
    assert idea.licence == "CC BY-SA 4.0"


def test_outside_a_phase_that_takes_ideas_none_is_posted(brand):
    challenge = make_challenge(brand, phases=[{"title": "Choose", "verbs": ["vote"]}])
    with pytest.raises(ideas.SubmitClosed):
        make_idea(challenge)
    assert not Idea.objects.exists()


def test_an_edit_changes_what_is_named_and_counts_revisions(idea, bob):
    ideas.edit_idea(idea=idea, actor=bob, body="More.", revision=1)
    idea.refresh_from_db()
    assert (idea.body, idea.revision) == ("More.", 2)
    assert idea.title.startswith("A cabin")


def test_an_edit_from_an_old_revision_loses_nothing(idea):
    ideas.edit_idea(idea=idea, actor=None, body="First.", revision=1)
    with pytest.raises(ideas.ChangedMeanwhile):
        ideas.edit_idea(idea=idea, actor=None, body="Second.", revision=1)
    idea.refresh_from_db()
    assert idea.body == "First."


def test_who_may_see_and_edit_a_hidden_idea(brand, challenge, bob, rita, charlie, mallory):
    idea = make_idea(challenge, author=make_participant(brand, charlie))
    ideas.set_hidden(idea=idea, hidden=True, actor=bob)
    people = [bob, rita, charlie, mallory, None]
    assert [can_see(user, idea) for user in people] == [True, True, True, False, False]
    assert [can_edit(user, idea) for user in people] == [True, False, True, False, False]
    idea.closed = True
    assert [can_edit(user, idea) for user in people] == [True, False, False, False, False]


def test_who_may_not_change_it_is_refused_below_the_doors_too(idea, mallory, rita):
    for user in (mallory, rita):
        with pytest.raises(NotAllowed):
            ideas.edit_idea(idea=idea, actor=user, body="Mine now.")
    idea.refresh_from_db()
    assert (idea.revision, idea.body) == (1, "")


DECIDED = "UPDATE ideas_idea SET status = 'declined', closed = true WHERE id = %s"
CLOSED = "UPDATE ideas_idea SET closed = true WHERE id = %s"
DELETED = "UPDATE ideas_idea SET hidden = true, deleted_at = now() WHERE id = %s"


def while_held(idea, change, *calls):
    """Each call waits for the idea when that change of it is committed."""
    with another_connection() as gate:
        gate.execute(change, [idea.pk])
        crowd = Crowd(list(calls))
        crowd.wait_until_all_wait()
    return crowd.finish()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("change", [DECIDED, CLOSED], ids=["declined", "closed"])
def test_a_change_that_waited_for_the_decision_is_refused_but_not_a_managers(
    challenge, charlie, mallory, bob, change
):
    own = make_idea(challenge, author=make_participant(challenge.brand, charlie))
    row = coauthors.invite(idea=own, whom=mallory.handle, actor=charlie).row
    coauthors.accept(row=row, user=mallory)
    edits = [
        partial(ideas.edit_idea, idea=Idea.objects.get(), actor=user, body=body)
        for user, body in ((charlie, "More."), (mallory, "Less."))
    ]
    for answer in while_held(own, change, *edits):
        assert isinstance(answer, ideas.EditClosed)
    assert Idea.objects.get().body == ""
    ideas.edit_idea(idea=own, actor=bob, body="As we build it.")
    assert Idea.objects.get().body == "As we build it."


@pytest.mark.django_db(transaction=True)
def test_a_change_that_waited_for_the_deletion_is_refused_a_manager_and_a_key_too(idea, bob):
    edits = [
        partial(ideas.edit_idea, idea=Idea.objects.get(), actor=actor, body="More.")
        for actor in (bob, None)
    ]
    for answer in while_held(idea, DELETED, *edits):
        assert isinstance(answer, ideas.IdeaDeleted)
    assert Idea.objects.get().revision == 1


def test_the_same_external_id_is_the_same_idea(challenge):
    author = make_participant(challenge.brand)
    moment = timezone.now() - timedelta(days=900)
    made = [
        ideas.import_idea(
            challenge=challenge, author=author, external_id="x:1", title=title, body="", at=moment,
            hidden=False,
        )
        for title in ["First", "Second"]
    ]  # fmt: skip
    assert made[0] == made[1]
    assert (made[1].title, made[1].created_at) == ("First", moment)
    assert Score.objects.get(pk=made[0].pk).created_at == moment


def test_a_change_of_rules_is_a_new_version_that_keeps_what_is_not_named(challenge, alice):
    first = challenge.rules
    why = "Too many votes."
    second = challenges.change_rules(challenge=challenge, actor=alice, budget=5, reason=why)
    assert (second.version, second.budget, second.mode) == (2, 5, first.mode)
    assert [p.title for p in second.phases.all()] == [p.title for p in first.phases.all()]
    first.refresh_from_db()
    assert first.budget is None
    activity = Activity.objects.get(kind="challenge.rules_changed")
    assert activity.data == {"version": 2, "changes": {"budget": "5"}, "reason": why}


@pytest.mark.parametrize(
    "rules",
    [
        {"max_points": 0},
        {"max_points": 11},
        {"half_life": timedelta(0)},
        {"mode": "shout"},
        {"colour": "red"},
    ],
)
def test_rules_that_make_no_sense_are_refused_whole(brand, rules):
    with pytest.raises(Invalid):
        make_challenge(brand, slug="odd", **rules)
    assert Rules.objects.filter(challenge__slug="odd").count() == 0


def test_a_phase_that_ends_before_it_begins_is_refused(brand):
    now = timezone.now()
    phase = {"title": "Odd", "opens_at": now, "closes_at": now - timedelta(1), "verbs": ["vote"]}
    with pytest.raises(Invalid):
        make_challenge(brand, slug="odd", phases=[phase])


def test_the_state_of_a_challenge_is_read_from_the_phases_that_run(brand):
    now = timezone.now()
    day = timedelta(days=1)
    phases = [
        {"title": "Collect", "closes_at": now + 2 * day, "verbs": ["submit"]},
        {"title": "Choose", "opens_at": now + day, "verbs": ["vote"], "hides_counts": True},
    ]
    challenge = make_challenge(brand, mode=Mode.POINTS, max_points=5, phases=phases)
    today = challenges.state_of(challenge, now)
    both = challenges.state_of(challenge, now + day)
    later = challenges.state_of(challenge, now + 2 * day)
    assert [sorted(state.verbs) for state in (today, both, later)] == [
        ["submit"],
        ["submit", "vote"],
        ["vote"],
    ]
    assert [state.hides_counts for state in (today, both, later)] == [False, True, True]
    assert (today.current.title, both.current.title, today.max_points) == ("Collect", "Choose", 5)


def test_a_closed_challenge_allows_nothing_whatever_its_phases_say(challenge):
    challenges.set_closed(challenge=challenge, closed=True, actor=None)
    assert challenges.state_of(challenge).verbs == frozenset()
    challenges.set_closed(challenge=challenge, closed=False, actor=None)
    assert challenges.state_of(challenge).allows(Verb.VOTE)


@pytest.mark.parametrize(("opens", "closes", "open_now"), [
    (None, None, True), (-1, None, True), (1, None, False), (None, -1, False), (None, 1, True),
    (0, 1, True), (-1, 0, False),
])  # fmt: skip
def test_a_phase_is_open_from_its_first_instant_until_just_before_its_last(opens, closes, open_now):
    now = timezone.now()

    def at(hours):
        return None if hours is None else now + timedelta(hours=hours)

    phase = Phase(opens_at=at(opens), closes_at=at(closes), verbs=[])
    assert phase.is_open_at(now) is open_now


def posted(challenge):
    return ideas.post_idea(challenge=challenge, author=None, title="A bench that folds")


def seen_before(challenge):
    """As a page has read it a moment ago, phases and all."""
    rows = Challenge.objects.select_related("rules", "brand").prefetch_related("rules__phases")
    return rows.get(pk=challenge.pk)


def test_nothing_is_posted_by_rules_that_were_changed_since_the_page_was_read(challenge):
    before = seen_before(challenge)
    phases = [{"title": "Vote", "verbs": [Verb.VOTE]}]
    challenges.change_rules(challenge=challenge, actor=None, phases=phases)
    with pytest.raises(ideas.SubmitClosed):
        posted(before)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("closed", [True, False])
def test_who_posts_waits_for_whoever_closes_the_question_and_then_may_not(challenge, closed):
    before = seen_before(challenge)
    with another_connection() as closing:
        closing.execute("UPDATE ideas_challenge SET closed = %s WHERE id = %s", [closed, before.pk])
        crowd = Crowd([partial(posted, before)])
        crowd.wait_until_all_wait()
    (answer,) = crowd.finish()
    assert isinstance(answer, ideas.SubmitClosed if closed else Idea)
