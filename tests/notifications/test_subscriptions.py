"""How often somebody hears of a brand by mail, and what a change does to what waits."""

from datetime import UTC, datetime
from typing import Any

import pytest

from accounts.domain import activity, people
from accounts.enums import Visibility
from accounts.models import Brand, User
from cocreate.lib.errors import Invalid, NotFound
from notifications.domain import outcomes, subscriptions
from notifications.models import Mail, Notice, Subscription
from tests.factories import make_brand
from tests.mail import Server
from tests.notifications.scene import Scene, send, states, told

pytestmark = pytest.mark.django_db


def choose(scene: Scene, frequency: str) -> None:
    subscriptions.choose(user=scene.follower, brand=scene.brand, frequency=frequency)


def notice_of(user: User) -> Notice:
    return Notice.objects.select_related("digest").get(user=user)


def outcome_of(user: User) -> str:
    return outcomes.of(notice_of(user)).code


def test_who_never_chose_hears_at_once(scene: Scene, mail_server: Server):
    scene.comment(scene.stranger)
    send()
    assert len(mail_server.to(scene.follower.email)) == 1


@pytest.mark.parametrize(
    ("frequency", "outcome"), [("off", "off"), ("daily", "next_digest"), ("weekly", "next_digest")]
)
def test_who_chose_otherwise_has_the_notice_and_no_mail_now(
    scene: Scene, mail_server: Server, frequency: str, outcome: str
):
    choose(scene, frequency)
    scene.comment(scene.stranger)
    send()
    assert mail_server.to(scene.follower.email) == []
    assert not Mail.objects.filter(notice__user=scene.follower).exists()
    assert outcome_of(scene.follower) == outcome


def test_a_choice_is_for_one_brand_alone(scene: Scene, mail_server: Server):
    subscriptions.choose(user=scene.follower, brand=make_brand(), frequency="off")
    scene.comment(scene.stranger)
    send()
    assert len(mail_server.to(scene.follower.email)) == 1


@pytest.mark.parametrize("kind", ["key.leaked", "brand.handed_over"])
def test_what_concerns_the_account_comes_at_once_whatever_was_chosen(
    scene: Scene, alice: User, mail_server: Server, kind: str
):
    subscriptions.choose(user=alice, brand=scene.brand, frequency="off")
    activity.record(kind, subject=("key", "cos_12345678"), brand=scene.brand, private=True)
    send()
    (letter,) = mail_server.to(alice.email)
    assert letter.message["List-Unsubscribe"] is None
    assert "/unsubscribe/" not in letter.text + letter.html


@pytest.mark.parametrize("frequency", ["off", "daily", "weekly"])
def test_who_turns_away_takes_what_waits_along(scene: Scene, mail_server: Server, frequency: str):
    scene.comment(scene.stranger)
    told("comment.posted")
    choose(scene, frequency)
    assert states() == {"Author": "queued", "Follower": "dropped"}
    assert outcome_of(scene.follower) == ("off" if frequency == "off" else "next_digest")
    send()
    assert mail_server.to(scene.follower.email) == []


def test_a_choice_made_while_the_notice_was_written_holds_when_the_mail_leaves(
    scene: Scene, mail_server: Server
):
    scene.comment(scene.stranger)
    told("comment.posted")
    Subscription.objects.create(user=scene.follower, brand=scene.brand, frequency="daily")
    send()
    assert mail_server.to(scene.follower.email) == []
    assert outcome_of(scene.follower) == "next_digest"


def test_from_a_day_to_a_week_what_waits_moves(scene: Scene):
    choose(scene, "daily")
    scene.comment(scene.stranger)
    told("comment.posted")
    choose(scene, "weekly")
    waits = notice_of(scene.follower).digest_at
    assert (waits.weekday(), waits.hour, waits.minute) == (0, 8, 0)
    choose(scene, "off")
    assert outcome_of(scene.follower) == "off"
    choose(scene, "daily")
    assert outcome_of(scene.follower) == "off"  # what was turned away does not come back


def test_who_moves_has_the_morning_of_the_new_place(scene: Scene):
    choose(scene, "daily")
    scene.comment(scene.stranger)
    told("comment.posted")
    before = notice_of(scene.follower).digest_at
    profile = {"display_name": "F", "handle": "f-f", "language": "en", "interests": []}
    people.change_profile(user=scene.follower, time_zone="Asia/Kolkata", **profile)
    after = notice_of(scene.follower).digest_at
    assert (before.astimezone(UTC).hour, after.astimezone(UTC).time()) == (
        8,
        datetime(2026, 1, 1, 2, 30, tzinfo=UTC).time(),
    )


def test_the_list_has_teams_and_communities_that_one_still_sees(scene: Scene, mallory: User):
    closed = make_brand("closed", visibility=Visibility.MEMBERS)
    scene.follower.participants.create(brand=closed)
    subscriptions.choose(user=mallory, brand=Brand.objects.get(slug="rival"), frequency="weekly")
    mallory.participants.create(brand=scene.brand)
    found = [(c.brand.slug, c.frequency, c.in_team) for c in subscriptions.choices_of(mallory)]
    assert found == [("mio", "instant", False), ("rival", "weekly", True)]
    assert [c.brand.slug for c in subscriptions.choices_of(scene.follower)] == ["mio"]


def test_only_what_differs_and_what_one_takes_part_in_is_chosen(scene: Scene):
    other = make_brand("other")
    wanted = {"mio": "weekly", "other": "off", "nothing": "off"}
    assert subscriptions.choose_all(user=scene.follower, wanted=wanted) == 1
    assert subscriptions.choose_all(user=scene.follower, wanted=wanted) == 0
    assert not Subscription.objects.filter(brand=other).exists()


def test_an_unknown_frequency_is_refused(scene: Scene):
    with pytest.raises(Invalid):
        choose(scene, "hourly")


@pytest.mark.parametrize("token", ["", "nothing", "x" * 40, "é" * 40, "a\0" * 20, "%00" * 14])
def test_a_wrong_token_finds_nobody(scene: Scene, token: str):
    with pytest.raises(NotFound):
        subscriptions.by_token(token)


def test_the_token_of_a_closed_account_finds_nobody(scene: Scene):
    found: Any = subscriptions.of(scene.follower, scene.brand)
    assert subscriptions.by_token(found.token) == found
    User.objects.filter(pk=scene.follower.pk).update(is_active=False)
    with pytest.raises(NotFound):
        subscriptions.by_token(found.token)


def test_one_idea_alone_is_left_and_the_brand_still_writes(scene: Scene, mail_server: Server):
    subscription = subscriptions.of(scene.follower, scene.brand)
    assert subscriptions.idea_to_leave(subscription, scene.idea.code) == scene.idea
    subscriptions.leave_idea(subscription=subscription, code=scene.idea.code)
    assert subscriptions.idea_to_leave(subscription, scene.idea.code) is None
    scene.comment(scene.stranger)
    assert "Follower" not in told("comment.posted")
    assert subscriptions.of(scene.follower, scene.brand).frequency == "instant"


def test_an_idea_of_another_brand_is_not_left_by_this_link(scene: Scene, mallory: User):
    subscription = subscriptions.of(scene.follower, Brand.objects.get(slug="rival"))
    assert subscriptions.idea_to_leave(subscription, scene.idea.code) is None
    with pytest.raises(NotFound):
        subscriptions.leave_idea(subscription=subscription, code=scene.idea.code)
