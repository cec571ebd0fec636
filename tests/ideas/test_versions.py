"""Lists that are read from a version: whole, page by page, while others are written."""

import re

import pytest
from django.db import connection

from cocreate.bench.lists import recorded
from cocreate.lib.errors import SignInRequired
from cocreate.lib.pages import BadCursor, encode
from ideas.domain import ideas, lists, orders, tally
from ideas.domain.narrowing import Filters
from ideas.domain.votes import cast_as_user
from ideas.enums import Mode, Sort
from ideas.models import Idea, OrderPlace, OrderVersion
from tests.factories import make_brand, make_challenge, make_idea, make_user
from tests.gate import Crowd, another_connection
from tests.ideas.test_lists import codes, fill_with_thousands, thousands, walk
from tests.plans import plan_of, rows_read

__all__ = ["thousands"]

pytestmark = pytest.mark.django_db(transaction=True)

VERSIONED = [Sort.DISCOVER, Sort.BEST, Sort.RISING]


def vote(idea, user=None, value=1):
    return cast_as_user(code=idea.code, user_id=(user or make_user()).pk, value=value)


@pytest.fixture
def five(brand):
    """Five ideas of an up/down challenge with 0, 1, 2, 3 and 4 votes for, in a version."""
    challenge = make_challenge(brand, slug="five", mode=Mode.UP_DOWN)
    made = [make_idea(challenge) for _n in range(5)]
    for n, idea in enumerate(made):
        for _vote in range(n):
            vote(idea)
    tally.fold_until_settled()
    orders.rebuild_all_of(brand.pk)
    return made


def page(five, sort, **over):
    return lists.ideas_page(
        brand=five[0].brand, sort=sort, challenge=over.pop("challenge", five[0].challenge), **over
    )


def shown(found):
    return [row["code"] for row in found.items]


@pytest.mark.parametrize("sort", VERSIONED)
@pytest.mark.parametrize("limit", [1, 2, 5, 100])
def test_a_list_is_read_in_the_places_of_its_version(brand, five, sort, limit):
    for challenge in [five[0].challenge, None]:
        found = walk(limit, brand=brand, sort=sort, challenge=challenge)
        assert found == codes(five, [4, 3, 2, 1, 0])


def test_without_a_version_the_newest_idea_comes_first(brand):
    challenge = make_challenge(brand)
    made = [make_idea(challenge) for _n in range(5)]
    for sort in VERSIONED:
        found = walk(2, brand=brand, sort=sort, challenge=challenge)
        assert found == codes(made, [4, 3, 2, 1, 0])


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 100])
def test_ideas_younger_than_the_version_are_first_where_the_new_is_to_be_found_else_last(
    brand, five, charlie, limit
):
    challenge = five[0].challenge
    all_ideas = [*five, make_idea(challenge), make_idea(challenge)]
    walked = {
        sort: walk(limit, brand=brand, sort=sort, challenge=challenge)
        for sort in [*VERSIONED, Sort.UNSEEN]
    }
    young_first = codes(all_ideas, [6, 5, 4, 3, 2, 1, 0])
    young_last = codes(all_ideas, [4, 3, 2, 1, 0, 6, 5])
    assert walked == {
        Sort.DISCOVER: young_first,
        Sort.UNSEEN: young_first,
        Sort.BEST: young_last,
        Sort.RISING: young_last,
    }


def test_a_reader_goes_on_in_the_version_where_they_began_while_it_is_kept(brand, five):
    first = page(five, Sort.BEST, limit=2)
    for _n in range(9):
        vote(five[0])
    tally.fold_until_settled()
    orders.rebuild_all_of(brand.pk)
    assert shown(page(five, Sort.BEST)) == codes(five, [0, 4, 3, 2, 1])
    second = page(five, Sort.BEST, limit=2, cursor=first.next)
    third = page(five, Sort.BEST, limit=2, cursor=second.next)
    assert shown(first) + shown(second) + shown(third) == codes(five, [4, 3, 2, 1, 0])


def test_where_that_version_is_gone_they_go_on_in_the_newest_at_their_place(brand, five):
    first = page(five, Sort.BEST, limit=2)
    for _n in range(9):
        vote(five[0])
    tally.fold_until_settled()
    for _n in range(2):
        orders.rebuild_all_of(brand.pk)
    second = page(five, Sort.BEST, limit=2, cursor=first.next)
    assert shown(second) == codes(five, [3, 2])  # places 3 and 4 of [0, 4, 3, 2, 1]


def test_while_a_version_is_written_readers_see_the_whole_old_one(brand, five):
    for _n in range(9):
        vote(five[0])
    tally.fold_until_settled()
    which = orders.List(brand.pk, five[0].challenge_id)
    with another_connection() as gate:  # it stops the builder when its places are written
        gate.execute("SELECT FROM ideas_orderversion FOR KEY SHARE")
        orders.rebuild(which)  # one more, so that the next one has something to delete
        crowd = Crowd([lambda: orders.rebuild(which)])
        crowd.wait_until_all_wait()
        assert OrderVersion.objects.filter(challenge=five[0].challenge).count() == 2
        assert OrderPlace.objects.filter(sort="best", version__challenge=five[0].challenge).count()
        assert shown(page(five, Sort.BEST)) == codes(five, [0, 4, 3, 2, 1])
    assert crowd.finish() == [3]
    assert shown(page(five, Sort.BEST)) == codes(five, [0, 4, 3, 2, 1])


@pytest.mark.parametrize("sort", [*VERSIONED, Sort.UNSEEN])
def test_what_is_hidden_or_merged_after_the_version_is_passed_over(brand, five, charlie, sort):
    ideas.set_hidden(idea=five[3], hidden=True, actor=None)
    Idea.objects.filter(pk=five[1].pk).update(merged_into=five[2])
    found = walk(1, brand=brand, sort=sort, challenge=five[0].challenge)
    assert found == codes(five, [4, 2, 0])


def test_unseen_leaves_out_what_one_has_voted_on(five, charlie):
    vote(five[4], charlie)
    vote(five[2], charlie, -1)
    vote(five[1], charlie)
    vote(five[1], charlie, 0)
    young = make_idea(five[0].challenge)
    vote(young, charlie)
    found = page(five, Sort.UNSEEN, user_id=charlie.pk)
    assert shown(found) == codes(five, [3, 1, 0])
    with pytest.raises(SignInRequired):
        page(five, Sort.UNSEEN)


def test_filters_narrow_versions_and_what_is_younger(brand, five):
    young = make_idea(five[0].challenge, tags=["water"])
    Idea.objects.filter(pk=five[2].pk).update(tags=["water"])
    for sort, expected in [(Sort.DISCOVER, [young, five[2]]), (Sort.BEST, [five[2], young])]:
        found = walk(1, brand=brand, sort=sort, tag="water")
        assert found == [idea.code for idea in expected]


def test_a_team_that_looks_at_hidden_ideas_sees_them_whatever_the_order(brand, five):
    ideas.set_hidden(idea=five[3], hidden=True, actor=None)
    found = lists.ideas_page(brand=brand, sort=Sort.BEST, filters=Filters(hidden=True))
    assert shown(found) == [five[3].code]


def test_v23_a_blind_rounds_ideas_are_in_no_versioned_list_of_the_brand(brand, five, charlie):
    phases = [{"title": "Blind", "verbs": ["submit", "vote"], "hides_counts": True}]
    blind = make_challenge(brand, slug="blind", phases=phases)
    idea = make_idea(blind)
    for _build in range(2):
        for sort in [*VERSIONED, Sort.UNSEEN]:
            assert idea.code not in walk(5, brand=brand, sort=sort)
            with pytest.raises(lists.SortHidden):
                page(five, sort, challenge=blind, hidden=True, user_id=charlie.pk)
        orders.rebuild_all_of(brand.pk)


@pytest.mark.parametrize(
    "parts",
    [
        ["discover", 1, 2, ""],
        ["best", "1", 2, ""],
        ["best", 1, True, ""],
        ["best", -1, 2, ""],
        ["best", 1, 2**31, ""],
        ["best", 10**30, 2, ""],
        ["best", 1, 0, "a\ud800"],
        ["best", 1, 0, "a b"],
        ["best", 1],
    ],
)
def test_a_cursor_that_is_not_ours_is_refused(five, parts):
    with pytest.raises(BadCursor):
        page(five, Sort.BEST, cursor=encode(*parts))


def test_a_cursor_behind_an_idea_that_is_no_more_goes_on_with_the_places(five):
    cursor = encode("discover", 1, 0, "gone")
    assert shown(page(five, Sort.DISCOVER, cursor=cursor)) == codes(five, [4, 3, 2, 1, 0])


@pytest.mark.parametrize("sort", [*VERSIONED, Sort.UNSEEN])
@pytest.mark.parametrize("in_challenge", [True, False])
def test_neighbours_are_those_of_the_list(brand, five, bob, sort, in_challenge):
    challenge = five[0].challenge
    all_ideas = [*five, make_idea(challenge), make_idea(challenge)]
    ideas.set_hidden(idea=five[2], hidden=True, actor=None)
    scope = challenge if in_challenge else None
    listed = walk(100, brand=brand, sort=sort, challenge=scope)
    by_code = {idea.code: idea for idea in all_ideas}
    around = [None, *listed, None]
    for n, code in enumerate(listed):
        found = lists.neighbours(idea=by_code[code], sort=sort, challenge=scope, filters=Filters())
        assert (found.before, found.after) == (around[n], around[n + 2])


def test_neighbours_without_a_version_are_by_age(brand):
    challenge = make_challenge(brand)
    made = [make_idea(challenge) for _n in range(3)]
    found = lists.neighbours(idea=made[1], sort=Sort.BEST, challenge=challenge, filters=Filters())
    assert (found.before, found.after) == (made[2].code, made[0].code)


@pytest.fixture
def placed_thousands(brand, thousands):
    """Ties everywhere: no vote, no showing."""
    orders.rebuild_all_of(brand.pk)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return thousands


@pytest.mark.parametrize("sort", [*VERSIONED, Sort.UNSEEN])
@pytest.mark.parametrize("in_challenge", [False, True])
def test_no_page_of_a_version_reads_or_sorts_the_whole(
    brand, placed_thousands, charlie, sort, in_challenge
):
    challenge = placed_thousands if in_challenge else None
    deep = encode(sort, 1, 4_000, "")
    with recorded() as sent:
        for cursor in ["", deep]:
            found = lists.ideas_page(
                brand=brand, sort=sort, challenge=challenge, cursor=cursor, user_id=charlie.pk
            )
            assert len(found.items) == 20
    assert len(sent) == 2
    for statement, values in sent:
        with connection.cursor() as cursor:
            cursor.execute("EXPLAIN (ANALYZE, FORMAT TEXT) " + statement, values)
            plan = "\n".join(line for (line,) in cursor.fetchall())
        for table in ["score", "idea", "orderplace"]:
            assert f"Seq Scan on ideas_{table}" not in plan, plan
        assert max(rows_in(plan)) < 100, plan


def rows_in(plan):
    """Which its steps found, and which they read and left."""
    found = re.findall(r"actual time=.* rows=(\d+)", plan)
    return [int(rows) for rows in found + re.findall(r"Rows Removed by Filter: (\d+)", plan)]


@pytest.mark.parametrize("in_challenge", [False, True])
def test_a_quiet_list_is_not_looked_for_among_the_newer_ideas_of_others(brand, in_challenge):
    quiet = fill_with_thousands(make_challenge(brand), 1_000)
    orders.rebuild_all_of(brand.pk)
    fill_with_thousands(make_challenge(make_brand("busy")))
    challenge = quiet if in_challenge else None
    with recorded() as sent:
        found = lists.ideas_page(brand=brand, sort=Sort.DISCOVER, challenge=challenge)
    assert len(found.items) == 20
    ((statement, values),) = sent
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN (ANALYZE, FORMAT TEXT) " + statement, values)
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert max(rows_in(plan)) < 100, plan


@pytest.mark.parametrize("has_version", [False, True])
@pytest.mark.parametrize("in_challenge", [False, True])
@pytest.mark.parametrize("number", [20, 5_000])
def test_a_plan_that_knows_no_values_reads_what_is_shown_before_the_first_version_and_after(
    brand, number, in_challenge, has_version
):
    """Beside a busy brand that is younger, and one that is older."""
    fill_with_thousands(make_challenge(make_brand("older")))
    listed = fill_with_thousands(make_challenge(brand), number)
    if has_version:
        orders.rebuild_all_of(brand.pk)
    fill_with_thousands(make_challenge(make_brand("younger")))
    challenge = listed if in_challenge else None
    idea = Idea.objects.filter(challenge=listed).order_by("pk")[number // 2]
    with recorded() as sent:
        found = lists.ideas_page(brand=brand, sort=Sort.DISCOVER, challenge=challenge)
        lists.neighbours(idea=idea, sort=Sort.DISCOVER, challenge=challenge, filters=Filters())
    assert len(found.items) == 20
    assert len(sent) == 4
    for statement, values in sent:
        plan = plan_of(statement, values)
        assert rows_read(plan) <= 100, plan


@pytest.mark.parametrize("number", [1, 3])
def test_a_page_is_one_query_however_many_ideas(brand, number, django_assert_num_queries):
    challenge = make_challenge(brand)
    for _n in range(number):
        make_idea(challenge)
    orders.rebuild_all_of(brand.pk)
    with recorded() as sent, django_assert_num_queries(1):
        lists.ideas_page(brand=brand, sort=Sort.DISCOVER, challenge=challenge)
    assert len(sent) == 1
