"""docs/roles.md is the table of who may what; the predicates say the same."""

import re

import pytest

from accounts import rules
from accounts.enums import Role
from tests.source import ROOT

pytestmark = pytest.mark.django_db

PEOPLE = ("alice", "bob", "rita", "charlie")  # owner, manager, analyst, others
ROW = re.compile(r"^\| [^|]+ \| `([a-z_ ]+)` \| (\w+) \| (\w+) \| (\w+) \| (\w+) \|$", re.MULTILINE)
TABLE = [(row[1], [cell == "yes" for cell in row.groups()[1:]]) for row in (
    ROW.finditer((ROOT / "docs/roles.md").read_text()))]  # fmt: skip


@pytest.mark.parametrize(("question", "answers"), TABLE, ids=[row[0] for row in TABLE])
def test_the_table_says_what_the_predicates_say(request, brand, question, answers):
    name, *roles = question.split()
    ask = getattr(rules, name)
    people = [request.getfixturevalue(who) for who in PEOPLE]
    assert [ask(one, brand, *map(Role, roles)) for one in people] == answers


def test_every_predicate_is_in_the_table():
    predicates = {name for name in vars(rules) if name.startswith("can_")}
    assert {question.split()[0] for question, _answers in TABLE} == predicates
    assert len(TABLE) == 16


def test_mallory_is_nobody_at_a_brand_that_is_not_hers(brand, mallory):
    assert rules.role_in(mallory, brand) is None
    assert not rules.can_see_desk(mallory, brand)
