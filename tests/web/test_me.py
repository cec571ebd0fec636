"""A member's own page."""

import pytest
from django.utils import timezone

from accounts.domain import activity
from accounts.enums import Visibility
from accounts.models import Brand
from ideas.domain import votes
from ideas.domain.deleting import delete_idea
from ideas.models import Idea
from ideas.rules import KEPT
from notifications.models import Notice
from tests.factories import make_idea, make_participant
from tests.web.conftest import reader, text_of
from web.templatetags.words import day


def tell(user, brand, idea):
    happened = activity.record(
        "idea.top", subject=("idea", idea.code), brand=brand, data={"rank": 3, "title": idea.title}
    )
    return Notice.objects.create(user=user, activity=happened)


def test_a_visitor_signs_in_first(visitor, db):
    assert visitor.get("/me/")["Location"] == "/accounts/login/?next=%2Fme%2F"


def test_an_empty_page_says_what_to_do_next(member):
    page = text_of(member.get("/me/"))
    assert "Nothing new." in page
    assert "You have not posted an idea yet." in page
    assert "You have not voted yet." in page


def test_own_ideas_and_votes_are_listed(member, challenge, idea, charlie):
    own = make_idea(challenge, title="My own", author=make_participant(challenge.brand, charlie))
    votes.cast_as_user(code=idea.code, user_id=charlie.pk, value=1)
    page = text_of(member.get("/me/"))
    assert own.title in page
    assert idea.title in page


def test_a_deleted_idea_is_found_again_until_it_is_gone_for_good(member, challenge, charlie):
    own = make_idea(challenge, title="Too early", author=make_participant(challenge.brand, charlie))
    assert "Deleted" not in text_of(member.get("/me/"))
    delete_idea(idea=own, actor=charlie)
    shown = member.get("/me/")
    until = day(own.deleted_at + KEPT)
    assert "Deleted Ideas that you deleted." in text_of(shown)
    assert f"Too early Mio Motors · until {until}" in text_of(shown)
    assert f'href="/i/{own.code}/too-early/"' in shown.content.decode()
    assert "Bring it back" in text_of(member.get(f"/i/{own.code}/too-early/"))
    Idea.objects.update(deleted_at=timezone.now() - KEPT)
    assert "Too early" not in text_of(member.get("/me/"))


def test_nobody_finds_what_others_deleted_or_what_they_may_not_see_any_more(
    member, challenge, charlie, alice
):
    own = make_idea(challenge, title="Too early", author=make_participant(challenge.brand, charlie))
    delete_idea(idea=own, actor=charlie)
    assert "Too early" not in text_of(reader(alice).get("/me/"))
    Brand.objects.update(visibility=Visibility.MEMBERS)
    assert "Too early" not in text_of(member.get("/me/"))


def test_the_inbox_tells_in_words_and_looking_marks_nothing_read(alice, brand, idea):
    notice = tell(alice, brand, idea)
    client = reader(alice)
    assert f"“{idea.title}” rose to place 3 at Mio Motors." in text_of(client.get("/me/"))
    notice.refresh_from_db()
    assert notice.read_at is None


def test_the_button_marks_all_as_read(alice, bob, brand, idea):
    own, foreign = tell(alice, brand, idea), tell(bob, brand, idea)
    client = reader(alice)
    assert "1 new message" in text_of(client.get("/me/"))
    assert client.post("/me/")["Location"] == "/me/"
    own.refresh_from_db()
    foreign.refresh_from_db()
    assert (own.read_at is None, foreign.read_at is None) == (False, True)
    assert "new message" not in text_of(client.get("/me/"))


def test_older_messages_are_a_page_away(alice, brand, idea):
    for _n in range(21):
        tell(alice, brand, idea)
    client = reader(alice)
    first = client.get("/me/")
    second = client.get(f"/me/?cursor={first.context['next']}")
    assert [len(page.context["notices"]) for page in (first, second)] == [20, 1]


def test_the_team_finds_its_desks(rita, brand):
    assert 'href="/desk/mio/"' in reader(rita).get("/me/").content.decode()


@pytest.mark.parametrize("things", [1, 3])
def test_the_page_costs_the_same_for_one_and_three(
    alice, brand, challenge, things, django_assert_num_queries
):
    for _n in range(things):
        tell(alice, brand, make_idea(challenge, author=make_participant(brand, alice)))
        delete_idea(idea=make_idea(challenge, author=make_participant(brand, alice)), actor=alice)
    client = reader(alice)
    # session, user, inbox (2), address, brands, teams, unread, deleted
    with django_assert_num_queries(10):
        client.get("/me/")
