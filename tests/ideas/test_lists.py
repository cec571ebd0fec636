"""Every order, page by page, with the reader's own votes; what a phase hides is nowhere."""

import re
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from django.db import connection

from cocreate.bench.lists import recorded
from cocreate.lib.pages import BadCursor, encode
from ideas.domain import ideas, lists, tally
from ideas.domain.narrowing import Filters
from ideas.domain.votes import cast_as_user
from ideas.enums import Mode, Sort
from ideas.models import Idea, Score
from tests.factories import make_challenge, make_idea, make_user

pytestmark = pytest.mark.django_db(transaction=True)


def vote(idea, user=None, value=1):
    return cast_as_user(code=idea.code, user_id=(user or make_user()).pk, value=value)


def walk(limit=2, **choice):
    """Codes of all pages, in order."""
    codes, cursor = [], ""
    if choice["sort"] == Sort.UNSEEN:
        choice.setdefault("user_id", make_user().pk)
    while True:
        page = lists.ideas_page(cursor=cursor, limit=limit, **choice)
        codes += [row["code"] for row in page.items]
        if page.next is None:
            return codes
        cursor = page.next


@pytest.fixture
def seven(brand):
    """Seven ideas of one challenge with 0, 1, 2, 3, 3, 3 and 1 votes; created a day apart, the
    first the oldest.
    """
    challenge = make_challenge(brand)
    made = [make_idea(challenge) for _n in range(7)]
    for n, (idea, votes) in enumerate(zip(made, [0, 1, 2, 3, 3, 3, 1], strict=True)):
        Idea.objects.filter(pk=idea.pk).update(created_at=datetime(2026, 1, 1 + n, tzinfo=UTC))
        for _vote in range(votes):
            vote(idea)
    tally.fold_until_settled()
    return made


def codes(ideas_, order):
    return [ideas_[n].code for n in order]


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 100])
def test_top_is_by_points_ties_by_age_and_pages_meet_without_gap_or_double(brand, seven, limit):
    assert walk(limit, brand=brand, sort=Sort.TOP) == codes(seven, [3, 4, 5, 2, 1, 6, 0])


def test_ties_of_one_moment_are_by_code(brand, seven):
    Idea.objects.update(created_at=datetime(2026, 1, 1, tzinfo=UTC))
    Score.objects.update(points=1)
    assert walk(2, brand=brand, sort=Sort.TOP) == sorted(idea.code for idea in seven)


def test_new_is_newest_first(brand, seven):
    assert walk(brand=brand, sort=Sort.NEW) == codes(seven, [6, 5, 4, 3, 2, 1, 0])


def test_hot_is_by_the_stored_key_in_brand_and_challenge(brand, seven):
    for column, choice in [("brand_hot", {}), ("hot", {"challenge": seven[0].challenge})]:
        expected = Score.objects.order_by(f"-{column}", "created_at", "code").values_list(
            "code", flat=True
        )
        assert walk(brand=brand, sort=Sort.HOT, **choice) == list(expected)


def test_discussed_is_by_comments(brand, seven):
    Score.objects.filter(pk=seven[2].pk).update(comments=4)
    assert walk(brand=brand, sort=Sort.DISCUSSED)[0] == seven[2].code


def test_random_goes_once_round_all_ideas_and_keeps_its_start_in_the_cursor(brand, seven):
    walks = [walk(2, brand=brand, sort=Sort.RANDOM) for _n in range(12)]
    circle = list(Idea.objects.order_by("shuffle", "code").values_list("code", flat=True))
    for seen in walks:
        start = circle.index(seen[0])
        assert seen == circle[start:] + circle[:start]
    assert len({seen[0] for seen in walks}) > 1


def test_an_empty_brand_has_one_empty_page_in_every_order(brand):
    for sort in Sort:
        assert walk(brand=brand, sort=sort) == []


def test_hidden_and_merged_ideas_are_in_no_list(brand, seven):
    ideas.set_hidden(idea=seven[3], hidden=True, actor=None)
    Idea.objects.filter(pk=seven[4].pk).update(merged_into=seven[5])
    for sort in Sort:
        assert {seven[3].code, seven[4].code}.isdisjoint(walk(brand=brand, sort=sort))


def test_a_list_never_shows_another_brands_ideas(brand, seven, mallory):
    rival = mallory.memberships.get().brand
    for sort in Sort:
        assert walk(brand=rival, sort=sort) == []


def test_status_and_tag_narrow_every_order(brand, seven):
    Idea.objects.filter(pk=seven[1].pk).update(status="planned", tags=["water"])
    for sort in Sort:
        assert walk(brand=brand, sort=sort, status="planned") == [seven[1].code]
        assert walk(brand=brand, sort=sort, tag="water") == [seven[1].code]
        assert walk(brand=brand, sort=sort, tag="fire") == []


def test_the_reader_sees_their_own_vote_and_count_before_the_fold_and_others_do_not(
    brand, seven, charlie
):
    vote(seven[3], charlie)
    mine = lists.ideas_page(brand=brand, sort=Sort.TOP, user_id=charlie.pk).items[0]
    theirs = lists.ideas_page(brand=brand, sort=Sort.TOP).items[0]
    assert (mine["code"], mine["support"], mine["points"], mine["my_vote"]) == (
        seven[3].code,
        4,
        4,
        1,
    )
    assert (theirs["support"], theirs["my_vote"]) == (3, None)
    tally.fold_until_settled()
    assert lists.idea_row(code=seven[3].code, user_id=charlie.pk)["support"] == 4


def test_a_withdrawn_vote_is_no_vote_of_mine(brand, seven, charlie):
    vote(seven[3], charlie)
    vote(seven[3], charlie, 0)
    assert lists.idea_row(code=seven[3].code, user_id=charlie.pk)["my_vote"] is None
    assert lists.votes_of(user_id=charlie.pk, brand_ids=[brand.pk]) == []


def test_my_votes_are_latest_first(brand, seven, charlie):
    for n in [2, 0, 5]:
        vote(seven[n], charlie)
    mine = lists.votes_of(user_id=charlie.pk, brand_ids=[brand.pk])
    assert [row["code"] for row in mine] == codes(seven, [5, 0, 2])


def test_the_score_is_todays_decayed_sum(brand):
    idea = make_idea(make_challenge(brand, mode=Mode.UP_DOWN, half_life=timedelta(days=7)))
    for value in [1, 1, 1, -1]:
        vote(idea, value=value)
    tally.fold_until_settled()
    assert lists.idea_row(code=idea.code, user_id=None)["score"] == pytest.approx(2, abs=0.01)


@pytest.fixture
def blind(brand):
    phases = [{"title": "Blind", "verbs": ["submit", "vote"], "hides_counts": True}]
    return make_challenge(brand, slug="blind", phases=phases)


def test_v23_hidden_counts_are_null_and_cannot_be_sorted_by(brand, blind, charlie):
    idea = make_idea(blind)
    vote(idea, charlie)
    tally.fold_until_settled()
    for sort in [Sort.HOT, Sort.TOP]:
        with pytest.raises(lists.SortHidden):
            lists.ideas_page(brand=brand, challenge=blind, sort=sort, hidden=True)
    row = lists.ideas_page(
        brand=brand, challenge=blind, sort=Sort.NEW, hidden=True, user_id=charlie.pk
    ).items[0]
    hidden = ["support", "oppose", "points", "score", "on_behalf", "imported", "pending", "held"]
    assert [row[name] for name in hidden] == [None] * len(hidden)
    assert (row["my_vote"], row["counts_hidden"]) == (1, True)


def test_v23_ideas_of_a_blind_round_have_no_place_in_the_brands_sorted_lists(brand, blind, seven):
    idea = make_idea(blind)
    vote(idea)
    tally.fold_until_settled()
    for sort in [Sort.HOT, Sort.TOP]:
        assert idea.code not in walk(brand=brand, sort=sort)
    assert idea.code in walk(brand=brand, sort=Sort.NEW)


@pytest.mark.parametrize(
    "cursor",
    [
        "nonsense",
        "é",
        "a" * 400,
        encode("new", "2026-01-01T00:00:00+00:00", "abc"),
        encode("top", 3, "yesterday", "abc"),
        encode("top", "3", "2026-01-01T00:00:00+00:00", "abc"),
        encode("top", True, "2026-01-01T00:00:00+00:00", "abc"),
        encode("top", 3, "2026-01-01T00:00:00+00:00", "a\ud800"),
        encode("top", 3, "2026-01-01T00:00:00+00:00", "a\x00"),
        encode("top", 3),
    ],
)
def test_a_cursor_that_is_not_ours_is_refused(brand, seven, cursor):
    with pytest.raises(BadCursor):
        lists.ideas_page(brand=brand, sort=Sort.TOP, cursor=cursor)


@pytest.mark.parametrize("key", [10**30, -(10**30)])
def test_a_cursor_beyond_every_number_is_an_empty_or_a_full_page(brand, seven, key):
    cursor = encode("top", key, "2026-01-01T00:00:00+00:00", "abc")
    assert len(lists.ideas_page(brand=brand, sort=Sort.TOP, cursor=cursor).items) in {0, 7}


@pytest.fixture
def thousands(brand):
    """5,000 ideas in the one challenge that most brands begin with; the statistics are fresh."""
    return fill_with_thousands(make_challenge(brand))


def fill_with_thousands(challenge, number=5_000):
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO ideas_idea (brand_id, challenge_id, code, title, body, language, status,
                                    tags, licence, revision)
            SELECT %(brand)s, %(challenge)s, 'x' || %(challenge)s || 'x' || n, 'Idea',
                   repeat('water ', 150), 'en', 'submitted', '{}', '', 1
              FROM generate_series(1, %(number)s) n
            """,
            {"brand": challenge.brand_id, "challenge": challenge.pk, "number": number},
        )
        cursor.execute("ANALYZE")
    return challenge


@pytest.mark.parametrize("sort", Sort)
@pytest.mark.parametrize("in_challenge", [False, True])
def test_no_list_reads_or_sorts_a_whole_brand(brand, thousands, charlie, sort, in_challenge):
    challenge = thousands if in_challenge else None
    with recorded() as sent:
        reader = charlie.pk if sort == Sort.UNSEEN else None
        first = lists.ideas_page(brand=brand, sort=sort, challenge=challenge, user_id=reader)
        lists.ideas_page(
            brand=brand, sort=sort, challenge=challenge, cursor=first.next, user_id=charlie.pk
        )
    for plan in plans_of(sent):
        assert "Seq Scan on ideas_score" not in plan
        assert "Seq Scan on ideas_idea" not in plan
        read = [int(rows) for rows in re.findall(r"actual time=\S+ rows=(\d+)", plan)]
        assert max(read) < 100, plan


def plans_of(sent):
    for statement, values in sent:
        with connection.cursor() as cursor:
            cursor.execute("EXPLAIN (ANALYZE, FORMAT TEXT) " + statement, values)
            yield "\n".join(line for (line,) in cursor.fetchall())


@pytest.mark.parametrize("sort", [Sort.HOT, Sort.TOP, Sort.DISCUSSED, Sort.NEW])
@pytest.mark.parametrize("in_challenge", [False, True])
def test_a_far_page_passes_over_none_of_the_ideas_that_tie(brand, thousands, sort, in_challenge):
    """All 5,000 tie in everything but their codes."""
    listed = partial(
        lists.ideas_page, brand=brand, sort=sort, challenge=thousands if in_challenge else None
    )
    cursor, seen = "", set()
    for _n in range(10):
        page = listed(cursor=cursor, limit=100)
        seen |= {row["code"] for row in page.items}
        cursor = page.next
    assert len(seen) == 1_000
    with recorded() as sent:
        assert not seen & {row["code"] for row in listed(cursor=cursor).items}
        far = Idea.objects.get(code=page.items[-1]["code"])
        beside = lists.neighbours(idea=far, sort=sort, filters=Filters())
    assert beside.before == page.items[-2]["code"]
    for plan in plans_of(sent):
        passed = [int(rows) for rows in re.findall(r"Removed by [A-Za-z ]+: (\d+)", plan)]
        assert max(passed, default=0) < 100, plan
