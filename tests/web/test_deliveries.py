""" "Did I get it?": each notice, and what became of its mail."""

import re
from datetime import timedelta

import pytest
from django.db.models.functions import Now
from django.utils import timezone

from accounts.domain import activity
from accounts.enums import Visibility
from accounts.models import Brand, Membership, User
from notifications import tasks
from notifications.domain import subscriptions
from notifications.domain.inbox import mark_read
from notifications.models import Mail, Notice
from tests.mail import Server, mail_server
from tests.web.conftest import reader, text_of

__all__ = ["mail_server"]

pytestmark = pytest.mark.django_db

PATH = "/me/deliveries/"


def tell(brand: Brand, title: str = "Doors") -> None:
    data = {"rank": 3, "title": title}
    activity.record("idea.top", subject=("idea", "k3v9wx"), brand=brand, private=True, data=data)
    tasks.dispatch_activities()


def page_of(user: User) -> str:
    return text_of(reader(user).get(PATH))


def test_an_empty_page_says_so(member):
    assert "Nothing was sent to you yet." in text_of(member.get(PATH))


def test_a_mail_that_waits_then_was_sent(brand, alice, mail_server: Server):
    tell(brand)
    assert "waits to be sent, in a moment" in page_of(alice)
    tasks.send_due_mail()
    page = page_of(alice)
    assert "“Doors” rose to place 3 at Mio Motors." in page
    assert f"sent to {alice.email}" in page
    assert "unread" in page


def test_where_it_went_stays_true_after_the_address_changed(brand, alice, mail_server: Server):
    before = alice.email
    tell(brand)
    tasks.send_due_mail()
    User.objects.filter(pk=alice.pk).update(email="new@example.org")
    assert f"sent to {before}" in page_of(alice)


def test_what_was_marked_as_read_says_when(brand, alice):
    tell(brand)
    mark_read(user=alice)
    assert "marked as read" in page_of(alice)


def test_a_mail_put_off_names_the_next_try_and_what_was_said(brand, alice, mail_server: Server):
    mail_server.replies[alice.email] = "451 4.3.0 Come back later"
    tell(brand)
    tasks.send_due_mail()
    page = page_of(alice)
    assert "waits; the next try is" in page
    assert "451 4.3.0 Come back later" in page


def test_a_refused_mail_says_by_whom_and_why(brand, alice, mail_server: Server):
    mail_server.replies[alice.email] = "550 5.1.1 <script>Nobody</script>"
    tell(brand)
    tasks.send_due_mail()
    page = reader(alice).get(PATH)
    assert "refused by your mail server:" in text_of(page)
    assert "550 5.1.1 &lt;script&gt;Nobody&lt;/script&gt;" in page.content.decode()
    tell(brand)
    tasks.send_due_mail()
    assert "not sent, because your mail server refuses the address" in page_of(alice)


@pytest.mark.parametrize(
    ("frequency", "words"),
    [
        ("off", "not sent: you chose no mail of this brand"),
        ("daily", "goes into your next mail with others,"),
    ],
)
def test_a_choice_is_named(brand, alice, frequency: str, words: str):
    subscriptions.choose(user=alice, brand=brand, frequency=frequency)
    tell(brand)
    assert words in page_of(alice)


def test_what_a_demo_began_with_blames_no_choice(brand, alice):
    tell(brand)
    Notice.objects.update(pace="")
    assert "never sent: it came with the demo" in page_of(alice)


def test_its_moments_are_told_by_the_clock_of_the_browser_where_no_zone_was_chosen(brand, alice):
    tell(brand)
    page = reader(alice).get(PATH).content.decode()
    assert re.search(r"In your inbox\s+<time datetime=\"[^\"]+\" data-moment>[^<]+UTC</time>", page)


def test_a_digest_names_its_day(brand, alice, mail_server: Server):
    subscriptions.choose(user=alice, brand=brand, frequency="daily")
    tell(brand)
    Notice.objects.filter(user=alice).update(digest_at=Now())
    tasks.build_digests()
    tasks.send_due_mail()
    day = timezone.now()
    assert f"In the mail of {day.day} {day:%B}: sent to {alice.email}" in page_of(alice)


def test_what_may_not_be_read_any_more_is_named_without_its_words(brand, bob, mail_server: Server):
    tell(brand)
    Membership.objects.filter(user=bob).delete()
    Brand.objects.update(visibility=Visibility.MEMBERS)
    tasks.send_due_mail()
    page = page_of(bob)
    assert "Doors" not in page
    assert "Mio Motors" not in page
    assert "Something that you may not read any more" in page
    assert "not sent: there was nothing left to tell" in page


def test_a_mail_given_up_says_so(brand, alice):
    tell(brand)
    Mail.objects.update(state="failed", error="TimeoutError: timed out")
    assert "given up after several tries: timed out" in page_of(alice)


@pytest.mark.parametrize("things", [1, 3])
def test_the_page_costs_the_same_for_one_and_three(
    brand, alice, things: int, django_assert_num_queries
):
    for _n in range(things):
        tell(brand)
    client = reader(alice)
    with django_assert_num_queries(7):
        client.get(PATH)


def test_older_ones_are_a_page_away_without_gap_or_repeat(brand, alice):
    for n in range(21):
        tell(brand, f"Idea {n:02}")
    first = reader(alice).get(PATH)
    assert first.context["next"]
    second = reader(alice).get(f"{PATH}?cursor={first.context['next']}")
    shown = [d.notice.pk for answer in (first, second) for d in answer.context["deliveries"]]
    assert len(shown) == len(set(shown)) == 21
    assert second.context["next"] is None
    assert reader(alice).get(f"{PATH}?cursor=nonsense").status_code == 400


def test_others_see_nothing_of_it(brand, alice, charlie, member):
    tell(brand)
    Mail.objects.update(due_at=Now() - timedelta(seconds=1))
    assert "Nothing was sent to you yet." in text_of(member.get(PATH))
