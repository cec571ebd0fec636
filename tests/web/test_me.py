"""A member's own page."""

import pytest
from django.utils import timezone

from accounts.domain import activity
from accounts.enums import Visibility
from accounts.models import Brand
from ideas.domain import decisions, follows, votes
from ideas.domain.deleting import delete_idea
from ideas.enums import Mode, Period, Status
from ideas.models import Idea
from ideas.rules import KEPT
from notifications.models import Notice
from tests.factories import make_brand, make_challenge, make_idea, make_participant
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


def test_whoever_follows_a_line_has_read_it_and_no_other(alice, brand, idea):
    followed, other = tell(alice, brand, idea), tell(alice, brand, idea)
    client = reader(alice)
    path = f"/me/notices/{followed.code}/"
    assert f'href="{path}"' in client.get("/me/").content.decode()
    client.head(path)
    for name in ("Sec-Purpose", "Purpose", "X-Moz"):
        client.get(path, headers={name: "prefetch"})
    assert Notice.objects.unread().count() == 2
    assert client.get(path)["Location"] == f"/i/{idea.code}/{idea.slug}/"
    assert [notice.pk for notice in Notice.objects.unread()] == [other.pk]
    page = client.get("/me/").content.decode()
    assert path not in page
    assert f'href="/i/{idea.code}/{idea.slug}/"' in page


def test_nobody_follows_or_reads_the_notice_of_another(alice, bob, brand, idea):
    notice = tell(alice, brand, idea)
    assert reader(bob).get(f"/me/notices/{notice.code}/").status_code == 404
    Brand.objects.update(visibility=Visibility.MEMBERS)
    brand.memberships.all().delete()
    assert reader(alice).get(f"/me/notices/{notice.code}/").status_code == 404
    assert Notice.objects.unread().count() == 1


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
    # session and user, inbox (3), address, brands, teams, deleted, ideas, followed, votes, what was
    # given, budgets, unread in the head
    with django_assert_num_queries(14):
        client.get("/me/")


def titles(page, name) -> list[str]:
    return [one.title for one in page.context[name]]


def test_what_was_taken_up_stands_with_the_name_of_whoever_wrote_it(member, challenge, charlie):
    author = make_participant(challenge.brand, charlie)
    taken, other = (make_idea(challenge, author=author, title=f"A roof {n}") for n in "ab")
    decisions.set_status(idea=taken, status=Status.PLANNED, actor=None)
    page = member.get("/me/")
    assert titles(page, "credits") == [taken.title]
    assert set(titles(page, "ideas")) == {taken.title, other.title}
    assert "1 taken up" in text_of(page)


def test_ideas_of_others_that_are_followed_are_listed(member, challenge, charlie):
    me = make_participant(challenge.brand, charlie)
    make_idea(challenge, author=me, title="My own, which I follow too")
    followed, left = (make_idea(challenge, title=f"Of somebody else {n}") for n in "ab")
    follows.follow(idea=followed, participant=me)
    follows.follow(idea=left, participant=me)
    follows.unfollow(idea=left, participant=me)
    assert titles(member.get("/me/"), "followed") == [followed.title]


def test_the_budgets_that_are_begun_say_what_is_spent_and_when_they_fill_up(member, brand, charlie):
    weekly = make_challenge(brand, slug="weekly", budget=5, budget_period=Period.WEEK)
    marks = make_challenge(
        brand, slug="marks", mode=Mode.POINTS, max_points=3, budget=9, title="How many points?"
    )
    make_challenge(brand, slug="untouched", budget=4)
    votes.cast_as_user(code=make_idea(weekly).code, user_id=charlie.pk, value=1)
    votes.cast_as_user(code=make_idea(marks).code, user_id=charlie.pk, value=3)
    page = member.get("/me/")
    assert "How many points? 3 of 9 spent" in text_of(page)
    assert "1 of 5 spent · new ones on" in text_of(page)
    assert 'href="/b/mio/c/marks/votes/"' in page.content.decode()
    assert len(page.context["accounts"]) == 2


def test_nobody_is_reminded_of_what_they_may_not_see_any_more(member, alice, charlie):
    club = make_brand("club", owner=alice)
    question = make_challenge(club, budget=4)
    found = make_idea(question, title="A secret of the club")
    votes.cast_as_user(code=found.code, user_id=charlie.pk, value=1)
    follows.follow(idea=found, participant=make_participant(club, charlie))
    assert "A secret of the club" in text_of(member.get("/me/"))
    Brand.objects.filter(pk=club.pk).update(visibility=Visibility.MEMBERS)
    page = member.get("/me/")
    assert "A secret of the club" not in text_of(page)
    assert page.context["accounts"] == []


def test_of_a_long_list_the_first_are_shown_and_the_others_unfold(member, challenge, charlie):
    author = make_participant(challenge.brand, charlie)
    for n in range(7):
        make_idea(challenge, author=author, title=f"A roof {n}")
    page = member.get("/me/").content.decode()
    assert page.count("<details") == 1
    assert "2 more" in page
