"""What a reader finds in their inbox, and what they can do there."""

import pytest

from accounts.domain import activity
from accounts.enums import Visibility
from accounts.models import Brand, Membership, User
from cocreate.lib.pages import BadCursor
from notifications import tasks
from notifications.access import inbox_of, unread_count
from notifications.domain import headlines
from notifications.domain.inbox import mark_read

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(brand: Brand) -> None:
    """Three ideas rose, one after the other."""
    for rank in (3, 2, 1):
        data = {"rank": rank, "title": f"Idea {rank}"}
        activity.record(
            "idea.top", subject=("idea", f"code{rank}"), brand=brand, private=True, data=data
        )
    tasks.dispatch_activities()


def ranks(user: User, **where) -> list[int]:
    return [notice.activity.data["rank"] for notice in inbox_of(user, **where).items]


def test_the_newest_notice_comes_first_and_says_what_happened(told: None, alice: User):
    (line, *_older) = headlines.lines_of(inbox_of(alice).items)
    assert ranks(alice) == [1, 2, 3]
    assert line.headline == "“Idea 1” rose to place 1 at Mio Motors."
    assert line.path == "/i/code1/idea-1/"


def test_pages_follow_one_another_without_gap_or_repeat(told: None, alice: User):
    first = inbox_of(alice, limit=2)
    second = inbox_of(alice, cursor=first.next, limit=2)
    assert [n.activity.data["rank"] for n in first.items + second.items] == [1, 2, 3]
    assert second.next is None


def test_a_bad_cursor_is_refused(alice: User):
    with pytest.raises(BadCursor):
        inbox_of(alice, cursor="nonsense")


@pytest.mark.parametrize("limit", [1, 3])
def test_a_page_is_two_queries(told: None, alice: User, limit: int, django_assert_num_queries):
    with django_assert_num_queries(2):  # the notices, and the ideas that they are of
        for line in headlines.lines_of(inbox_of(alice, limit=limit).items):
            assert line.headline
            assert line.path


def test_marking_some_or_all_as_read(told: None, alice: User, bob: User):
    newest = inbox_of(alice).items[0]
    assert unread_count(alice) == 3
    assert mark_read(user=alice, codes=[newest.code]) == 1
    assert unread_count(alice) == 2
    assert mark_read(user=alice) == 2
    assert mark_read(user=alice) == 0
    assert (unread_count(alice), unread_count(bob)) == (0, 3)


def test_nobody_marks_or_reads_the_notices_of_others(told: None, alice: User, mallory: User):
    assert mark_read(user=mallory, codes=[n.code for n in inbox_of(alice).items]) == 0
    assert (unread_count(alice), unread_count(mallory)) == (3, 0)
    assert inbox_of(mallory).items == []


@pytest.mark.parametrize("visibility", Visibility)
def test_what_is_for_the_team_goes_with_the_place_in_the_team(
    told: None, brand: Brand, bob: User, visibility: Visibility
):
    Brand.objects.update(visibility=visibility)
    assert unread_count(bob) == 3
    Membership.objects.get(brand=brand, user=bob).delete()
    assert (unread_count(bob), inbox_of(bob).items) == (0, [])
