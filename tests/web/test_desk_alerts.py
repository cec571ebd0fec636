"""The page where a team says when it wants to hear of an idea."""

import pytest

from ideas.domain import alert_rules, alerts, tally
from ideas.domain.votes import cast_as_user
from ideas.enums import AlertKind
from ideas.models import Alert, AlertRule
from tests.factories import make_idea, make_user
from tests.web.conftest import path_of, reader, text_of

PAGE = "/desk/mio/alerts/"
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def manager(bob, brand):
    return reader(bob)


def add(client, **fields):
    return client.post(PAGE, {"kind": "supporters", "threshold": "50", "hours": ""} | fields)


def supported(idea, number: int) -> None:
    for _n in range(number):
        cast_as_user(code=idea.code, user_id=make_user().pk, value=1)
    tally.fold_until_settled()
    alerts.watch()


def test_a_manager_adds_changes_and_removes_a_threshold(manager, brand):
    assert "None yet." in text_of(manager.get(PAGE))
    assert add(manager).headers["Location"] == PAGE
    assert add(manager, kind="votes", threshold="20", hours="24").status_code == 302
    words = [one["words"] for one in manager.get(PAGE).context["rules"]]
    assert words == ["50 supporters or more", "20 votes or more in 24 hours"]
    code = AlertRule.objects.get(kind="votes").code
    answer = manager.post(f"{PAGE}{code}/change/", {"threshold": "1", "hours": "1"})
    assert answer.headers["Location"] == PAGE
    assert "1 vote or more in 1 hour" in text_of(manager.get(PAGE))
    assert manager.post(f"{PAGE}{code}/remove/").headers["Location"] == PAGE
    assert list(AlertRule.objects.values_list("kind", flat=True)) == ["supporters"]
    assert manager.post(f"{PAGE}{code}/remove/").status_code == 404


def test_what_is_up_is_listed_with_its_idea_and_figures(manager, idea):
    add(manager, threshold="3")
    assert "Nothing is over your thresholds" in text_of(manager.get(PAGE))
    supported(idea, 3)
    supported(idea, 1)
    page = manager.get(PAGE)
    (line,) = page.context["raised"]
    assert (line["path"], line["words"], line["then"]) == (
        path_of(idea), "3 supporters or more", "3 supporters",
    )  # fmt: skip
    assert "4 supporters today" in text_of(page)


def test_a_burst_is_named_and_can_be_switched_off(manager, brand, idea):
    supported(idea, 10)
    assert "Far more votes than usual 10 votes in 1 hour when we saw it" in text_of(
        manager.get(PAGE)
    )
    answer = manager.post(f"{PAGE}bursts/", {"threshold": "10"})
    assert answer.headers["Location"] == PAGE
    assert (alert_rules.burst_of(brand).active, Alert.objects.count()) == (False, 0)
    manager.post(f"{PAGE}bursts/", {"active": "on", "threshold": "25"})
    rule = alert_rules.burst_of(brand)
    assert (rule.active, rule.threshold) == (True, 25)


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"threshold": ""}, "Give a number."),
        ({"threshold": "many"}, "Give a number."),
        ({"threshold": "0"}, "Choose a number from 1 to 1000000."),
        ({"threshold": "9" * 400}, "Choose a number from 1 to 1000000."),
        ({"kind": "votes", "hours": ""}, "Choose a number from 1 to 168."),
        ({"kind": "votes", "hours": "169"}, "Choose a number from 1 to 168."),
        ({"kind": "burst"}, "Choose one of these."),
        ({"kind": ""}, "Choose one of these."),
    ],
)
def test_a_threshold_that_cannot_be_is_refused_beside_its_field(manager, fields, says):
    page = add(manager, **fields)
    assert page.status_code == 400
    assert says in text_of(page)
    assert not AlertRule.objects.exists()


def test_a_change_that_cannot_be_is_refused_beside_its_own_field(manager):
    add(manager)
    add(manager, threshold="60")
    code = AlertRule.objects.get(threshold=60).code
    page = manager.post(f"{PAGE}{code}/change/", {"threshold": "50"})
    assert page.status_code == 400
    refused = [bool(one["form"].errors) for one in page.context["rules"]]
    assert refused == [False, True]
    assert "You have this threshold already." in text_of(page)
    assert manager.post(f"{PAGE}{code}/change/", {"threshold": ""}).status_code == 400
    page = manager.post(f"{PAGE}bursts/", {"active": "on", "threshold": "0"})
    assert "Choose a number from 1 to 1000000." in text_of(page)
    assert manager.post(f"{PAGE}bursts/", {"threshold": "x"}).status_code == 400


@pytest.mark.parametrize("who", ["rita", "charlie", "mallory"])
def test_others_change_nothing(request, brand, who):
    rule = alert_rules.add_rule(
        brand=brand, kind=AlertKind.SUPPORTERS, threshold=5, hours=0, actor=None
    )
    client = reader(request.getfixturevalue(who))
    assert client.get(PAGE).status_code == 403
    assert add(client).status_code == 403
    assert client.post(f"{PAGE}bursts/", {"threshold": "99"}).status_code == 403
    assert client.post(f"{PAGE}{rule.code}/change/", {"threshold": "9"}).status_code == 403
    assert client.post(f"{PAGE}{rule.code}/remove/").status_code == 403
    assert list(AlertRule.objects.values_list("threshold", flat=True)) == [5]


def test_a_rule_of_another_brand_is_not_found(manager, mallory):
    rival = mallory.memberships.get().brand
    rule = alert_rules.add_rule(
        brand=rival, kind=AlertKind.SUPPORTERS, threshold=5, hours=0, actor=None
    )
    assert manager.post(f"{PAGE}{rule.code}/change/", {"threshold": "9"}).status_code == 404
    assert manager.post(f"{PAGE}{rule.code}/remove/").status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_costs_the_same_for_one_and_three(
    manager, challenge, rows, django_assert_num_queries
):
    for n in range(rows):
        add(manager, threshold=str(n + 1))
        supported(make_idea(challenge), 1)
    manager.get(PAGE)  # takes the messages
    # session, user, brand, role, burst, raised, rules, unread
    with django_assert_num_queries(7):
        manager.get(PAGE)
