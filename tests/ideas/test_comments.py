"""What people say about an idea, and what the brand answers."""

from datetime import timedelta
from functools import partial

import pytest
from django.db.models import F

from accounts.models import Activity, Participant
from cocreate.lib.errors import Invalid, NotAllowed, NotFound
from cocreate.lib.pages import BadCursor
from ideas.access import comment_or_404
from ideas.domain import comments, decisions, follows, ideas
from ideas.domain.comments import (
    CommentsClosed,
    CommentsEnded,
    ParentGone,
    TooLateToChange,
    answers_of,
    comments_page,
    post,
)
from ideas.domain.decisions import TooLateToUndo
from ideas.enums import CommentSort, Status
from ideas.models import Comment, Follow, Score
from tests.factories import make_brand, make_challenge, make_idea, make_participant
from tests.gate import Crowd, another_connection

pytestmark = pytest.mark.django_db


@pytest.fixture
def author(brand, charlie) -> Participant:
    return make_participant(brand, charlie)


def said(idea, sort=CommentSort.OLD, **over):
    return [comment.body for comment in comments_page(idea=idea, sort=sort, **over).items]


def counted(idea) -> int:
    return Score.objects.get(pk=idea.pk).comments


def age(comment, minutes: float) -> None:
    Comment.objects.filter(pk=comment.pk).update(
        created_at=F("created_at") - timedelta(minutes=minutes)
    )
    comment.refresh_from_db()


def wrong(refusal) -> list[str]:
    return [code for code, _sentence in refusal.value.fields["body"]]


def test_a_comment_is_tidied_counted_and_on_the_record(idea, author):
    comment = post(idea=idea, author=author, body="  Good.\r\nVery.\x00 ", actor=author.user)
    assert (comment.body, comment.depth, comment.official) == ("Good.\nVery.", 1, False)
    assert counted(idea) == 1
    told = Activity.objects.get(kind="comment.posted")
    assert (told.subject_code, told.participant) == (idea.code, author)
    assert (told.data, told.due_at) == ({"comment": comment.code}, None)


def test_nobody_but_the_brand_speaks_without_a_name(idea):
    with pytest.raises(NotAllowed):
        post(idea=idea, author=None, body="Who am I?")
    assert post(idea=idea, author=None, body="We.", official=True).author is None


def test_20000_characters_are_taken_and_20001_are_not(idea, author):
    assert len(post(idea=idea, author=author, body="x" * 20_000).body) == 20_000
    with pytest.raises(Invalid) as refusal:
        post(idea=idea, author=author, body="x" * 20_001)
    assert wrong(refusal) == ["too_long"]


@pytest.mark.parametrize("nothing", ["", " \n\t ", "\x00\x07"])
def test_nothing_is_not_a_comment(idea, author, nothing):
    with pytest.raises(Invalid) as refusal:
        post(idea=idea, author=author, body=nothing)
    assert wrong(refusal) == ["required"]
    assert not Comment.objects.exists()


def test_replies_nest_four_deep_and_deeper_ones_stand_beside(idea, author):
    parent, depths = None, []
    for n in range(6):
        parent = post(idea=idea, author=author, body=str(n), parent=parent)
        depths.append(parent.depth)
    assert depths == [1, 2, 3, 4, 4, 4]
    assert said(idea) == list("012345")
    assert {comment.thread for comment in Comment.objects.all()} == {Comment.objects.first().pk}


def test_a_reply_to_a_comment_of_another_idea_is_refused(idea, challenge, author):
    elsewhere = post(idea=make_idea(challenge), author=author, body="Elsewhere")
    with pytest.raises(NotFound):
        post(idea=idea, author=author, body="Here", parent=elsewhere)


def test_what_is_hidden_or_deleted_takes_no_reply(idea, author):
    hidden, deleted = (post(idea=idea, author=author, body=word) for word in ("One", "Two"))
    comments.set_hidden(comment=hidden, hidden=True, actor=None)
    comments.delete(comment=deleted, actor=author.user)
    for parent in (hidden, deleted):
        with pytest.raises(ParentGone):
            post(idea=idea, author=author, body="So?", parent=parent)


def test_somebody_stopped_or_erased_says_nothing(idea, author):
    comment = post(idea=idea, author=author, body="Before")
    Participant.objects.filter(pk=author.pk).update(active=False)
    with pytest.raises(NotAllowed):
        post(idea=idea, author=author, body="After")
    with pytest.raises(NotAllowed):
        comments.edit(comment=comment, body="After", actor=author.user)
    assert said(idea) == ["Before"]


def test_where_the_phase_takes_no_comments_only_the_brand_speaks(brand, author):
    challenge = make_challenge(brand, phases=[{"title": "Choose", "verbs": ["vote"]}])
    comment_phase = make_challenge(brand, phases=[{"title": "Talk", "verbs": ["comment"]}])
    quiet = make_challenge(brand, phases=[{"title": "Post", "verbs": ["submit"]}])
    idea = make_idea(quiet, author=author)
    for found in (challenge, quiet):
        ideas.Idea.objects.filter(pk=idea.pk).update(challenge=found)
        with pytest.raises(CommentsClosed):
            post(idea=idea, author=author, body="May I?")
    post(idea=idea, author=None, official=True, body="We may.")
    ideas.Idea.objects.filter(pk=idea.pk).update(challenge=comment_phase)
    post(idea=idea, author=author, body="Now I may.")
    assert said(idea) == ["We may.", "Now I may."]


def test_a_status_that_ends_comments_ends_them_for_all_but_the_brand(idea, author, bob):
    mine = post(idea=idea, author=author, body="In time")
    decisions.set_status(idea=idea, status=Status.ARCHIVED, actor=bob)
    with pytest.raises(CommentsEnded):
        post(idea=idea, author=author, body="Too late")
    with pytest.raises(CommentsEnded):
        comments.edit(comment=mine, body="Too late", actor=author.user)
    comments.answer(idea=idea, body="It went to the archive.", actor=bob)
    decisions.set_status(idea=idea, status=Status.UNDER_REVIEW, actor=bob)
    post(idea=idea, author=author, body="Again")
    assert said(idea) == ["In time", "It went to the archive.", "Again"]


def test_a_hidden_idea_takes_no_comments(idea, author, bob):
    ideas.set_hidden(idea=idea, hidden=True, actor=bob)
    with pytest.raises(CommentsEnded):
        post(idea=idea, author=author, body="Hello?")


@pytest.mark.django_db(transaction=True)
def test_no_comment_slips_in_behind_a_status_that_is_being_set(idea, author):
    with another_connection() as manager:
        manager.execute("SELECT FROM ideas_idea WHERE id = %s FOR NO KEY UPDATE", [idea.pk])
        crowd = Crowd([partial(post, idea=idea, author=author, body=f"{n}") for n in range(3)])
        crowd.wait_until_all_wait()
        manager.execute("UPDATE ideas_idea SET status = 'archived' WHERE id = %s", [idea.pk])
    assert crowd.outcomes() == {"idea_closed": 3}
    assert said(idea) == []


@pytest.mark.django_db(transaction=True)
def test_a_status_waits_for_the_comment_that_is_being_posted(idea, author, bob):
    with another_connection() as gate:
        gate.execute("LOCK TABLE ideas_comment IN SHARE MODE")
        writer = Crowd([partial(post, idea=idea, author=author, body="First")])
        writer.wait_until_all_wait()
        status = partial(decisions.set_status, idea=idea, status=Status.ARCHIVED, actor=bob)
        manager = Crowd([status])
        manager.wait_until_all_wait()
    assert writer.finish() == [Comment.objects.get()]
    (decision,) = manager.finish()
    assert decision.at >= Comment.objects.get().created_at


@pytest.mark.django_db(transaction=True)
def test_whoever_is_being_stopped_says_nothing_any_more(idea, author):
    with another_connection() as manager:
        manager.execute("UPDATE accounts_participant SET active = false WHERE id = %s", [author.pk])
        crowd = Crowd([partial(post, idea=idea, author=author, body="Still here")])
        crowd.wait_until_all_wait()
    assert crowd.outcomes() == {"not_allowed": 1}


@pytest.mark.django_db(transaction=True)
def test_30_comments_at_once_are_counted_exactly(idea, brand):
    people = [make_participant(brand) for _n in range(10)]
    calls = [
        partial(post, idea=idea, author=person, body=f"{n}") for person in people for n in range(3)
    ]
    Crowd(calls).finish()
    assert counted(idea) == Comment.objects.count() == 30


def test_an_answer_is_official_pinned_and_told_later(idea, bob, settings):
    settings.UNDO_SECONDS = 60
    first = comments.answer(idea=idea, body="We look at it.", actor=bob)
    second = comments.answer(idea=idea, body="We build it.", actor=bob)
    assert answers_of(idea) == [second, first]
    assert (first.official, first.pinned, first.author, first.actor) == (True, True, None, bob)
    told = Activity.objects.filter(kind="answer.posted").latest("id")
    assert told.data == {"comment": second.code}
    assert told.due_at - told.at > timedelta(seconds=55)


def test_an_answer_is_taken_back_in_time_and_not_later(idea, bob, settings):
    settings.UNDO_SECONDS = 60
    kept, regretted = (comments.answer(idea=idea, body=word, actor=bob) for word in ("A", "B"))
    age(kept, 2)
    comments.undo_answer(comment=regretted, actor=bob)
    with pytest.raises(TooLateToUndo):
        comments.undo_answer(comment=kept, actor=bob)
    with pytest.raises(TooLateToUndo):
        comments.undo_answer(comment=regretted, actor=bob)
    assert answers_of(idea) == [kept]
    assert not Comment.objects.filter(body="B").exists()


def test_what_a_member_said_is_not_undone_as_an_answer(idea, author, bob):
    comment = post(idea=idea, author=author, body="Mine")
    with pytest.raises(TooLateToUndo):
        comments.undo_answer(comment=comment, actor=bob)


def test_its_author_changes_a_comment_for_half_an_hour(idea, author):
    comment = post(idea=idea, author=author, body="Befour")
    age(comment, 29.5)
    changed = comments.edit(comment=comment, body="Before", actor=author.user)
    assert (changed.body, changed.edited_at is None) == ("Before", False)
    age(comment, 1)
    with pytest.raises(TooLateToChange):
        comments.edit(comment=comment, body="After", actor=author.user)
    with pytest.raises(TooLateToChange):
        comments.delete(comment=comment, actor=author.user)
    assert said(idea) == ["Before"]


def test_saying_the_same_again_is_no_change(idea, author):
    comment = post(idea=idea, author=author, body="Same")
    assert comments.edit(comment=comment, body=" Same ", actor=author.user).edited_at is None
    assert not Activity.objects.filter(kind="comment.edited").exists()


def test_nobody_changes_what_somebody_else_said(idea, author, alice, bob, rita, mallory):
    comment = post(idea=idea, author=author, body="Mine")
    for actor in (alice, bob, rita, mallory, None):
        with pytest.raises(NotAllowed):
            comments.edit(comment=comment, body="Yours", actor=actor)
        with pytest.raises(NotAllowed):
            comments.delete(comment=comment, actor=actor)
    assert said(idea) == ["Mine"]


def test_who_answers_for_the_brand_changes_what_it_said_at_any_time(
    idea, alice, bob, rita, mallory
):
    answer = comments.answer(idea=idea, body="Yes", actor=bob)
    age(answer, 60 * 24)
    for actor in (rita, mallory):
        with pytest.raises(NotAllowed):
            comments.edit(comment=answer, body="No", actor=actor)
    comments.edit(comment=answer, body="Yes, in May", actor=alice)
    assert [one.body for one in answers_of(idea)] == ["Yes, in May"]
    comments.delete(comment=answer, actor=None)  # a key
    assert answers_of(idea) == []


def test_a_deleted_comment_keeps_its_place_without_text_or_name(idea, author, brand):
    first = post(idea=idea, author=author, body="Regretted")
    post(idea=idea, author=make_participant(brand), body="Why?", parent=first)
    comments.delete(comment=first, actor=author.user)
    empty, reply = comments_page(idea=idea, sort=CommentSort.OLD).items
    assert (empty.body, empty.author, reply.body) == ("", None, "Why?")
    assert reply.parent.author is None
    assert not Comment.objects.filter(body="Regretted").exists()
    assert counted(idea) == 1
    with pytest.raises(NotFound):
        comments.delete(comment=first, actor=author.user)


def test_a_hidden_comment_keeps_its_place_and_the_team_alone_reads_it(idea, author, bob):
    comment = post(idea=idea, author=author, body="Rude")
    comments.set_hidden(comment=comment, hidden=True, actor=bob, reason="Rude.")
    comments.set_hidden(comment=comment, hidden=True, actor=bob, reason="Again.")
    assert (said(idea), said(idea, for_team=True), counted(idea)) == ([""], ["Rude"], 0)
    told = Activity.objects.get(kind="comment.hidden")
    assert told.data == {"comment": comment.code, "reason": "Rude."}
    assert (told.participant, told.private) == (author, True)
    comments.set_hidden(comment=comment, hidden=False, actor=bob)
    assert (said(idea), counted(idea)) == (["Rude"], 1)
    assert Activity.objects.filter(kind="comment.shown").count() == 1


def test_its_author_changes_nothing_that_is_hidden(idea, author, bob):
    comment = post(idea=idea, author=author, body="Rude")
    comments.set_hidden(comment=comment, hidden=True, actor=bob)
    with pytest.raises(NotAllowed):
        comments.edit(comment=comment, body="Polite", actor=author.user)
    with pytest.raises(NotAllowed):
        comments.delete(comment=comment, actor=author.user)


@pytest.fixture
def threads(idea, author):
    """Two threads; the second reply of the first came last."""
    one = post(idea=idea, author=author, body="1")
    two = post(idea=idea, author=author, body="2")
    post(idea=idea, author=author, body="2.1", parent=two)
    post(idea=idea, author=author, body="1.1", parent=one)
    return idea


def test_threads_stand_together_the_oldest_or_the_newest_first(threads):
    assert said(threads) == ["1", "1.1", "2", "2.1"]
    assert said(threads, CommentSort.NEW) == ["2", "2.1", "1", "1.1"]


@pytest.mark.parametrize("sort", CommentSort)
def test_pages_of_one_give_every_comment_once_in_order(threads, sort):
    found, cursor = [], ""
    while cursor is not None:
        page = comments_page(idea=threads, sort=sort, cursor=cursor, limit=1)
        found += [comment.body for comment in page.items]
        cursor = page.next
    assert found == said(threads, sort)


def test_a_cursor_of_another_order_or_idea_or_of_nonsense_is_refused(threads, challenge, author):
    cursor = comments_page(idea=threads, sort=CommentSort.OLD, limit=1).next
    assert "thread" not in cursor
    other = make_idea(challenge)
    for idea, sort, bad in [
        (threads, CommentSort.NEW, cursor),
        (other, CommentSort.OLD, cursor),
        (threads, CommentSort.OLD, "nonsense"),
        (threads, CommentSort.OLD, "WyJvbGQiLCJcdTAwMDAiXQ"),  # a NUL
    ]:
        with pytest.raises(BadCursor):
            comments_page(idea=idea, sort=sort, cursor=bad)


@pytest.mark.parametrize("count", [1, 30])
def test_a_page_of_comments_costs_one_query_however_many(
    idea, author, brand, count, django_assert_num_queries
):
    parent = None
    for n in range(count):
        parent = post(idea=idea, author=make_participant(brand), body=str(n), parent=parent)
    with django_assert_num_queries(1):
        for comment in comments_page(idea=idea, sort=CommentSort.OLD).items:
            assert comment.author.user.handle
            assert comment.parent is None or comment.parent.author.user.handle


def test_commenting_follows_the_idea_unless_they_said_no(idea, author, charlie):
    post(idea=idea, author=author, body="One")
    assert follows.follows(idea=idea, user=charlie)
    follows.unfollow(idea=idea, participant=author)
    post(idea=idea, author=author, body="Two")
    assert not follows.follows(idea=idea, user=charlie)
    assert Follow.objects.filter(participant=author).count() == 1


def test_who_gets_a_comment_and_who_is_told_that_there_is_none(
    idea, author, charlie, bob, rita, mallory
):
    comment = post(idea=idea, author=author, body="Here")
    people = [charlie, bob, rita, mallory, None]

    def readers():
        found = []
        for user in people:
            try:
                found.append(comment_or_404(user, comment.code) == comment)
            except NotFound:
                found.append(False)
        return found

    assert readers() == [True] * 5
    comments.set_hidden(comment=comment, hidden=True, actor=bob)
    assert readers() == [False, True, True, False, False]
    comments.set_hidden(comment=comment, hidden=False, actor=bob)
    ideas.set_hidden(idea=idea, hidden=True, actor=bob)
    assert readers() == [False, True, True, False, False]
    comments.delete(comment=comment, actor=charlie)
    assert readers() == [False] * 5


def test_a_comment_of_a_closed_community_is_not_there_for_a_stranger(alice, charlie):
    club = make_brand("club", owner=alice, visibility="members")
    idea = make_idea(make_challenge(club))
    comment = post(idea=idea, author=make_participant(club, alice), body="Inside")
    assert comment_or_404(alice, comment.code) == comment
    with pytest.raises(NotFound):
        comment_or_404(charlie, comment.code)
    assert comment_or_404(None, comment.code, brand=club) == comment
    with pytest.raises(NotFound):
        comment_or_404(None, comment.code, brand=make_brand("other"))
