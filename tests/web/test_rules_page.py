"""The rules of a question in plain words, and the public log of what has changed."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from ideas.domain import challenges
from ideas.enums import Mode, Period, Verb, Voters
from tests.factories import make_challenge
from tests.web.conftest import reader, text_of

PAGE = "/b/mio/c/street/rules/"


def test_the_rules_say_how_one_votes(visitor, brand):
    make_challenge(
        brand, slug="marks", mode=Mode.POINTS, max_points=3, budget=12, budget_period=Period.MONTH,
        half_life=timedelta(days=7), who_votes=Voters.ADMITTED, licence="CC BY-SA 4.0",
    )  # fmt: skip
    page = text_of(visitor.get("/b/mio/c/marks/rules/"))
    for sentence in (
        "You give an idea 1 to 3 points.",
        "Only people whom the brand has admitted, and its team, may vote.",
        "You have 12 points each month",
        "a vote weighs half after 7 days",
        "CC BY-SA 4.0 Version 1.",
        "The question was published",
    ):
        assert sentence in page


def test_phases_that_overlap_are_told_with_their_dates_in_the_readers_zone(brand, charlie):
    now = timezone.now()
    phases = [
        {"title": "Choose", "verbs": [Verb.VOTE], "opens_at": now - timedelta(days=1),
         "closes_at": now + timedelta(days=3, hours=1), "hides_counts": True},
        {"title": "Collect", "verbs": [Verb.SUBMIT], "closes_at": now + timedelta(days=1)},
        {"title": "Party", "verbs": [], "opens_at": datetime(2031, 7, 1, 10, tzinfo=UTC)},
    ]  # fmt: skip
    make_challenge(brand, slug="road", phases=phases)
    charlie.time_zone = "Europe/Paris"
    charlie.save(update_fields=["time_zone"])
    response = reader(charlie).get("/b/mio/c/road/rules/")
    page = text_of(response)
    assert [(step.phase.title, step.when) for step in response.context["phases"]] == [
        ("Collect", "now"), ("Choose", "now"), ("Party", "later"),
    ]  # fmt: skip
    assert "from 1 July 2031, 12:00 CEST nothing can be done" in page
    assert "3 days left" in page
    assert "Meanwhile nobody sees the counts" in page
    assert "Where two phases run at the same time" in page


def test_the_log_says_what_changed_when_and_why_but_not_who(visitor, challenge, bob):
    challenges.change_rules(
        challenge=challenge, actor=bob, reason="Too many one-day wonders.",
        half_life=timedelta(days=10), budget=5,
    )  # fmt: skip
    challenges.change_rules(challenge=challenge, actor=None, licence="CC0")
    response = visitor.get(PAGE)
    page = text_of(response)
    kinds = [(entry.kind, entry.version) for entry, _changes in response.context["log"]]
    assert kinds == [("changed", 3), ("changed", 2), ("published", 1)]
    assert "Half-life of a vote before: 30 days after: 10 days" in page
    assert "Votes, or points, of each person before: no limit after: 5" in page
    assert "Too many one-day wonders." in page
    assert "Terms for posting before: none after: CC0" in page
    assert "Bob" not in page


def test_changed_phases_stand_in_the_log_in_words(visitor, challenge):
    end = datetime(2031, 3, 1, 12, tzinfo=UTC)
    phases = [{"title": "Choose", "verbs": [Verb.VOTE], "closes_at": end, "hides_counts": True}]
    challenges.change_rules(challenge=challenge, actor=None, phases=phases)
    page = text_of(visitor.get(PAGE))
    assert "before: Open: always; Post ideas, Vote, Discuss" in page
    assert "after: Choose: until 1 March 2031, 12:00 UTC; Vote; counts hidden" in page


@pytest.mark.parametrize("changes", [0, 3])
def test_the_page_costs_the_same_however_long_the_log_is(
    visitor, challenge, changes, django_assert_num_queries
):
    for budget in range(1, changes + 1):
        challenges.change_rules(challenge=challenge, actor=None, budget=budget)
    with django_assert_num_queries(6):  # brand, question, phases; versions, their phases, closings
        visitor.get(PAGE)


def test_the_page_of_a_question_leads_to_its_rules(visitor, challenge):
    assert f'href="{PAGE}"' in visitor.get("/b/mio/c/street/").content.decode()


def test_a_question_that_is_still_to_come_says_when_it_opens(visitor, brand):
    phase = {"title": "Open", "verbs": [Verb.VOTE], "opens_at": datetime(2031, 7, 1, tzinfo=UTC)}
    make_challenge(brand, slug="later", title="What will be?", phases=[phase])
    assert "opens 1 July 2031" in text_of(visitor.get("/b/mio/c/later/"))
    assert "opens 1 July 2031" in text_of(visitor.get("/b/mio/"))
