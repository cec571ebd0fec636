"""All that is wrong behind the question mark is told at once, wherever something stands there."""

import pytest

from accounts.domain import keys
from accounts.enums import Scope
from tests.api.conftest import refusal
from tests.factories import make_challenge

pytestmark = pytest.mark.django_db

LIST = "brands/mio/ideas/"
COMMENTS = "ideas/{code}/comments/"
BLIND = {"title": "Blind", "verbs": ["submit", "vote"], "hides_counts": True}


def told(response):
    """The code of a 400, and those of its fields."""
    status, code = refusal(response)
    assert status == 400
    fields = response.json()["fields"]
    return code, {name: [one["code"] for one in found] for name, found in fields.items()}


@pytest.mark.parametrize(
    ("path", "code", "fields"),
    [
        (
            f"{LIST}?sort=bad&limit=1000", "invalid",
            {"sort": ["invalid_choice"], "limit": ["invalid"]},
        ),
        (
            f"{LIST}?limit=x&status=no&since=May&tag=&sort=&cursor=*&q=boot", "invalid",
            {
                "limit": ["invalid"], "status": ["invalid_choice"], "since": ["invalid"],
                "tag": ["blank"], "sort": ["invalid_choice"], "cursor": ["bad_cursor"],
            },
        ),
        (
            f"{LIST}?page=2&search=x&limit=0", "unknown_parameter",
            {"page": ["unknown"], "search": ["unknown"], "limit": ["invalid"]},
        ),
        (
            f"{LIST}?sort=new&sort=hot&tag=a%00b&limit=0", "invalid",
            {"sort": ["invalid"], "tag": ["invalid"], "limit": ["invalid"]},
        ),
        (
            f"{COMMENTS}?sort=hot&limit=0&cursor=zz", "invalid",
            {"sort": ["invalid_choice"], "limit": ["invalid"], "cursor": ["bad_cursor"]},
        ),
        (
            "ideas/{code}/revisions/?cursor=x&limit=1", "unknown_parameter",
            {"cursor": ["bad_cursor"], "limit": ["unknown"]},
        ),
        ("brands/mio/similar/?q=a&q=b", "invalid", {"q": ["invalid"]}),
        (
            "brands/mio/similar/?q=%20&sort=new", "unknown_parameter",
            {"q": ["required"], "sort": ["unknown"]},
        ),
        (
            "ideas/{code}/why/?sort=new&challenge=street", "unknown_parameter",
            {"sort": ["invalid_choice"], "challenge": ["unknown"]},
        ),
        (
            "brands/mio/challenges/?limit=1&sort=new", "unknown_parameter",
            {"limit": ["unknown"], "sort": ["unknown"]},
        ),
    ],
)  # fmt: skip
def test_every_fault_is_named_under_the_code_of_the_first(visitor, idea, path, code, fields):
    assert told(visitor.get(path.format(code=idea.code))) == (code, fields)


def test_a_members_statement_names_them_too(challenge, as_member, charlie):
    path = "brands/mio/challenges/street/statement/?limit=0&cursor=zz&sort=new"
    assert told(as_member(charlie).get(path)) == (
        "unknown_parameter",
        {"limit": ["invalid"], "cursor": ["bad_cursor"], "sort": ["unknown"]},
    )


def test_a_bad_cursor_alone_keeps_its_code_and_is_named(visitor, idea):
    for cursor in ("zz", "WyJ0b3AiXQ"):  # of nothing, and of another order
        answer = visitor.get(f"{LIST}?sort=new&cursor={cursor}")
        assert told(answer) == ("bad_cursor", {"cursor": ["bad_cursor"]})


def test_a_challenge_that_is_not_there_is_404_whatever_else_is_wrong(visitor, brand):
    for more in ("&limit=0", "&page=2", "&sort=bad"):
        assert refusal(visitor.get(f"{LIST}?challenge=nothing{more}")) == (404, "not_found")


def test_a_hidden_order_is_refused_when_the_rest_is_right(visitor, brand):
    make_challenge(brand, slug="blind", phases=[BLIND])
    asked = f"{LIST}?challenge=blind&sort=top"
    assert told(visitor.get(f"{asked}&limit=0")) == ("invalid", {"limit": ["invalid"]})
    assert refusal(visitor.get(asked)) == (400, "sort_hidden")


def test_a_key_in_the_address_is_no_fault(visitor, brand):
    key = keys.create_key(brand=brand, scopes=[Scope.WIDGET], origins=[], rate=0, actor=None)[1]
    assert told(visitor.get(f"{LIST}?key={key}&sort=bad&page=1")) == (
        "unknown_parameter",
        {"page": ["unknown"], "sort": ["invalid_choice"]},
    )
