"""A brand's own graph of statuses, and what a change of it does."""

from dataclasses import replace

import pytest
from django.utils import translation

from accounts.models import Activity
from cocreate.lib.errors import Invalid
from ideas.domain import decisions, statuses
from ideas.domain.statuses import DEFAULT, Effects, Step, change_graph, graph_of
from ideas.enums import Lock, Tone
from ideas.models import Idea, StatusStep
from ideas.rules import can_edit
from tests.factories import make_idea, make_participant

pytestmark = pytest.mark.django_db(transaction=True)

PILOT = Step("pilot", Tone.SKY, ("submitted",), labels={"en": "In a pilot", "fr": "En pilote"})


def standard(**changed):
    """The steps that every brand starts with, some of them changed or, with None, left out."""
    steps = [changed.get(step.key, step) for step in DEFAULT.steps.values()]
    return [step for step in steps if step is not None]


def lone(*without):
    """The standard steps, leading only to those that are left."""
    return [
        replace(step, next=tuple(key for key in step.next if key not in without))
        for step in standard(**dict.fromkeys(without))
    ]


def put(idea, status, *, closed=False):
    Idea.objects.filter(pk=idea.pk).update(status=status)
    Idea.objects.filter(pk=idea.pk).update(closed=closed)


def refused(brand, steps):
    with pytest.raises(Invalid) as refusal:
        change_graph(brand=brand, steps=steps, actor=None)
    assert not StatusStep.objects.exists()
    return {
        field: [str(message) for _code, message in found]
        for field, found in refusal.value.fields.items()
    }


def test_a_brand_that_never_changed_its_statuses_has_those_of_all(brand):
    assert graph_of(brand) == DEFAULT
    assert list(DEFAULT.steps) == [
        "submitted", "under_review", "planned", "in_progress", "implemented",
        "partly_implemented", "already_offered", "declined", "archived",
    ]  # fmt: skip


def test_a_new_status_has_its_place_its_names_and_its_ways(brand, mallory):
    steps = standard(submitted=replace(DEFAULT.steps["submitted"], next=("pilot",)))
    steps.insert(1, PILOT)
    graph = change_graph(brand=brand, steps=steps, actor=None)
    assert graph == graph_of(brand)
    assert list(graph.steps)[:3] == ["submitted", "pilot", "under_review"]
    assert [step.key for step in graph.after("submitted")] == ["pilot"]
    with translation.override("fr"):
        assert graph.step("pilot").label == "En pilote"
    with translation.override("de"):
        assert graph.step("pilot").label == "In a pilot"
    assert graph_of(mallory.memberships.get().brand) == DEFAULT
    assert Activity.objects.get(kind="statuses.changed").private


def test_the_standard_list_is_no_list_of_ones_own(brand):
    change_graph(brand=brand, steps=[*standard(), PILOT], actor=None)
    change_graph(brand=brand, steps=standard(), actor=None)
    assert not StatusStep.objects.exists()
    assert graph_of(brand) == DEFAULT


def test_what_a_status_ends_follows_at_once(brand, challenge):
    planned, done = make_idea(challenge), make_idea(challenge)
    put(planned, "planned")
    put(done, "implemented", closed=True)
    steps = standard(
        planned=replace(DEFAULT.steps["planned"], locks=frozenset({Lock.VOTE})),
        implemented=replace(DEFAULT.steps["implemented"], locks=frozenset()),
    )
    assert statuses.usage_of(brand).effects_of(steps) == Effects(closing=1, opening=1)
    change_graph(brand=brand, steps=steps, actor=None)
    for idea, closed in ((planned, True), (done, False)):
        idea.refresh_from_db()
        assert idea.closed == closed
    assert statuses.usage_of(brand).effects_of(steps) == Effects(closing=0, opening=0)


def test_effects_count_no_other_brand_and_no_status_that_stays(brand, challenge, mallory):
    make_idea(challenge)
    assert statuses.usage_of(brand).effects_of(standard()) == Effects(0, 0)
    ends = replace(DEFAULT.steps["submitted"], locks=frozenset({Lock.VOTE}))
    rival = mallory.memberships.get().brand
    assert statuses.usage_of(rival).effects_of(standard(submitted=ends)) == Effects(0, 0)
    assert statuses.usage_of(brand).effects_of(standard(submitted=ends)) == Effects(1, 0)


def test_a_status_that_ideas_have_stays(brand, challenge):
    put(make_idea(challenge), "planned")
    told = refused(brand, lone("planned"))
    assert told == {"steps": ["Ideas have this status: Planned. Move them first."]}
    Idea.objects.update(status="submitted")
    change_graph(brand=brand, steps=lone("planned"), actor=None)
    assert "planned" not in graph_of(brand).steps


def test_the_first_status_stays(brand):
    told = refused(brand, lone("submitted"))
    assert told == {"steps": ["Every idea begins as “Submitted”: that status stays."]}


@pytest.mark.parametrize(
    ("step", "told"),
    [
        (Step("pilot"), "Give every new status a name."),
        (Step("pilot", labels={"en": " \n "}), "Give every new status a name."),
        (Step("pilot", labels={"en": "x" * 41}), "Keep the name under 40 characters."),
        (Step("Pilot!", labels={"en": "P"}), "A key has small letters, digits and _ only."),
        (replace(PILOT, next=("nowhere",)), "A status leads to other statuses of the list."),
        (replace(PILOT, next=("pilot",)), "A status leads to other statuses of the list."),
        (replace(PILOT, locks=frozenset({"breath"})), "Choose among what is offered."),
        (replace(PILOT, tone="pink"), "Choose among what is offered."),
    ],
)
def test_a_refusal_names_its_status(brand, step, told):
    assert refused(brand, [*standard(), step]) == {step.key: [told]}


def test_two_statuses_of_one_key_are_refused(brand):
    assert refused(brand, [*standard(), PILOT, PILOT]) == {
        "pilot": ["Two statuses have the same key."]
    }


def test_there_are_twenty_at_most(brand):
    more = [replace(PILOT, key=f"pilot_{n}") for n in range(12)]
    change_graph(brand=brand, steps=[*standard(), *more[:11]], actor=None)
    StatusStep.objects.all().delete()
    assert refused(brand, [*standard(), *more]) == {"steps": ["At most 20 statuses."]}


def test_names_are_kept_on_one_line(brand):
    step = replace(PILOT, labels={"en": "  In\na \x00 pilot ", "fr": "  "})
    graph = change_graph(brand=brand, steps=[*standard(), step], actor=None)
    assert graph.step("pilot").labels == {"en": "In a pilot"}


def test_of_a_status_that_left_the_graph_the_name_is_left_and_it_leads_anywhere(brand, challenge):
    idea = make_idea(challenge)
    change_graph(brand=brand, steps=lone("archived"), actor=None)
    put(idea, "archived")
    graph = graph_of(brand)
    assert graph.step("archived").label == "Archived"
    assert graph.step("gone_for_good").label == "Gone for good"
    assert len(graph.after("archived")) == 8
    decisions.set_status(idea=idea, status="declined", actor=None, reason="other", message="x" * 40)
    idea.refresh_from_db()
    assert (idea.status, idea.closed) == ("declined", True)


def test_an_author_edits_until_the_status_ends_that_and_the_team_always(
    brand, challenge, charlie, bob, rita, django_assert_num_queries
):
    idea = make_idea(challenge, author=make_participant(brand, charlie))
    assert can_edit(charlie, idea)
    put(idea, "planned")
    idea.refresh_from_db()
    assert [can_edit(user, idea) for user in (charlie, bob, rita)] == [False, True, False]
    free = replace(DEFAULT.steps["planned"], locks=frozenset())
    change_graph(brand=brand, steps=standard(planned=free), actor=None)
    assert can_edit(charlie, idea)
    # The roles are known: the statuses, for the author alone, and whether the other one signs it.
    with django_assert_num_queries(2):
        assert [can_edit(user, idea) for user in (charlie, bob, rita)] == [True, True, False]
