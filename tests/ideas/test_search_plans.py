"""How PostgreSQL finds what a search asks for: never by reading a whole brand."""

import re
from itertools import product

import psycopg
import pytest
from django.core.cache import cache
from django.db import connection

from accounts.models import Participant
from cocreate.bench.lists import recorded
from ideas.domain import frequencies, matching, orders, search, tags
from ideas.domain.asked import filters_from
from ideas.domain.lists import ideas_page
from ideas.domain.narrowing import Filters
from ideas.domain.similar import MOST_LEADING, like, similar_to
from ideas.enums import Sort
from ideas.models import Idea
from insights.domain.standing import LATEST, standing_of
from tests.factories import make_brand, make_challenge, make_idea
from tests.plans import plan_of, rows_read

pytestmark = pytest.mark.django_db

IDEAS = """
    INSERT INTO ideas_idea (brand_id, challenge_id, code, title, body, language, status, tags,
                            licence, revision)
    SELECT %s, %s, 'x' || n, 'Idea ' || n, repeat('A text as long as most. ', 20), 'en',
           CASE WHEN n = 77 THEN 'planned' ELSE 'submitted' END,
           CASE WHEN n %% 12500 = 7 THEN '{rare}'::text[] ELSE '{}' END, '', 1
      FROM generate_series(1, 50000) n
"""
WORDS = """
    INSERT INTO ideas_searchable (idea_id, brand_id, title, words)
    SELECT id, brand_id, title,
           to_tsvector('simple', title || CASE WHEN id % 2 = 0 THEN ' common w' ELSE ' other w' END
                       || id % 997 || ' ' || array_to_string(ARRAY(
                           SELECT 'v' || (id * k) % 9973 FROM generate_series(1, 40) k), ' '))
           || labels_of(status, language, tags)
      FROM ideas_idea
"""
SORTS = [Sort.NEW, Sort.HOT, Sort.TOP, Sort.DISCUSSED, Sort.RANDOM, None]


@pytest.fixture
def thousands(brand):
    """50,000 ideas; one in two is common, four have the tag, one is planned."""
    challenge = make_challenge(brand)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE ideas_idea DISABLE TRIGGER words_follow")
        cursor.execute(IDEAS, [brand.pk, challenge.pk])
        cursor.execute(WORDS)
        cursor.execute("SELECT gin_clean_pending_list('searchable_words_of_brand')")
        cursor.execute("ANALYZE")
    return challenge


@pytest.fixture
def crowded(thousands):
    """PostgreSQL takes the question of 50,000 ideas for one of many small ones."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for column, number in (("brand_id", 10_000), ("challenge_id", 20_000)):
            for table in ("ideas_idea", "ideas_score"):
                cursor.execute(
                    f"ALTER TABLE {table} ALTER COLUMN {column} SET (n_distinct = {number})"
                )
        cursor.execute("ANALYZE ideas_idea, ideas_score")
    return thousands


def all_are_placed(brand):
    """The orders are made, and PostgreSQL has counted them, as it does by itself after a minute."""
    orders.rebuild_all_of(brand.pk)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE ideas_orderplace, ideas_orderversion")


def sent_for(brand, sort, filters, challenge=None):
    """The statements behind a list, and its rows. None: the best matches."""
    where = {"brand": brand, "challenge": challenge, "filters": Filters(**filters)}
    with recorded() as sent:
        if sort is None:
            page = matching.best_matches(**where, limit=20)
        else:
            page = ideas_page(**where, sort=sort)
    return sent, page.items


def reads_a_whole_table(plan):
    return re.search(r"Seq Scan on ideas_(idea|score|searchable) ", plan) is not None


def test_a_search_in_one_brand_reads_no_words_of_others(brand, thousands):
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE ideas_idea ENABLE TRIGGER words_follow")
    quiet = make_brand("quiet")
    make_idea(make_challenge(quiet), title="Something common")
    wanted = search.read([*search.parts_of("common")])
    with recorded() as sent:
        assert len(search.candidates(brand_id=quiet.pk, finds=wanted.finds)) == 1
        assert similar_to(brand=quiet, text="Something common")
        filters_from(quiet, {"language": "pt"})
    read = [(query, values) for query, values in sent if "FROM ideas_searchable" in query]
    assert len(read) == 3
    for query, values in read:
        # psycopg's own cursor, as the product's: it says which type a value has.
        asked = psycopg.Cursor(connection.connection)
        plan = "\n".join(line for (line,) in asked.execute("EXPLAIN " + query, values))
        assert re.search(r"Index Cond: \(+brand_id = ", plan), plan


def test_rare_words_are_found_by_the_index_alone(brand, thousands):
    for filters, count in (
        ({"text": "idea 77"}, 1),
        ({"text": "common w4"}, 20),
        ({"tag": "rare"}, 4),
        ({"status": "planned"}, 1),
        ({"text": "other", "tag": "rare"}, None),
    ):
        for sort in SORTS if "text" in filters else SORTS[:-1]:
            sent, items = sent_for(brand, sort, filters)
            assert len(items) == count or count is None
            for statement, values in sent:
                plan = plan_of(statement, values)
                assert not reads_a_whole_table(plan), plan
                assert rows_read(plan) < 200, plan


def test_a_common_word_is_read_in_the_lists_own_order(brand, thousands):
    for sort in SORTS:
        sent, items = sent_for(brand, sort, {"text": "common"})
        assert len(items) == 20
        for statement, values in sent:
            plan = plan_of(statement, values)
            assert not reads_a_whole_table(plan), plan
            is_named_by_index = "array_agg(idea_id)" in statement
            assert rows_read(plan) <= (search.MOST_CANDIDATES + 1 if is_named_by_index else 900)


WITHIN = [
    {"text": "idea 77"}, {"text": "w4"}, {"text": "common"}, {"text": "other", "tag": "rare"},
    {"text": "c*"}, {"text": "c* w4"}, {"text": "common", "language": "en"},
]  # fmt: skip


def test_a_search_within_a_question_reads_few_of_its_ideas(crowded, monkeypatch):
    known = frequencies.Frequencies({"common": 0.5}, 50_000.0, float("inf"))
    monkeypatch.setattr(frequencies, "_known", known)
    all_are_placed(crowded.brand)
    for filters in WITHIN:
        for sort in (None, Sort.HOT, Sort.NEW, Sort.DISCOVER):
            sent, items = sent_for(crowded.brand, sort, filters, crowded)
            assert items or "tag" in filters
            for statement, values in sent:
                plan = plan_of(statement, values)
                assert rows_read(plan) <= search.MOST_CANDIDATES + 1, plan


def test_a_list_of_a_brand_that_is_taken_for_small_reads_a_page_of_it(crowded):
    all_are_placed(crowded.brand)
    for challenge, sort in product((None, crowded), Sort):
        if sort == Sort.UNSEEN:  # a member's; it reads what DISCOVER reads
            continue
        sent, items = sent_for(crowded.brand, sort, {}, challenge)
        assert len(items) == 20
        for statement, values in sent:
            plan = plan_of(statement, values)
            assert rows_read(plan) < 100, plan


def test_what_somebody_is_in_charge_of_is_found_by_its_own_index(crowded):
    owner = crowded.brand.memberships.first()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE ideas_idea SET owner_id = %s WHERE id %% 500 = 7", [owner.pk])
        cursor.execute("ANALYZE ideas_idea")
    all_are_placed(crowded.brand)
    for filters, most in (
        ({"owner": owner.pk}, 100),
        ({"owner": owner.pk, "unanswered": True}, 100),
        ({"unowned": True}, 25),
    ):
        for challenge, sort in product((None, crowded), [*SORTS[:-1], Sort.DISCOVER, Sort.BEST]):
            sent, items = sent_for(crowded.brand, sort, filters, challenge)
            assert len(items) == 20
            for statement, values in sent:
                plan = plan_of(statement, values)
                assert not reads_a_whole_table(plan), plan
                assert rows_read(plan) <= most, plan


def test_the_latest_ideas_of_a_brand_are_read_and_no_others(crowded):
    with recorded() as sent:
        assert tags.most_used(crowded.brand) == [], "the four that have one are older"
        assert len(standing_of(crowded.brand).ideas) == LATEST
    assert len(sent) == 2
    for statement, values in sent:
        # At 700,000 ideas a plan that is told the number sorts all of a large brand; not at these.
        assert not re.search(r"LIMIT \d", statement), statement
        plan = plan_of(statement, values)
        assert rows_read(plan) <= LATEST, plan


def test_ideas_that_share_tags_are_found_without_reading_their_question(crowded, monkeypatch):
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE ideas_idea SET tags = CASE WHEN id % 2 = 0 THEN '{street,light}'"
            " WHEN id % 9000 = 7 THEN '{street,rare}' ELSE '{light}' END::varchar[]"
        )
        cursor.execute(
            "UPDATE ideas_searchable w SET words = words || labels_of(i.status, i.language, i.tags)"
            " FROM ideas_idea i WHERE i.id = w.idea_id"
        )
        cursor.execute("SELECT gin_clean_pending_list('searchable_words_of_brand')")
        cursor.execute("ANALYZE ideas_idea, ideas_searchable")
    shares = {"#street": 0.5, "#light": 0.9, "w4": 0.001}
    known = frequencies.Frequencies(shares, 50_000.0, float("inf"))
    monkeypatch.setattr(frequencies, "_known", known)
    rare = crowded.ideas.filter(tags__contains=["rare"])[0]
    common = crowded.ideas.exclude(tags=rare.tags)[0]
    for idea, hides_counts in product((rare, common), (False, True)):
        Idea.objects.filter(pk=idea.pk).update(title="Qwertz")
        idea.title = "Qwertz"
        cache.clear()
        with recorded() as sent:
            found = like(idea=idea, hides_counts=hides_counts)
        assert len(found) == 3
        assert {"rare"} <= {tag for row in found for tag in row["tags"]} or idea != rare
        (asked,) = [(query, values) for query, values in sent if "leading" in values]
        plan = plan_of(*asked)
        assert not reads_a_whole_table(plan), plan
        assert rows_read(plan) <= 2 * MOST_LEADING, plan


def test_a_beginning_that_nearly_every_idea_has_is_not_asked_of_the_index(brand, monkeypatch):
    make_idea(make_challenge(brand), title="A common lantern")
    make_idea(make_challenge(brand), title="Another lantern")
    known = frequencies.Frequencies({"common": 0.5}, 50_000.0, float("inf"))
    monkeypatch.setattr(frequencies, "_known", known)
    for text, named, titles in (
        ("com*", None, ["A common lantern"]),
        ("a com*", None, ["A common lantern"]),
        ("com* lantern", "'lantern'", ["A common lantern"]),
        ("a com* lantern", "'lantern'", ["A common lantern"]),
        ("lan*", "'lan':*", ["Another lantern", "A common lantern"]),
    ):
        sent, items = sent_for(brand, Sort.NEW, {"text": text})
        assert [row["title"] for row in items] == titles
        asked = [values["finds"] for query, values in sent if "array_agg(idea_id)" in query]
        assert asked == ([] if named is None else [named])


# --- Names --------------------------------------------------------------------------------------

PEOPLE = """
    INSERT INTO accounts_user (password, is_superuser, is_staff, email, handle, display_name,
                               language, interests, is_active, date_joined)
    SELECT '', false, false, 'p' || n || '@example.org', 'p' || n,
           CASE n % 5000 WHEN 7 THEN 'Zoé Quill' ELSE 'Ada ' || n END, 'en', '{}', true, now()
      FROM generate_series(1, 20000) n
"""
JOINED = """
    INSERT INTO accounts_participant (brand_id, ref, user_id, display_name, created_at)
    SELECT %s, 'r' || id, id, '', now() FROM accounts_user WHERE handle LIKE 'p%%'
"""


def test_a_search_for_an_author_reads_the_names_that_are_like_it(brand, challenge):
    with connection.cursor() as cursor:
        cursor.execute(PEOPLE)
        cursor.execute(JOINED, [brand.pk])
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE accounts_participant ALTER brand_id SET (n_distinct = 1000)")
        cursor.execute("SELECT gin_clean_pending_list('user_name_trigrams')")
        cursor.execute("ANALYZE")
    author = Participant.objects.filter(user__display_name="Zoé Quill")[0]
    wanted = make_idea(challenge, title="A lantern", author=author)
    guest = Participant.objects.create(brand=brand, display_name="Zora the guest")
    other = make_idea(challenge, title="A bench", author=guest)
    for text, codes in (
        ("Quill", {wanted.code}), ("zo", {wanted.code, other.code}), ("ill", {wanted.code}),
        ("ui", set()), ("z", set()), ("the guest", {other.code}),
        (wanted.code.upper(), {wanted.code}),
    ):  # fmt: skip
        sent, items = sent_for(brand, Sort.NEW, {"text": text, "with_names": True})
        assert {row["code"] for row in items} == codes, text
        for statement, values in sent:
            plan = plan_of(statement, values)
            assert rows_read(plan) < 100, plan


def test_a_short_name_in_other_letters_reads_the_names_of_its_brand_alone(brand, challenge):
    rival = make_brand("rival")
    with connection.cursor() as cursor:
        cursor.execute(PEOPLE)
        cursor.execute(JOINED, [rival.pk])
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE accounts_participant ALTER brand_id SET (n_distinct = 1000)")
        cursor.execute("ANALYZE")
    guest = Participant.objects.create(brand=brand, display_name="王小明")
    wanted = make_idea(challenge, title="A lantern", author=guest)
    for text, codes in (
        ("小明", {wanted.code}),
        ("明", {wanted.code}),
        ("é", set()),
        ("%_", set()),
    ):
        sent, items = sent_for(brand, Sort.NEW, {"text": text, "with_names": True})
        assert {row["code"] for row in items} == codes, text
        for statement, values in sent:
            plan = plan_of(statement, values)
            assert rows_read(plan) < 100, plan
            assert "Index Recheck" not in plan, plan
