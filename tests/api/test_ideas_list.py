"""GET brands/{brand}/ideas/"""

import json
from urllib.parse import quote

import pytest
from django.conf import settings

from accounts.enums import Scope, Visibility
from cocreate.lib.pages import encode
from ideas.domain import ideas, orders, tally
from ideas.domain.votes import cast_as_user
from ideas.enums import Sort, Status
from ideas.models import Idea
from tests.api.conftest import blamed, queries_sent, refusal
from tests.factories import make_brand, make_challenge, make_idea, make_participant, make_user

pytestmark = pytest.mark.django_db

LIST = "brands/mio/ideas/"
FIELDS = [
    "code", "url", "brand", "challenge", "title", "language", "author", "status", "support",
    "oppose", "points", "counts_hidden", "score", "comments", "my_vote", "tags", "images",
    "merged_into", "revision", "created", "updated",
]  # fmt: skip
BLIND = {"title": "Blind", "verbs": ["submit", "vote"], "hides_counts": True}


def codes(response):
    assert response.status_code == 200, response.content
    return [idea["code"] for idea in response.json()["results"]]


def walk(caller, address):
    """All pages of a list."""
    found, cursor = [], ""
    while cursor is not None:
        body = caller.get(f"{address}&cursor={cursor}" if cursor else address).json()
        found += [idea["code"] for idea in body["results"]]
        cursor = body["next"]
    return found


def test_an_idea_in_a_list_has_the_contracts_fields(idea, visitor):
    (shown,) = visitor.get(LIST).json()["results"]
    assert sorted(shown) == sorted(FIELDS)
    author = idea.author.user
    assert shown | {"score": 0} == {
        "code": idea.code,
        "url": f"{settings.PUBLIC_URL}/i/{idea.code}/{idea.slug}/",
        "brand": "mio",
        "challenge": "street",
        "title": idea.title,
        "language": "en",
        "author": {"name": author.display_name, "handle": author.handle},
        "status": {"key": "submitted", "label": "Submitted"},
        "support": 0,
        "oppose": 0,
        "points": 0,
        "counts_hidden": False,
        "score": 0,
        "comments": 0,
        "my_vote": None,
        "tags": [],
        "images": [],
        "merged_into": None,
        "revision": 1,
        "created": idea.created_at.isoformat(),
        "updated": idea.updated_at.isoformat(),
    }


def test_an_empty_list_is_one_empty_page(brand, visitor):
    assert visitor.get(LIST).json() == {"results": [], "next": None}


def test_an_idea_of_the_brand_itself_has_no_author_and_somebody_without_account_no_handle(
    brand, challenge, as_server, visitor
):
    server = as_server(brand)
    body = {"title": "Ours"}
    server.post(LIST, body)
    server.post(LIST, {"title": "Theirs", "author": {"external_id": "7", "name": "Zoë"}})
    shown = {one["title"]: one["author"] for one in visitor.get(LIST).json()["results"]}
    assert shown == {"Ours": None, "Theirs": {"name": "Zoë", "handle": None}}


def test_the_callers_own_vote_is_shown_at_once_and_to_nobody_else(idea, as_member, charlie, bob):
    cast_as_user(code=idea.code, user_id=charlie.pk, value=1)
    (own,) = as_member(charlie).get(LIST).json()["results"]
    (other,) = as_member(bob).get(LIST).json()["results"]
    assert (own["my_vote"], own["support"]) == (1, 1)
    assert (other["my_vote"], other["support"]) == (None, 0)


@pytest.mark.parametrize("sort", Sort.values)
@pytest.mark.parametrize("scope", ["", "&challenge=street"])
def test_every_order_gives_every_idea_once_page_by_page(challenge, as_member, bob, sort, scope):
    made = {make_idea(challenge).code for _n in range(5)}
    orders.rebuild_all_of(challenge.brand_id)
    made |= {make_idea(challenge).code for _n in range(2)}  # in no version yet
    found = walk(as_member(bob), f"{LIST}?sort={sort}{scope}&limit=3")
    assert (len(found), set(found)) == (7, made)


def test_the_default_is_discover_in_a_challenge_which_begins_with_what_is_new(challenge, visitor):
    first, second = make_idea(challenge), make_idea(challenge)
    orders.rebuild_all_of(challenge.brand_id)
    third = make_idea(challenge)
    expected = [third.code, first.code, second.code]
    assert codes(visitor.get(f"{LIST}?challenge=street")) == expected
    assert codes(visitor.get(f"{LIST}?challenge=street&sort=discover")) == expected


def test_unseen_is_for_members(idea, challenge, visitor, as_member, as_server, charlie):
    other = make_idea(challenge)
    cast_as_user(code=idea.code, user_id=charlie.pk, value=1)
    assert codes(as_member(charlie).get(f"{LIST}?sort=unseen")) == [other.code]
    for caller in [visitor, as_server(challenge.brand)]:
        response = caller.get(f"{LIST}?sort=unseen")
        assert (response.status_code, response.json()["code"]) == (401, "sign_in_required")


def test_new_is_newest_first_and_hot_is_the_default_of_a_brand(challenge, visitor):
    first, second = make_idea(challenge), make_idea(challenge)
    assert codes(visitor.get(f"{LIST}?sort=new")) == [second.code, first.code]
    assert (
        codes(visitor.get(LIST))
        == codes(visitor.get(f"{LIST}?sort=hot"))
        == [first.code, second.code]
    )


@pytest.mark.django_db(transaction=True)
def test_top_is_by_points(challenge, visitor):
    low, high = make_idea(challenge), make_idea(challenge)
    cast_as_user(code=high.code, user_id=make_user().pk, value=1)
    tally.fold_until_settled()
    response = visitor.get(f"{LIST}?sort=top")
    assert codes(response) == [high.code, low.code]
    assert response.json()["results"][0]["score"] == 1.0


def test_filters_narrow_the_list(brand, challenge, visitor):
    planned = make_idea(challenge, tags=["Street"])
    Idea.objects.filter(pk=planned.pk).update(status=Status.PLANNED)
    other = make_idea(make_challenge(brand, slug="night"))
    assert codes(visitor.get(f"{LIST}?challenge=night")) == [other.code]
    assert codes(visitor.get(f"{LIST}?status=planned")) == [planned.code]
    assert codes(visitor.get(f"{LIST}?tag=STREET")) == [planned.code]
    assert codes(visitor.get(f"{LIST}?tag=none")) == []


def test_the_label_of_a_status_is_in_the_callers_language(idea, visitor):
    response = visitor.get(LIST, **{"Accept-Language": "fr"})
    assert response["Content-Language"] == "fr"
    assert response.json()["results"][0]["status"]["key"] == "submitted"


def test_hidden_and_merged_ideas_are_not_listed(challenge, visitor):
    shown, hidden, merged = (make_idea(challenge) for _n in range(3))
    ideas.set_hidden(idea=hidden, hidden=True, actor=None)
    Idea.objects.filter(pk=merged.pk).update(merged_into=shown)
    assert codes(visitor.get(LIST)) == [shown.code]


@pytest.mark.parametrize(
    "query",
    [
        "page=2",
        "author__email__startswith=a",
        "ordering=author__password",
        "fields=body",
        "search=x",
        "=",
        "Sort=new",
    ],
)
def test_z07_an_unknown_parameter_is_refused_by_name(brand, visitor, query):
    response = visitor.get(f"{LIST}?{query}")
    assert refusal(response) == (400, "unknown_parameter")
    assert list(response.json()["fields"]) == [query.split("=")[0]]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("sort=votes", "sort"),
        ("sort=HOT", "sort"),
        ("sort=", "sort"),
        ("status=open", "status"),
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=-1", "limit"),
        ("limit=1e9", "limit"),
        ("limit=1000000000", "limit"),
        ("limit=x", "limit"),
        ("limit=%D9%A3", "limit"),
        ("limit=1_0", "limit"),
        ("limit=", "limit"),
        ("sort=new&sort=hot", "sort"),
        ("tag=a%00b", "tag"),
        ("cursor=%00", "cursor"),
    ],
)
def test_d01_a_wrong_value_is_blamed_on_its_parameter(brand, visitor, query, field):
    assert list(blamed(visitor.get(f"{LIST}?{query}"))) == [field]


@pytest.mark.parametrize("limit", [1, 3, 100])
def test_a_limit_within_bounds_is_kept(challenge, visitor, limit):
    for _n in range(4):
        make_idea(challenge)
    assert len(codes(visitor.get(f"{LIST}?limit={limit}"))) == min(limit, 4)


def cursors():
    moments = [
        "2026-W01-1",
        "20260101T000000",
        "now",
        "0001-01-01T00:00:00+23:59",
        "9999-12-31T23:59:59-23:59",
        "x",
    ]
    yield from (encode("new", moment, "abc") for moment in moments)
    yield from (
        encode("hot", value, "2026-01-01T00:00:00+00:00", "abc")
        for value in [1e308 * 10, float("nan"), 5, "1", True]
    )
    yield from (
        encode("top", value, "2026-01-01T00:00:00+00:00", "abc")
        for value in [10**400, -(10**30), 1.5, "1"]
    )
    yield from (encode("random", 0.5, 0.4, code) for code in ["a'b", "é", "", "a\0"])
    yield encode("random", float("inf"), float("nan"), "abc")
    yield from [
        "x",
        "é",
        "=",
        "[]",
        "A" * 301,
        quote("%%%"),
        encode("discussed", 1, "2026-01-01T00:00:00+00:00", "abc"),
    ]


@pytest.mark.parametrize("sort", ["new", "hot", "top", "random"])
def test_a_cursor_that_is_not_ours_is_refused_or_harmless(idea, visitor, sort):
    for cursor in cursors():
        response = visitor.get(f"{LIST}?sort={sort}&cursor={quote(cursor)}")
        if response.status_code != 200:
            assert refusal(response) == (400, "bad_cursor"), cursor


def test_a_cursor_of_another_order_is_refused(challenge, visitor):
    for _n in range(2):
        make_idea(challenge)
    cursor = visitor.get(f"{LIST}?sort=new&limit=1").json()["next"]
    assert refusal(visitor.get(f"{LIST}?sort=top&cursor={cursor}")) == (400, "bad_cursor")


def test_where_counts_are_hidden_they_are_null_and_the_order_is_random(
    brand, visitor, as_member, alice
):
    challenge = make_challenge(brand, slug="blind", phases=[BLIND])
    idea = make_idea(challenge)
    cast_as_user(code=idea.code, user_id=alice.pk, value=1)
    for caller in (visitor, as_member(alice)):
        (shown,) = caller.get(f"{LIST}?challenge=blind").json()["results"]
        assert [shown[name] for name in ("support", "oppose", "points", "score")] == [None] * 4
        assert shown["counts_hidden"]
    assert shown["my_vote"] == 1


@pytest.mark.parametrize("sort", ["hot", "top", "best", "rising", "discover", "unseen"])
def test_where_counts_are_hidden_no_order_may_tell_them(brand, visitor, as_member, alice, sort):
    make_idea(make_challenge(brand, slug="blind", phases=[BLIND]))
    for caller in (visitor, as_member(alice)):
        assert refusal(caller.get(f"{LIST}?challenge=blind&sort={sort}")) == (400, "sort_hidden")
    assert codes(as_member(alice).get(f"{LIST}?sort={sort}")) == []


def test_an_unknown_brand_or_challenge_is_404(brand, visitor):
    assert refusal(visitor.get("brands/nobody/ideas/")) == (404, "not_found")
    assert refusal(visitor.get("brands/nobody/ideas/?x=1")) == (404, "not_found")
    assert refusal(visitor.get(f"{LIST}?challenge=nothing")) == (404, "not_found")


def test_a_members_only_brand_is_404_for_strangers_and_open_to_the_admitted(
    brand, idea, visitor, as_member, as_server, as_widget, charlie
):
    brand.visibility = Visibility.MEMBERS
    brand.save()
    for stranger in (visitor, as_member(charlie), as_widget(brand)):
        assert refusal(stranger.get(LIST)) == (404, "not_found")
    admitted = make_participant(brand, charlie)
    admitted.admitted = True
    admitted.save()
    assert codes(as_member(charlie).get(LIST)) == codes(as_server(brand).get(LIST)) == [idea.code]


def test_a_key_reads_its_own_brand_alone_and_with_the_scope(brand, idea, as_server, as_widget):
    make_brand("other")
    assert codes(as_server(brand, Scope.READ).get(LIST)) == [idea.code]
    assert codes(as_widget(brand).get(LIST)) == [idea.code]
    for caller in (as_server(brand), as_widget(brand)):
        assert refusal(caller.get("brands/other/ideas/")) == (404, "not_found")
    assert refusal(as_server(brand, Scope.VOTE).get(LIST)) == (403, "not_allowed")
    assert refusal(as_server(brand, Scope.VOTE).get("brands/other/ideas/")) == (404, "not_found")


@pytest.mark.parametrize("ideas_made", [1, 3])
def test_a_list_is_three_queries_for_a_visitor_however_long(challenge, visitor, ideas_made):
    for _n in range(ideas_made):
        make_idea(challenge, author=make_participant(challenge.brand), tags=["a"])
    with queries_sent() as sent:
        assert len(codes(visitor.get(LIST))) == ideas_made
    assert len(sent) == 3  # until when it may be kept, the brand, the ideas


@pytest.mark.parametrize("ideas_made", [1, 3])
def test_a_challenges_list_is_five_queries_for_a_member(challenge, as_member, charlie, ideas_made):
    for _n in range(ideas_made):
        make_idea(challenge)
    caller = as_member(charlie)
    with queries_sent() as sent:
        assert len(codes(caller.get(f"{LIST}?challenge=street"))) == ideas_made
    assert len(sent) == 5  # session, brand, challenge, its phases, the ideas


def test_a_head_is_a_get_without_its_body(idea, visitor):
    response = visitor.head(LIST)
    assert (response.status_code, response.content) == (200, b"")


def test_visitors_answers_may_be_kept_and_members_may_not(idea, visitor, as_member, charlie):
    assert visitor.get(LIST)["Cache-Control"] == "no-cache"
    assert as_member(charlie).get(LIST)["Cache-Control"] == "private, no-store"
    varies = {name.strip() for name in visitor.get(LIST)["Vary"].split(",")}
    assert varies == {"Authorization", "Cookie", "Accept-Language"}


def test_the_accept_header_changes_nothing(idea, visitor):
    response = visitor.get(LIST, Accept="text/html")
    assert (response.status_code, response["Content-Type"]) == (200, "application/json")


def test_text_is_readable_and_cannot_end_a_script(brand, challenge, visitor):
    make_idea(challenge, title="Zoë’s café </script>")
    assert "Zoë’s café" in visitor.get(LIST).content.decode()
    assert json.loads(visitor.get(LIST).content)["results"][0]["title"] == "Zoë’s café </script>"
