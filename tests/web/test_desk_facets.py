"""How many ideas each filter of the desk's list finds, beside its name."""

import re

import pytest
from django.core.cache import cache
from django.db import connection

from accounts.models import Membership
from ideas.domain import (
    comments,
    decisions,
    deleting,
    facets,
    ideas,
    owners,
    reports,
    statuses,
)
from ideas.domain.facets import Cell, Facets, Number
from ideas.domain.narrowing import Filters
from ideas.domain.statuses import Step
from ideas.models import Idea, SavedView
from tests.factories import make_challenge, make_idea, make_participant
from tests.plans import plan_of
from tests.web.conftest import decide, reader, text_of
from web.desk import facets as kept

PAGE = "/desk/mio/"


@pytest.fixture
def desk(bob, brand):
    return reader(bob)


@pytest.fixture
def after_commit(django_capture_on_commit_callbacks):
    return lambda: django_capture_on_commit_callbacks(execute=True)


def numbers_on(page):
    """What is written, by what the number is of."""
    spans = re.findall(
        r'data-number="([\w-]+)">(?:<b class="\w+" aria-hidden="true">([^<]*)</b>)?',
        page.content.decode(),
    )
    return {of: number for of, number in spans if number}


def options_on(page):
    """The names of all options that a number may stand in."""
    found = re.findall(r'<option value="[^"]*"\s+data-number="([\w-]+)"[^>]*>([^<]*)<', page)
    return dict(found)


def numbers(desk, query=""):
    cache.clear()
    return numbers_on(desk.get(f"{PAGE}?{query}"))


@pytest.fixture
def few(challenge, bob, charlie):
    """Four that wait (one reported, one in Bob's charge), one planned, one answered, two hidden."""
    made = [make_idea(challenge, author=make_participant(challenge.brand)) for _n in range(8)]
    decide(made[4], "planned")
    comments.answer(idea=made[5], body="We hear you.", actor=bob)
    reporter = make_participant(challenge.brand, charlie)
    reports.report(idea=made[0], comment=None, reporter=reporter, reason="spam")
    owners.set_owner(idea=made[1], owner="bob", actor=bob)
    for idea in made[6:]:
        ideas.set_hidden(idea=idea, hidden=True, actor=bob)
    return made


# --- What is counted ------------------------------------------------------------------------------


def test_each_filter_says_how_many_ideas_it_finds(desk, few):
    found = numbers(desk)
    assert (found["any-status"], found["status-submitted"], found["status-planned"]) == (
        "6", "5", "1",
    )  # fmt: skip
    assert (found["unanswered"], found["reported"], found["hidden"]) == ("5", "1", "2")
    assert found["status-declined"] == "0"


def test_what_a_number_says_is_what_its_link_shows(desk, few, brand):
    few[2].refresh_from_db()
    decide(few[2], "planned")
    make_idea(make_challenge(brand, slug="other"))
    for narrowed in ("", "sort=new", "unanswered=1", "hidden=1", "challenge=street&owner=-nobody"):
        found = numbers(desk, narrowed)
        for name, query in (
            ("any-status", ""), ("status-submitted", "status=submitted"),
            ("status-planned", "status=planned"), ("unanswered", "unanswered=1"),
            ("reported", "reported=1"), ("hidden", "hidden=1"),
        ):  # fmt: skip
            listed = desk.get(f"{PAGE}?{narrowed}&{query}").context["ideas"]
            assert found[name] == str(len(listed)), (narrowed, name)


def test_questions_and_who_is_in_charge_have_theirs(desk, few, brand):
    make_idea(make_challenge(brand, slug="other", title="What else?"))
    options = options_on(desk.get(PAGE).content.decode())
    assert options["question-other"] == "What else?, 1 idea"
    assert options["question-street"].endswith(", 6 ideas")
    assert options["owner--me"] == "Me, 1 idea"
    assert options["owner--nobody"] == "Nobody, 6 ideas"
    assert options["status-option-planned"] == "Planned, 1 idea"


def test_a_number_belongs_to_the_name_of_its_link(desk, few):
    page = desk.get(PAGE)
    assert "Submitted 5 , 5 ideas" in text_of(page)  # the figure is hidden from who hears it
    assert "Planned 1 , 1 idea" in text_of(page)


def test_another_brands_ideas_are_not_counted(desk, few, mallory):
    elsewhere = make_challenge(mallory.memberships.get().brand)
    make_idea(elsewhere)
    ideas.set_hidden(idea=make_idea(elsewhere), hidden=True, actor=mallory)
    reports.report(
        idea=make_idea(elsewhere), comment=None, reporter=make_participant(elsewhere.brand),
        reason="spam",
    )  # fmt: skip
    found = numbers(desk)
    assert (found["any-status"], found["reported"], found["hidden"]) == ("6", "1", "2")


def test_statuses_of_ones_own_have_numbers_too(desk, few, brand, alice):
    own = [
        Step("submitted", next=("tested",)), Step("planned"),
        Step("tested", labels={"en": "On the road"}),
    ]  # fmt: skip
    statuses.change_graph(brand=brand, steps=own, actor=alice)
    decide(Idea.objects.get(pk=few[0].pk), "tested")
    found = numbers(desk)
    assert (found["status-tested"], found["status-submitted"]) == ("1", "4")
    assert "status-declined" not in found
    assert "On the road 1 , 1 idea" in text_of(desk.get(PAGE))


def test_an_order_by_votes_leaves_out_what_a_phase_hides_and_so_do_its_numbers(desk, few, brand):
    phases = [{"title": "Blind", "verbs": ["vote", "submit"], "hides_counts": True}]
    make_idea(make_challenge(brand, slug="blind", title="Blind", phases=phases))
    assert numbers(desk, "sort=hot")["any-status"] == "6"
    assert numbers(desk, "sort=new")["any-status"] == "7"
    assert options_on(desk.get(PAGE).content.decode())["question-blind"] == "Blind, 1 idea"


@pytest.mark.parametrize("query", ["q=roof", "sort=unseen"])
def test_where_nobody_has_counted_no_number_stands(desk, few, query):
    assert numbers(desk, query).keys() <= {"view", "hidden"}
    assert "ideas" not in options_on(desk.get(f"{PAGE}?{query}").content.decode())["owner--me"]


# --- Saved views ----------------------------------------------------------------------------------


def view(brand, query, name="Waiting"):
    place = Membership.objects.get(brand=brand, user__handle="bob")
    return SavedView.objects.create(brand=brand, member=place, name=name, query=query, place=1)


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ("status=planned&sort=new", "1"),
        ("owner=-me&sort=hot", "1"),
        ("unanswered=1&owner=-nobody&sort=new", "4"),
        ("hidden=1&sort=new", "2"),
        ("q=nothing-like-it&sort=new", "0"),
        ("q=idea&sort=new", "6"),
        ("sort=unseen", None),
        ("status=nonsense&sort=new", None),
        ("challenge=gone&sort=new", None),
    ],
)
def test_a_view_says_how_many_ideas_wait_in_it(desk, few, brand, query, number):
    Idea.objects.filter(brand=brand).update(title="An idea")
    made = view(brand, query)
    found = numbers(desk)
    assert found.get(f"view-{made.code}") == number
    assert found["view"] == "6"
    if number is not None:
        assert str(len(desk.get(f"{PAGE}?{query}").context["ideas"])) == number


def test_views_with_words_are_counted_one_at_a_time(desk, few, brand):
    made = [view(brand, f"q={word}&sort=new", word) for word in ("roof", "door", "wall")]
    cache.clear()
    for known in (1, 2, 3, 3):
        found = numbers_on(desk.get(PAGE))
        assert len([one for one in made if f"view-{one.code}" in found]) == known


# --- When it is counted ---------------------------------------------------------------------------


def test_what_the_team_decides_shows_at_once(desk, few, brand, bob, after_commit):
    idea = Idea.objects.get(pk=few[0].pk)
    assert numbers_on(desk.get(PAGE))["status-submitted"] == "5"
    with after_commit():
        made = decisions.set_status(idea=idea, status="planned", actor=bob)
    found = numbers_on(desk.get(PAGE))
    assert (found["status-submitted"], found["status-planned"]) == ("4", "2")
    with after_commit():
        decisions.undo(decision=made, actor=bob)
    assert numbers_on(desk.get(PAGE))["status-planned"] == "1"
    with after_commit():
        ideas.set_hidden(idea=idea, hidden=True, actor=bob)
    found = numbers_on(desk.get(PAGE))
    assert (found["hidden"], found["reported"], found["any-status"]) == ("3", "0", "5")
    with after_commit():
        comments.answer(idea=few[1], body="We hear you, too.", actor=bob)
    assert numbers_on(desk.get(PAGE))["unanswered"] == "3"
    with after_commit():
        owners.set_owner(idea=few[2], owner="bob", actor=bob)
    assert options_on(desk.get(PAGE).content.decode())["owner--me"] == "Me, 2 ideas"


def test_what_the_crowd_does_is_counted_some_seconds_later(desk, few, challenge, after_commit):
    desk.get(PAGE)
    with after_commit():
        make_idea(challenge)
    assert numbers_on(desk.get(PAGE))["any-status"] == "6"
    key = f"facets:{kept.SHAPE}:{challenge.brand_id}"
    counted_at, known = cache.get(key)
    cache.set(key, (counted_at - kept.FRESH_SECONDS, known), 60)
    assert numbers_on(desk.get(PAGE))["any-status"] == "7"


def test_while_somebody_counts_others_get_what_was_counted(desk, few, challenge):
    desk.get(PAGE)
    key = f"facets:{kept.SHAPE}:{challenge.brand_id}"
    counted_at, known = cache.get(key)
    cache.set(key, (counted_at - kept.FRESH_SECONDS, known), 60)
    cache.set(f"{key}:turn", 1, 60)
    make_idea(challenge)
    assert numbers_on(desk.get(PAGE))["any-status"] == "6"


def test_the_script_fetches_the_numbers_alone(desk, few, after_commit, bob):
    page = desk.get(f"{PAGE}?unanswered=1", headers={"x-facets": "1"})
    assert page["X-Facets"] == "shown"
    assert "data-list-of-ideas" not in page.content.decode()
    whole = desk.get(f"{PAGE}?unanswered=1")
    assert "X-Facets" not in whole
    assert numbers_on(page) == numbers_on(whole)


# --- What it costs --------------------------------------------------------------------------------


@pytest.mark.parametrize("there", [1, 5])
def test_the_page_costs_the_same_for_one_view_and_five(
    desk, few, brand, there, django_assert_num_queries
):
    for n in range(there):
        view(brand, f"status=planned&owner=-me&unanswered={n}&sort=new", f"View {n}")
    cache.clear()
    # session and user, brand, role, questions, phases, team, views, statuses, unread, ideas, how
    # each stands, and what is counted
    with django_assert_num_queries(12):
        desk.get(PAGE)
    with django_assert_num_queries(11):
        desk.get(PAGE)


@pytest.fixture
def thousands(challenge, bob):
    """1,500 ideas that are planned, 500 that wait, 1,200 hidden; ten in Bob's charge."""
    place = Membership.objects.get(brand=challenge.brand, user=bob)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO ideas_idea (brand_id, challenge_id, code, title, body, language, status,
                                    tags, licence, revision, hidden, owner_id)
            SELECT %(brand)s, %(challenge)s, 'manyof' || n, 'Idea', repeat('water ', 150), 'en',
                   CASE WHEN n %% 4 = 0 THEN 'submitted' ELSE 'planned' END, '{}', '', 1, n > 2000,
                   CASE WHEN n <= 10 THEN %(owner)s::bigint END
              FROM generate_series(1, 3200) n
            """,
            {"brand": challenge.brand_id, "challenge": challenge.pk, "owner": place.pk},
        )
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ANALYZE")
    return challenge


def test_of_many_ideas_no_more_than_a_thousand_of_a_kind_are_read(brand, thousands):
    make_idea(make_challenge(brand, slug="other"))
    plan = plan_of(facets.CELLS, {"brand": brand.pk, "most": facets.MOST}, without=["seqscan"])
    for index in (
        "idea_new_of_brand", "idea_hidden_of_brand", "idea_of_owner", "report_open_of_brand",
        "comment_pinned",
    ):  # fmt: skip
        assert re.search(rf"Index (Only )?Scan (Backward )?using {index}", plan), plan
    assert "Seq Scan" not in plan
    assert "hashed" not in plan
    read = re.findall(r" on ideas_idea .*actual time=\S+ rows=(\d+)", plan)
    assert max(map(int, read)) == facets.MOST, plan


def test_what_was_decided_lately_is_found_by_its_index(brand, thousands):
    plan = plan_of(
        facets.MOVED,
        {"brand": brand.pk, "since": 1_700_000_000.5},
        without=["seqscan", "bitmapscan", "sort"],
    )
    for index in ("activity_of_brand", "decision_of_idea"):
        assert index in plan, plan
    assert re.search(r"Index Cond: \(\(brand_id = \S+\) AND \(at > ", plan), plan


WHY = {
    "reason": "too_costly",
    "message": "It costs more than we have, this year and the next one, too.",
}


@pytest.mark.django_db(transaction=True)
def test_a_large_brand_has_its_statuses_from_the_figures_and_what_was_decided_since(
    desk, thousands, bob
):
    waits, goes = Idea.objects.get(code="manyof4"), Idea.objects.get(code="manyof8")
    early = decisions.set_status(idea=goes, status="planned", actor=bob)

    def found():
        page = numbers_on(desk.get(PAGE))
        return [page[f"status-{key}"] for key in ("submitted", "planned", "declined")]

    assert numbers(desk)["any-status"] == "2,000"
    assert found() == ["499", "1,501", "0"]
    decisions.set_status(idea=waits, status="planned", actor=bob)
    late = decisions.set_status(idea=waits, status="declined", actor=bob, **WHY)
    assert found() == ["498", "1,501", "1"]
    decisions.undo(decision=late, actor=bob)
    assert found() == ["498", "1,502", "0"]
    decisions.undo(decision=early, actor=bob)
    assert found() == ["499", "1,501", "0"]


@pytest.mark.django_db(transaction=True)
def test_what_is_hidden_or_shown_in_a_large_brand_shows_in_its_statuses_at_once(
    desk, thousands, bob
):
    waits, hidden = Idea.objects.get(code="manyof4"), Idea.objects.get(code="manyof2004")

    def set_hidden(idea, is_hidden):
        ideas.set_hidden(idea=idea, hidden=is_hidden, actor=bob)

    def found():
        page = numbers_on(desk.get(PAGE))
        return [page[f"status-{key}"] for key in ("submitted", "planned")] + [page["any-status"]]

    cache.clear()
    assert found() == ["500", "1,500", "2,000"]
    set_hidden(waits, True)
    assert found() == ["499", "1,500", "1,999"]
    decisions.set_status(idea=waits, status="planned", actor=bob)  # as it is hidden
    assert found() == ["499", "1,500", "1,999"]
    set_hidden(waits, False)
    assert found() == ["499", "1,501", "2,000"]
    set_hidden(hidden, False)
    assert found() == ["500", "1,501", "2,001"]
    decisions.set_status(idea=hidden, status="planned", actor=bob)
    assert found() == ["499", "1,502", "2,001"]
    set_hidden(hidden, True)
    assert found() == ["499", "1,501", "2,000"]
    set_hidden(make_idea(thousands), True)  # nobody had counted it
    assert found() == ["499", "1,501", "2,000"]


@pytest.mark.django_db(transaction=True)
def test_what_its_author_deletes_and_the_team_hides_meanwhile_is_gone_once(
    desk, thousands, brand, bob, charlie
):
    own = make_idea(thousands, author=make_participant(brand, charlie))

    def found():
        facets.decided(brand.pk)
        return numbers_on(desk.get(PAGE))["status-submitted"]

    cache.clear()
    assert found() == "501"
    deleting.delete_idea(idea=own, actor=charlie)
    assert found() == "500"
    ideas.set_hidden(idea=own, hidden=True, actor=bob)
    assert found() == "500"
    deleting.restore_idea(idea=own, actor=charlie)
    assert found() == "500"
    ideas.set_hidden(idea=own, hidden=False, actor=bob)
    assert found() == "501"
    deleting.delete_idea(idea=own, actor=charlie)
    cache.clear()
    assert found() == "500"
    ideas.set_hidden(idea=own, hidden=True, actor=bob)
    ideas.set_hidden(idea=own, hidden=False, actor=bob)
    assert found() == "500"
    deleting.restore_idea(idea=own, actor=charlie)
    assert found() == "501"


def test_what_a_large_brand_cannot_count_it_says_at_least(desk, brand, thousands):
    page = desk.get(PAGE)
    found = numbers_on(page)
    assert (found["unanswered"], found["hidden"]) == ("999+", "999+")
    assert "No official answer 999+ , at least 999 ideas" in text_of(page)
    assert options_on(page.content.decode())["owner--me"] == "Me, 10 ideas"
    assert numbers(desk, "unanswered=1")["status-submitted"] == "250+"


def test_what_was_not_found_among_the_newest_is_not_called_none():
    found = Facets({facets.LISTED: [Cell(1, "planned", None, False, False, facets.MOST)]})
    assert found.number(Filters(with_names=True, unanswered=True)) is None
    assert found.number(Filters(with_names=True)) == Number(facets.MOST, is_least=True)
    assert found.number(Filters(with_names=True, reported=True)) == Number(0)
    assert found.number(Filters(with_names=True, tag="street")) is None
