"""A brand's road map: what it looks at, what is on its way, what it has made."""

import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from ideas.domain import comments, decisions, ideas, roadmap, tally, votes
from ideas.domain.statuses import Step, change_graph
from ideas.enums import Mode, Status, Tone
from ideas.models import Decision, Idea
from tests.factories import make_brand, make_challenge, make_idea
from tests.plans import plan_of, rows_read
from tests.web.conftest import many_taken_up, path_of, reader, taken_up, text_of

MAP = "/b/mio/roadmap/"
REASON = "We looked at it for a month, and cannot build it."


def lanes(page) -> list[tuple[str, str, list[str]]]:
    """As they stand on the page: lane, status, ideas."""
    return [
        (column.title, stop.step.label, [told.idea.title for told in stop.latest])
        for column in page.context["columns"]
        for stop in column.stops
    ]


def test_what_is_nearest_to_being_made_stands_first_in_its_lane(visitor, challenge, charlie):
    taken_up(challenge, charlie, "A bell", Status.PLANNED, Status.IMPLEMENTED)
    taken_up(challenge, charlie, "A spoon", Status.PLANNED, Status.PARTLY)
    taken_up(challenge, charlie, "A roof", Status.PLANNED)
    taken_up(challenge, charlie, "A pond", Status.PLANNED, Status.IN_PROGRESS)
    taken_up(challenge, charlie, "A hedge", Status.UNDER_REVIEW)
    make_idea(challenge, title="New")
    assert lanes(visitor.get(MAP)) == [
        ("Being looked at", "Under review", ["A hedge"]),
        ("On its way", "In progress", ["A pond"]),
        ("On its way", "Planned", ["A roof"]),
        ("Made", "Implemented", ["A bell"]),
        ("Made", "Partly implemented", ["A spoon"]),
    ]


@pytest.mark.django_db(transaction=True)
def test_an_idea_stands_there_with_its_word_its_people_its_support_and_ones_own_vote(
    member, visitor, challenge, charlie, bob
):
    found = taken_up(challenge, bob, "A roof", message="In the *second* prototype.")
    votes.cast_as_user(code=found.code, user_id=charlie.pk, value=1)
    tally.fold_until_settled()
    page = text_of(member.get(MAP))
    assert ("A roof In the second prototype. just now 1 supporter You voted for this B Bob") in page
    assert f'href="{path_of(found)}"' in visitor.get(MAP).content.decode()
    assert "You voted" not in text_of(visitor.get(MAP))


@pytest.mark.django_db(transaction=True)
def test_whoever_was_against_it_is_told_so(member, brand, charlie, bob):
    challenge = make_challenge(brand, slug="both", mode=Mode.UP_DOWN)
    found = taken_up(challenge, bob, "A roof")
    votes.cast_as_user(code=found.code, user_id=charlie.pk, value=-1)
    tally.fold_until_settled()
    assert "You voted against this" in text_of(member.get(MAP))


@pytest.mark.django_db(transaction=True)
def test_whoever_gave_points_is_told_how_many(member, brand, charlie, bob):
    challenge = make_challenge(brand, slug="marks", mode=Mode.POINTS, max_points=5)
    found = taken_up(challenge, bob, "A roof")
    votes.cast_as_user(code=found.code, user_id=charlie.pk, value=4)
    tally.fold_until_settled()
    assert "You gave it 4 points" in text_of(member.get(MAP))


def test_a_pinned_answer_is_the_brands_word_here_too(visitor, challenge, charlie, alice):
    found = taken_up(challenge, charlie, "A roof", message="We plan it.")
    comments.answer(idea=found, body="It comes in May.", actor=alice)
    assert "It comes in May." in text_of(visitor.get(MAP))


def test_what_is_decided_is_here_at_once(visitor, challenge, charlie, settings):
    settings.UNDO_SECONDS = 30
    taken_up(challenge, charlie, "A roof")
    assert lanes(visitor.get(MAP)) == [("On its way", "Planned", ["A roof"])]


def test_after_an_undone_step_an_idea_stands_where_it_stood_before(
    visitor, challenge, charlie, alice, settings
):
    settings.UNDO_SECONDS = 30
    found = taken_up(challenge, charlie, "A roof")
    Decision.objects.filter(idea=found).update(at=timezone.now() - timedelta(days=90))
    made = decisions.set_status(idea=found, status=Status.IN_PROGRESS, actor=alice)
    decisions.undo(decision=made, actor=alice)
    page = visitor.get(MAP)
    assert lanes(page) == [("On its way", "Planned", ["A roof"])]
    assert "just now" not in text_of(page)


def test_it_has_nothing_that_is_hidden_and_nothing_of_another_brand(
    visitor, challenge, charlie, alice
):
    hidden = taken_up(challenge, charlie, "Hidden")
    ideas.set_hidden(idea=hidden, hidden=True, actor=None)
    taken_up(make_challenge(make_brand("garden", owner=alice)), charlie, "A pond")
    page = visitor.get(MAP)
    assert lanes(page) == []
    assert "No idea has been taken up here yet." in text_of(page)


def test_an_idea_that_came_back_to_a_status_stands_once_and_with_its_last_date(
    visitor, challenge, charlie
):
    found = taken_up(
        challenge, charlie, "A roof", Status.PLANNED, Status.UNDER_REVIEW, Status.PLANNED
    )
    first = Decision.objects.filter(idea=found, after=Status.PLANNED).earliest("pk")
    Decision.objects.filter(pk=first.pk).update(at=timezone.now() - timedelta(days=90))
    page = visitor.get(MAP)
    assert lanes(page) == [("On its way", "Planned", ["A roof"])]
    assert "just now" in text_of(page)


def test_what_came_with_its_status_from_elsewhere_stands_behind_what_was_decided_here(
    visitor, challenge, charlie
):
    for day in range(roadmap.OF_A_STATUS):
        brought = make_idea(challenge, title=f"Brought {day}")
        brought_with = {
            "status": Status.PLANNED,
            "created_at": timezone.now() - timedelta(days=day),
        }
        Idea.objects.filter(pk=brought.pk).update(**brought_with)
    taken_up(challenge, charlie, "Decided")
    brought = [f"Brought {day}" for day in range(roadmap.OF_A_STATUS - 1)]
    assert lanes(visitor.get(MAP)) == [("On its way", "Planned", ["Decided", *brought])]


def test_of_many_the_latest_stand_there_and_the_others_are_a_list_away(visitor, challenge, charlie):
    many = roadmap.OF_A_STATUS + 2
    for n in range(many):
        taken_up(challenge, charlie, f"Planned {n}")
    cache.clear()
    page = visitor.get(MAP)
    shown = [f"Planned {n}" for n in reversed(range(2, many))]
    assert lanes(page) == [("On its way", "Planned", shown)]
    assert f"Planned: all {many} ideas" in text_of(page)
    assert "/b/mio/?status=planned#ideas" in page.content.decode()
    listed = [one.title for one in visitor.get("/b/mio/?status=planned").context["ideas"]]
    assert len(listed) == many


def test_what_a_brand_says_no_to_is_a_list_away_with_its_reasons(visitor, challenge):
    idea = make_idea(challenge, title="A flying car")
    assert "Not taken up" not in text_of(visitor.get(MAP))
    decisions.set_status(
        idea=idea, status=Status.DECLINED, actor=None, reason="not_feasible", message=REASON
    )
    cache.clear()
    page = visitor.get(MAP)
    assert "Not taken up, each with its reason: Declined (1)" in text_of(page)
    assert "/b/mio/?status=declined#ideas" in page.content.decode()


def test_a_brands_own_statuses_stand_by_their_tone_and_by_its_names(
    visitor, brand, challenge, charlie
):
    steps = [
        Step(Status.SUBMITTED, Tone.AMBER, next=("melting", "cast", "lost")),
        Step("melting", Tone.SKY, next=("cast",), labels={"en": "Melting", "fr": "On le fond"}),
        Step("cast", Tone.LEAF, labels={"en": "Cast in bronze"}),
        Step("lost", Tone.ROSE, labels={"en": "Lost"}, needs_reason=True),
    ]
    change_graph(brand=brand, steps=steps, actor=None)
    make_idea(challenge, title="New")
    taken_up(challenge, charlie, "A bell", "cast")
    taken_up(challenge, charlie, "A spoon", "melting")
    page = visitor.get(MAP)
    assert lanes(page) == [
        ("On its way", "Melting", ["A spoon"]), ("Made", "Cast in bronze", ["A bell"])
    ]  # fmt: skip
    assert "On le fond" in text_of(reader(**{"accept-language": "fr"}).get(MAP))


def test_votes_that_a_round_hides_are_not_told_here(visitor, brand, charlie):
    phase = {"title": "Blind", "verbs": ["vote", "submit"], "hides_counts": True}
    taken_up(make_challenge(brand, slug="blind", phases=[phase]), charlie, "A roof")
    page = text_of(visitor.get(MAP))
    assert "A roof" in page
    assert "supporter" not in page


def test_every_page_of_a_brand_leads_to_its_road_map(visitor, challenge, idea):
    for path in ("/b/mio/", f"/b/mio/c/{challenge.slug}/", path_of(idea)):
        assert f'href="{MAP}"' in visitor.get(path).content.decode()
    here = visitor.get(MAP).content.decode()
    assert re.search(rf'href="{MAP}" aria-current="page"', here)


@pytest.mark.parametrize("things", [1, 5])
def test_the_page_costs_the_same_for_one_and_five(
    visitor, challenge, charlie, things, django_assert_num_queries
):
    for n in range(things):
        taken_up(challenge, charlie, f"Planned {n}")
        taken_up(challenge, charlie, f"Made {n}", Status.PLANNED, Status.IMPLEMENTED)
    visitor.get(MAP)  # counts the brand
    # brand, statuses, ideas of the map, words, people, rows
    with django_assert_num_queries(6):
        visitor.get(MAP)


def test_of_many_decisions_the_latest_are_looked_at(brand, challenge):
    many_taken_up(challenge, 1_000)
    values = roadmap.values(brand, [Status.PLANNED, Status.IMPLEMENTED])
    plan = plan_of(roadmap.LATEST, values, without=["seqscan"])
    assert "decision_of_brand" in plan
    assert rows_read(plan) <= roadmap.OF_A_STATUS, plan


def test_of_many_that_came_with_their_status_the_latest_are_looked_at(brand, challenge):
    many_taken_up(challenge, 1_000)
    Decision.objects.all().delete()
    values = roadmap.values(brand, [Status.PLANNED, Status.IMPLEMENTED])
    plan = plan_of(roadmap.LATEST, values, without=["seqscan"])
    assert "idea_of_status" in plan
    assert rows_read(plan) <= roadmap.OF_A_STATUS, plan
