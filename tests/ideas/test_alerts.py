"""The team hears of an idea that passes a threshold of theirs or bursts: once, though its figure
swings round it.
"""

from datetime import timedelta
from functools import partial
from threading import Event

import pytest
from django.utils import timezone

from accounts.domain.participants import claimed
from accounts.models import Activity
from accounts.signals import activity_recorded
from cocreate.lib.errors import Invalid, NotFound
from ideas import tasks
from ideas.domain import alert_rules, alerts, tally
from ideas.domain.ideas import set_hidden
from ideas.domain.votes import cast_as_user, cast_on_behalf
from ideas.enums import AlertKind, Mode, Source
from ideas.importers.replay import PastVote, replay
from ideas.models import Alert, AlertRule, Vote
from tests.factories import make_brand, make_challenge, make_idea, make_user
from tests.gate import Crowd, another_connection

pytestmark = pytest.mark.django_db(transaction=True)

HOUR = timedelta(hours=1)


@pytest.fixture
def rule(brand):
    """Five supporters; no bursts."""
    alert_rules.set_burst(brand=brand, active=False, least=10, actor=None)
    return add(brand, threshold=5)


def add(brand, kind=AlertKind.SUPPORTERS, threshold=5, hours=0):
    return alert_rules.add_rule(
        brand=brand, kind=kind, threshold=threshold, hours=hours, actor=None
    )


def look() -> None:
    tally.fold_until_settled()
    tasks.watch_alerts()


def vote(idea, number: int) -> list:
    people = [make_user() for _n in range(number)]
    for user in people:
        cast_as_user(code=idea.code, user_id=user.pk, value=1)
    look()
    return people


def withdraw(idea, people) -> None:
    for user in people:
        cast_as_user(code=idea.code, user_id=user.pk, value=0)
    look()


def made_old(idea, age) -> None:
    Vote.objects.filter(idea=idea).update(at=timezone.now() - age)


def told(idea, kind="idea.threshold") -> int:
    return Activity.objects.filter(kind=kind, subject_code=idea.code).count()


def test_an_idea_that_passes_a_threshold_is_told_once(idea, rule):
    vote(idea, 4)
    assert told(idea) == 0
    vote(idea, 1)
    vote(idea, 3)
    assert told(idea) == 1
    activity = Activity.objects.get(kind="idea.threshold")
    assert (activity.private, activity.brand) == (True, idea.brand)
    assert activity.data == {
        "title": idea.title, "rule": "supporters", "figure": 5, "threshold": 5, "hours": 0,
    }  # fmt: skip
    assert Alert.objects.get().figure == 5


def test_swinging_round_the_threshold_raises_one_alert(idea, rule):
    people = vote(idea, 5)
    for _swing in range(3):
        withdraw(idea, people[:1])  # four of five: not clearly below
        for user in people[:1]:
            cast_as_user(code=idea.code, user_id=user.pk, value=1)
        look()
    assert (told(idea), Alert.objects.count()) == (1, 1)


def test_clearly_below_lowers_it_and_coming_back_raises_it_again(idea, rule):
    people = vote(idea, 5)
    withdraw(idea, people[:2])
    assert Alert.objects.count() == 0
    vote(idea, 2)
    assert told(idea) == 2


def test_votes_of_a_span_rise_with_votes_and_fall_with_time(idea, brand):
    add(brand, AlertKind.VOTES, threshold=4, hours=24)
    vote(idea, 3)
    made_old(idea, 25 * HOUR)
    vote(idea, 3)
    assert told(idea) == 0
    vote(idea, 1)
    assert told(idea) == 1
    made_old(idea, 25 * HOUR)
    tasks.watch_alerts()  # no vote since: time alone lowers it
    assert Alert.objects.count() == 0
    vote(idea, 4)
    assert told(idea) == 2


def test_votes_against_are_no_votes_for_it(brand):
    idea = make_idea(make_challenge(brand, mode=Mode.UP_DOWN))
    add(brand, AlertKind.VOTES, threshold=2, hours=1)
    for value in (1, -1, -1):
        cast_as_user(code=idea.code, user_id=make_user().pk, value=value)
    look()
    assert told(idea) == 0


def test_every_brand_hears_of_a_burst_and_it_ends_below_half(idea):
    vote(idea, 9)
    assert told(idea, "idea.burst") == 0
    vote(idea, 1)
    vote(idea, 5)
    assert told(idea, "idea.burst") == 1
    assert Activity.objects.get(kind="idea.burst").data["figure"] == 10
    later = Vote.objects.order_by("pk").values_list("pk", flat=True)
    Vote.objects.filter(pk__in=list(later[:9])).update(at=timezone.now() - 2 * HOUR)
    tasks.watch_alerts()
    assert Alert.objects.count() == 1  # six in the last hour
    Vote.objects.filter(pk__in=list(later[:11])).update(at=timezone.now() - 2 * HOUR)
    tasks.watch_alerts()
    assert Alert.objects.count() == 0


def test_what_is_usual_for_an_idea_is_no_burst(idea, challenge):
    vote(idea, 60)
    made_old(idea, 5 * HOUR)
    Alert.objects.all().delete()
    vote(idea, 12)
    assert told(idea, "idea.burst") == 1  # of the sixty
    quiet = make_idea(challenge)
    vote(quiet, 12)
    assert told(quiet, "idea.burst") == 1


def test_imported_votes_and_a_keys_votes_are_no_burst(idea, brand, make_secret_key):
    key = make_secret_key(brand)
    names = {"external_id": None, "email": None, "name": ""}
    for n in range(15):
        cast_on_behalf(code=idea.code, key=key, value=1, **names | {"external_id": f"a{n}"})
    past = [
        PastVote(n, idea.code, claimed(brand=brand, key=key, **names | {"external_id": f"b{n}"}).pk,
                 1, timezone.now())
        for n in range(15)
    ]  # fmt: skip
    replay(past, source=Source.IMPORTED)
    look()
    assert told(idea, "idea.burst") == 0
    add(brand, AlertKind.VOTES, threshold=16, hours=1)
    cast_on_behalf(code=idea.code, key=key, value=1, **names | {"external_id": "c"})
    look()
    assert Activity.objects.get(kind="idea.threshold").data["figure"] == 16  # but none imported


def test_an_import_raises_one_alert_for_each_idea_and_rule(brand, rule, challenge, make_secret_key):
    ideas = [make_idea(challenge) for _n in range(3)]
    key = make_secret_key(brand)
    people = [
        claimed(brand=brand, key=key, external_id=f"p{n}", email=None, name="") for n in range(30)
    ]
    year = timezone.now() - timedelta(days=365)
    add(brand, AlertKind.VOTES, threshold=5, hours=168)
    past = [PastVote(1, idea.code, one.pk, 1, year) for one in people for idea in ideas]
    for part in (past[:40], past[40:]):
        replay(part)
        look()
    assert [told(idea) for idea in ideas] == [1, 1, 1]


def test_what_is_adopted_is_listed_and_nobody_is_told(brand, challenge):
    idea, other = make_idea(challenge), make_idea(challenge)
    AlertRule.objects.create(brand=brand, kind=AlertKind.SUPPORTERS, threshold=10)
    for _n in range(12):
        cast_as_user(code=idea.code, user_id=make_user().pk, value=1)
    tally.fold_until_settled()
    alerts.adopt(brand=brand)
    vote(idea, 1)
    vote(other, 12)
    assert [told(idea), told(idea, "idea.burst")] == [0, 0]
    assert [told(other), told(other, "idea.burst")] == [1, 1]
    assert (
        sorted(one.idea_id for one in alert_rules.raised(brand)) == [idea.pk] * 2 + [other.pk] * 2
    )


def test_who_sets_a_threshold_is_not_told_of_what_is_over_it(idea, brand):
    vote(idea, 6)
    rule = add(brand, threshold=5)
    assert Alert.objects.get().figure == 6
    look()
    alert_rules.change_rule(brand=brand, code=rule.code, threshold=8, hours=0, actor=None)
    assert not Alert.objects.exists()
    vote(idea, 1)
    assert told(idea) == 0
    vote(idea, 1)
    assert told(idea) == 1


def test_a_blind_round_raises_nothing_until_its_counts_are_shown(brand, rule):
    blind = make_challenge(
        brand, phases=[{"title": "B", "verbs": ["submit", "vote"], "hides_counts": True}]
    )
    idea = make_idea(blind)
    vote(idea, 6)
    assert (told(idea), alert_rules.raised(brand)) == (0, [])
    blind.rules.phases.update(hides_counts=False)
    tasks.watch_alerts()  # no vote since: the reveal alone is the news
    tasks.watch_alerts()
    assert told(idea) == 1
    blind.rules.phases.update(hides_counts=True)
    assert alert_rules.raised(brand) == []


def test_hidden_ideas_raise_nothing_and_are_not_listed(idea, rule, brand, alice):
    people = [make_user() for _n in range(5)]
    for user in people:
        cast_as_user(code=idea.code, user_id=user.pk, value=1)
    set_hidden(idea=idea, hidden=True, actor=alice)
    look()
    assert told(idea) == 0
    set_hidden(idea=idea, hidden=False, actor=alice)
    vote(idea, 1)
    assert len(alert_rules.raised(brand)) == 1
    set_hidden(idea=idea, hidden=True, actor=alice)
    assert alert_rules.raised(brand) == []


def test_a_brand_hears_of_its_own_ideas_by_its_own_rules(idea, rule, mallory):
    rival = make_brand("other", owner=mallory)
    theirs = make_idea(make_challenge(rival))
    vote(theirs, 6)
    vote(idea, 5)
    assert (told(theirs), told(idea)) == (0, 1)


def test_a_burst_switched_off_is_not_told(idea, brand):
    alert_rules.set_burst(brand=brand, active=False, least=10, actor=None)
    vote(idea, 12)
    assert told(idea, "idea.burst") == 0
    alert_rules.set_burst(brand=brand, active=True, least=20, actor=None)
    vote(idea, 1)
    assert told(idea, "idea.burst") == 0
    vote(idea, 7)
    assert told(idea, "idea.burst") == 1


def test_four_looks_at_once_tell_once(idea, rule):
    for _n in range(5):
        cast_as_user(code=idea.code, user_id=make_user().pk, value=1)
    tally.fold_until_settled()
    with another_connection() as gate:
        gate.execute("LOCK TABLE ideas_alert IN SHARE MODE")
        crowd = Crowd([alerts.watch] * 4)
        for _n in range(1_500):  # three find the fourth at work
            if crowd.answers.count(0) == 3:
                break
            Event().wait(0.02)
    assert sorted(crowd.finish()) == [0, 0, 0, 1]
    assert told(idea) == 1


def test_a_look_waits_for_no_change_of_a_rule_and_the_change_sees_what_it_raised(idea, rule, brand):
    for _n in range(6):
        cast_as_user(code=idea.code, user_id=make_user().pk, value=1)
    tally.fold_until_settled()
    change = partial(
        alert_rules.change_rule, brand=brand, code=rule.code, threshold=6, hours=0, actor=None
    )
    with another_connection() as gate:
        gate.execute("LOCK TABLE ideas_alert IN SHARE MODE")
        changing = Crowd([change])
        changing.wait_until_all_wait()
        assert alerts.watch() == 0
    changing.finish()
    look()
    assert (told(idea), Alert.objects.count()) == (0, 1)  # whoever set it knows


def test_a_look_that_dies_after_telling_tells_again_later_and_only_once(idea, rule):
    for _n in range(5):
        cast_as_user(code=idea.code, user_id=make_user().pk, value=1)
    tally.fold_until_settled()

    def die(**_kwargs):
        raise ConnectionError

    activity_recorded.connect(die)
    try:
        with pytest.raises(ConnectionError):
            tasks.watch_alerts()
    finally:
        activity_recorded.disconnect(die)
    assert (told(idea), Alert.objects.count()) == (0, 0)
    look()
    look()
    assert told(idea) == 1


def test_only_ideas_with_fresh_votes_or_a_rate_that_is_up_are_looked_at(
    idea, rule, django_assert_num_queries
):
    vote(idea, 5)
    # begin, cursor, newest, reveal, watched, hush, commit
    with django_assert_num_queries(7):
        alerts.watch()


@pytest.mark.parametrize("number", [1, 3])
def test_a_look_costs_the_same_for_one_and_three_ideas(
    brand, rule, challenge, number, django_assert_num_queries
):
    people = [make_user() for _n in range(4)]
    for idea in [make_idea(challenge) for _n in range(number)]:
        for user in people:
            cast_as_user(code=idea.code, user_id=user.pk, value=1)
    tally.fold_until_settled()
    # begin, cursor, newest, reveal, watched, hush, move on, known, brands, rules, seen, commit
    with django_assert_num_queries(12):
        alerts.watch()


@pytest.mark.parametrize(
    ("kind", "threshold", "hours", "field"),
    [
        ("supporters", 0, 0, "threshold"),
        ("supporters", 1_000_001, 0, "threshold"),
        ("votes", 5, 0, "hours"),
        ("votes", 5, 169, "hours"),
        ("burst", 5, 1, "kind"),
        ("nonsense", 5, 1, "kind"),
    ],
)
def test_a_rule_out_of_bounds_is_refused(brand, kind, threshold, hours, field):
    with pytest.raises(Invalid) as refused:
        add(brand, kind, threshold, hours)
    assert list(refused.value.fields) == [field]
    assert not AlertRule.objects.exists()


def test_a_threshold_is_there_once_and_ten_are_enough(brand):
    add(brand, AlertKind.VOTES, 5, 24)
    with pytest.raises(Invalid, match="invalid"):
        add(brand, AlertKind.VOTES, 5, 24)
    for n in range(9):
        add(brand, threshold=n + 1)
    with pytest.raises(Invalid):
        add(brand, threshold=99)
    with pytest.raises(Invalid):
        alert_rules.set_burst(brand=brand, active=True, least=0, actor=None)


def test_a_rule_of_another_brand_is_not_found(rule, mallory):
    rival = mallory.memberships.get().brand
    with pytest.raises(NotFound):
        alert_rules.remove_rule(brand=rival, code=rule.code, actor=mallory)
    with pytest.raises(NotFound):
        alert_rules.change_rule(brand=rival, code=rule.code, threshold=1, hours=0, actor=mallory)


def test_a_rule_goes_with_its_alerts_and_every_change_is_on_the_record(idea, rule, brand, bob):
    vote(idea, 5)
    alert_rules.remove_rule(brand=brand, code=rule.code, actor=bob)
    assert (Alert.objects.count(), alert_rules.rules_of(brand)) == (0, [])
    changed = Activity.objects.filter(kind="alerts.changed").order_by("pk")
    assert [(one.actor, one.private) for one in changed] == [(None, True)] * 2 + [(bob, True)]
