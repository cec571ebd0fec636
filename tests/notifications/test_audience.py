"""Who hears of what, for each kind, and who no longer does when the mail leaves."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db.models.functions import Now

from accounts.domain import activity, keys, privacy, stopping
from accounts.enums import Scope, Visibility
from accounts.models import Activity, Brand, Membership, User
from ideas.domain import comments, decisions, follows, ideas, reports, revisions
from ideas.domain.votes import cast_as_user
from ideas.enums import Answer
from ideas.models import CoAuthor, Comment, Idea, Vote
from notifications import tasks
from notifications.domain import headlines, stories
from notifications.domain.inbox import ASKED_BY
from notifications.models import Mail, Notice
from tests.factories import make_participant, make_user
from tests.mail import Server
from tests.notifications.scene import Scene, send, states, told

pytestmark = pytest.mark.django_db

WHY_NOT = "It would have to be longer than the street is wide, sorry."


def test_a_comment_is_told_to_author_and_followers_and_not_to_who_wrote_it(scene: Scene):
    scene.comment(scene.stranger)
    assert told("comment.posted") == {"Author": "author", "Follower": "follower"}


def test_a_reply_is_told_to_whom_it_answers(scene: Scene):
    first = scene.comment(scene.stranger)
    told("comment.posted")
    Notice.objects.all().delete()
    scene.comment(scene.author, "Thank you.", parent=first)
    assert told("comment.posted") == {"Stranger": "answered", "Follower": "follower"}


def test_a_named_person_hears_of_it_once_with_the_strongest_reason(scene: Scene):
    names = " ".join(f"@{one.handle}" for one in (scene.author, scene.follower, scene.voter))
    scene.comment(scene.stranger, f"Ask {names} and @{scene.stranger.handle}!")
    assert told("comment.posted") == {"Author": "author", "Follower": "named", "Voter": "named"}


def test_a_name_calls_nobody_who_takes_no_part_in_the_brand(scene: Scene, mallory: User):
    scene.comment(scene.follower, f"@{mallory.handle} @{scene.bob.handle}")
    assert told("comment.posted") == {"Author": "author", "Bob": "named"}


def test_a_name_calls_nobody_who_may_not_see_the_brand(scene: Scene):
    Brand.objects.update(visibility=Visibility.MEMBERS)
    scene.comment(scene.author, f"@{scene.stranger.handle}")
    assert told("comment.posted") == {}


def test_x12_five_hundred_names_call_ten_people(scene: Scene):
    people = [make_user(f"Crowd {n}") for n in range(20)]
    for one in people:
        make_participant(scene.brand, one)
    names = " ".join(f"@{one.handle}" for one in people * 25)
    scene.comment(scene.author, names)
    assert sum(why == "named" for why in told("comment.posted").values()) == 10


def test_an_answer_of_the_brand_is_told_to_author_and_followers(scene: Scene):
    follows.follow(idea=scene.idea, participant=scene.person(scene.bob))
    scene.answer()
    assert told("answer.posted") == {"Author": "author", "Follower": "follower"}


def test_an_official_reply_is_told_to_whom_it_answers(scene: Scene):
    first = scene.comment(scene.stranger)
    comments.post(
        idea=scene.idea, author=None, body="We are on it.", actor=scene.bob, parent=first,
        official=True,
    )  # fmt: skip
    assert told("answer.posted")["Stranger"] == "answered"


def test_a_decision_is_told_to_author_followers_and_those_who_voted_for_it(scene: Scene):
    scene.decide()
    reasons = {"Author": "author", "Follower": "follower", "Voter": "voter"}
    assert told("status.changed") == reasons


def test_a_vote_that_does_not_count_makes_no_reader(scene: Scene):
    Vote.objects.filter(participant__user=scene.voter).update(state="held")
    scene.decide()
    assert "Voter" not in told("status.changed")


def test_who_posts_follows_and_votes_hears_once(scene: Scene):
    follows.follow(idea=scene.idea, participant=scene.person(scene.voter))
    scene.decide()
    assert told("status.changed")["Voter"] == "follower"


def lapse(scene: Scene) -> None:
    Vote.objects.filter(participant__user=scene.voter).update(state="void")
    activity.record(
        "vote.lapsed", subject=("idea", scene.idea.code), brand=scene.brand,
        participant=scene.person(scene.voter),
    )  # fmt: skip


def test_a_vote_that_lapsed_is_told_to_its_owner_alone(scene: Scene):
    lapse(scene)
    assert told("vote.lapsed") == {"Voter": "self"}


def test_who_has_voted_again_meanwhile_hears_of_no_lapse(scene: Scene):
    lapse(scene)
    cast_as_user(code=scene.idea.code, user_id=scene.voter.pk, value=1)
    assert told("vote.lapsed") == {}


def test_a_stop_that_is_undone_in_time_is_told_to_nobody_and_neither_is_its_end(
    scene: Scene, settings: Any
):
    settings.UNDO_SECONDS = 60
    person = scene.person(scene.stranger)
    stopping.stop(participant=person, actor=scene.bob, reason="A slip of the hand.")
    stopping.allow(participant=person, actor=scene.bob)
    Activity.objects.update(due_at=None)
    assert told("person.stopped") == {}
    assert told("person.allowed") == {}


def test_hiding_that_is_undone_in_time_is_told_to_nobody(scene: Scene, settings: Any):
    settings.UNDO_SECONDS = 60
    ideas.set_hidden(idea=scene.idea, hidden=True, actor=scene.bob, reason="A slip of the hand.")
    assert told("idea.hidden") == {}
    ideas.set_hidden(idea=scene.idea, hidden=False, actor=scene.bob)
    Activity.objects.update(due_at=None)
    assert told("idea.hidden") == {}


def test_an_author_hears_why_their_idea_was_hidden(scene: Scene, mail_server: Server):
    scene.unfollow(scene.author)
    ideas.set_hidden(idea=scene.idea, hidden=True, actor=scene.bob, reason="It is a double.")
    assert told("idea.hidden") == {"Author": "author"}
    send()
    (letter,) = mail_server.to(scene.author.email)
    assert "> It is a double." in letter.text


def test_an_author_hears_why_their_comment_was_hidden(scene: Scene, mail_server: Server):
    comment = scene.comment(scene.stranger)
    send()
    comments.set_hidden(comment=comment, hidden=True, actor=scene.bob, reason="No insults.")
    assert told("comment.hidden") == {"Stranger": "self"}
    send()
    (letter,) = mail_server.to(scene.stranger.email)
    assert "> No insults." in letter.text
    assert letter.subject.startswith("The team of Mio Motors has hidden your comment")


def rewritten(scene: Scene, by: User) -> None:
    ideas.edit_idea(idea=scene.idea, actor=by, body="You are a goat.")
    ideas.edit_idea(idea=scene.idea, actor=scene.author, body="It drinks.")


def hide_revision(scene: Scene, number: int = 2, reason: str = "It insults <b>me</b>.") -> None:
    revisions.set_hidden(
        idea=scene.idea, number=number, hidden=True, actor=scene.bob, reason=reason
    )


def test_who_wrote_a_version_and_the_author_hear_with_its_number_why_it_was_hidden(
    scene: Scene, mail_server: Server
):
    CoAuthor.objects.create(
        idea=scene.idea, participant=scene.person(scene.stranger), answer=Answer.ACCEPTED
    )
    rewritten(scene, scene.stranger)
    send()
    hide_revision(scene)
    assert told("revision.hidden") == {"Stranger": "self", "Author": "author"}
    send()
    for user, why in (
        (scene.stranger, "because you wrote this version."),
        (scene.author, "because you posted this idea."),
    ):
        letter = mail_server.to(user.email)[-1]
        sentence = (
            "The team of Mio Motors has hidden version 2 of “Doors both ways”:"
            " “It insults <b>me</b>.”"
        )
        assert (letter.subject, sentence in letter.text) == (sentence, True)
        assert "<b>me" not in letter.html
        assert f"/i/{scene.idea.code}/history/#hidings" in letter.text
        assert f"You get this {why}" in letter.text
        assert "goat" not in letter.text


def test_a_long_reason_why_a_version_was_hidden_is_in_the_mail_whole(
    scene: Scene, mail_server: Server
):
    rewritten(scene, scene.author)
    send()
    hide_revision(scene, reason=f"{'Long. ' * 40}The end.")
    send()
    letter = mail_server.to(scene.author.email)[-1]
    assert "The end." not in letter.subject
    assert "The end." in letter.text


def test_of_a_version_that_is_shown_again_in_time_or_that_the_author_hides_nobody_hears(
    scene: Scene, settings: Any
):
    rewritten(scene, scene.author)
    settings.UNDO_SECONDS = 60
    hide_revision(scene)
    assert told("revision.hidden") == {}
    revisions.set_hidden(idea=scene.idea, number=2, hidden=False, actor=scene.bob)
    Activity.objects.update(due_at=None)
    assert told("revision.hidden") == {}
    settings.UNDO_SECONDS = 0
    revisions.set_hidden(
        idea=scene.idea, number=2, hidden=True, actor=scene.author, reason="My own."
    )
    assert told("revision.hidden") == {}


def test_a_notice_of_a_version_whose_writer_has_left_says_no_number_and_no_reason(scene: Scene):
    rewritten(scene, scene.author)
    hide_revision(scene)
    told("revision.hidden")
    Activity.objects.filter(kind="revision.hidden").update(data={})
    story = stories.one(Activity.objects.get(kind="revision.hidden"))
    assert headlines.headline(story, "author") == (
        "The team of Mio Motors has hidden an earlier version of “Doors both ways”."
    )


def test_a_report_is_told_to_those_who_may_answer_until_one_has(scene: Scene, rita: User):
    report = reports.report(
        idea=scene.idea, comment=None, reporter=scene.person(scene.stranger), reason="spam"
    )
    assert told("text.reported") == {"Alice": "team", "Bob": "team"}
    reports.settle(report=report, hide=False, actor=scene.bob)
    send()
    assert set(states().values()) == {"dropped"}


@pytest.mark.parametrize("kind", ["idea.top", "idea.threshold", "idea.burst"])
def test_what_rises_is_told_to_the_whole_team(scene: Scene, rita: User, kind: str):
    activity.record(
        kind, subject=("idea", scene.idea.code), brand=scene.brand, private=True,
        data={"title": scene.idea.title, "figure": 5, "threshold": 5, "hours": 1, "rank": 1},
    )  # fmt: skip
    assert told(kind) == {"Alice": "team", "Bob": "team", "Rita": "team"}


def test_who_is_stopped_or_allowed_again_hears_of_it(scene: Scene, mail_server: Server):
    person = scene.person(scene.stranger)
    stopping.stop(participant=person, actor=scene.bob, reason="Insults, three times now.")
    assert told("person.stopped") == {"Stranger": "self"}
    send()
    (letter,) = mail_server.to(scene.stranger.email)
    assert "> Insults, three times now." in letter.text
    assert letter.message["List-Unsubscribe"] is None
    stopping.allow(participant=person, actor=scene.bob)
    assert told("person.allowed") == {"Stranger": "self"}


def test_the_person_who_was_stopped_finds_it_in_the_inbox(scene: Scene):
    stopping.stop(
        participant=scene.person(scene.stranger), actor=scene.bob, reason="Insults, three times."
    )
    told("person.stopped")
    assert Notice.objects.readable_by(scene.stranger).count() == 1


# --- What is not told yet, or never ---------------------------------------------------------------


def test_nobody_hears_of_a_decision_before_it_can_no_longer_be_undone(scene: Scene, settings):
    settings.UNDO_SECONDS = 60
    decision = scene.decide()
    scene.answer()
    assert (told("status.changed"), told("answer.posted")) == ({}, {})
    assert Activity.objects.filter(dispatched_at=None).count() == 2
    Activity.objects.update(due_at=Now() - timedelta(seconds=1))
    decisions.undo(decision=decision, actor=scene.bob)
    assert told("status.changed") == {}
    assert len(told("answer.posted")) == 2


def test_an_answer_taken_back_in_time_is_never_told(scene: Scene, settings):
    settings.UNDO_SECONDS = 60
    comments.undo_answer(comment=scene.answer(), actor=scene.bob)
    Activity.objects.filter(due_at__isnull=False).update(due_at=Now())
    assert told("answer.posted") == {}


# --- Recipients are those who are entitled when the mail leaves ---------------------------------


def leave_unfollowing(scene: Scene) -> None:
    scene.unfollow(scene.follower)


def close_the_account(scene: Scene) -> None:
    User.objects.filter(pk=scene.follower.pk).update(is_active=False)


def make_the_brand_private(scene: Scene) -> None:
    Brand.objects.filter(pk=scene.brand.pk).update(visibility=Visibility.MEMBERS)


def hide_the_idea(scene: Scene) -> None:
    Idea.objects.filter(pk=scene.idea.pk).update(hidden=True)


def hide_the_comment(scene: Scene) -> None:
    Comment.objects.update(hidden=True)


def delete_the_comment(scene: Scene) -> None:
    comments.delete(comment=Comment.objects.get(), actor=scene.stranger)


@pytest.mark.parametrize(
    "loses",
    [
        leave_unfollowing, close_the_account, make_the_brand_private, hide_the_idea,
        hide_the_comment, delete_the_comment,
    ],
)  # fmt: skip
def test_who_may_not_hear_of_a_comment_any_more_gets_no_mail(
    scene: Scene, mail_server: Server, loses: Callable[[Scene], None]
):
    scene.comment(scene.stranger)
    assert "Follower" in told("comment.posted")
    loses(scene)
    send()
    assert mail_server.to(scene.follower.email) == []
    assert states()["Follower"] == "dropped"


def test_whoever_is_admitted_goes_on_hearing_of_a_brand_that_turned_private(
    scene: Scene, mail_server: Server
):
    scene.comment(scene.stranger)
    told("comment.posted")
    scene.follower.participants.update(admitted=True)
    make_the_brand_private(scene)
    send()
    assert states() == {"Author": "dropped", "Follower": "sent"}


def test_an_author_who_turned_away_from_their_idea_hears_nothing_of_it(scene: Scene):
    scene.unfollow(scene.author)
    scene.unfollow(scene.voter)
    scene.comment(scene.stranger, f"@{scene.voter.handle}")
    scene.decide()
    assert told("comment.posted") == {"Follower": "follower"}
    assert told("status.changed") == {"Follower": "follower", "Stranger": "follower"}


def test_a_decision_undone_before_the_mail_leaves_is_not_told(scene: Scene, mail_server, settings):
    decision = scene.decide()
    told("status.changed")
    settings.UNDO_SECONDS = 60
    decisions.undo(decision=decision, actor=scene.bob)
    send()
    assert set(states().values()) == {"dropped"}


def test_a_vote_taken_back_before_the_mail_leaves_makes_no_reader(scene: Scene, mail_server):
    scene.decide()
    told("status.changed")
    Vote.objects.filter(participant__user=scene.voter).update(value=0)
    send()
    assert states() == {"Author": "sent", "Follower": "sent", "Voter": "dropped"}


def test_an_idea_shown_again_before_the_mail_leaves_is_not_called_hidden(scene: Scene, mail_server):
    ideas.set_hidden(idea=scene.idea, hidden=True, actor=scene.bob)
    told("idea.hidden")
    ideas.set_hidden(idea=scene.idea, hidden=False, actor=scene.bob)
    send()
    assert states() == {"Author": "dropped"}


def test_who_left_the_team_hears_nothing_of_what_rises(scene: Scene, mail_server: Server):
    activity.record(
        "idea.burst", subject=("idea", scene.idea.code), brand=scene.brand, private=True,
        data={"title": scene.idea.title, "figure": 9},
    )  # fmt: skip
    told("idea.burst")
    Membership.objects.filter(user=scene.bob).delete()
    send()
    assert (states()["Bob"], states()["Alice"]) == ("dropped", "sent")


def test_nothing_leaves_to_an_account_that_was_erased(scene: Scene, mail_server: Server):
    scene.comment(scene.stranger)
    told("comment.posted")
    privacy.erase(user=scene.follower)
    send()
    assert [letter.to for letter in mail_server.letters] == [[scene.author.email]]


def test_a_reader_hears_the_reason_that_holds_when_the_mail_leaves(scene: Scene, mail_server):
    scene.comment(scene.stranger, f"@{scene.follower.handle}")
    told("comment.posted")
    Comment.objects.update(body="Nobody is named any more.")
    send()
    (letter,) = mail_server.to(scene.follower.email)
    assert "You get this because you follow this idea." in letter.text


def test_ten_thousand_readers_cost_as_many_queries_as_one_does_for_each_thousand(
    scene: Scene, monkeypatch, django_assert_max_num_queries
):
    monkeypatch.setattr("notifications.domain.fanout.CHUNK", 5)
    crowd = [User(email=f"c{n}@x.org", handle=f"c{n}", display_name=f"C{n}") for n in range(20)]
    User.objects.bulk_create(crowd)
    for one in crowd:
        follows.follow(idea=scene.idea, participant=make_participant(scene.brand, one))
    scene.decide()
    with django_assert_max_num_queries(60):
        reasons = told("status.changed")
    assert len(reasons) == 23
    assert Mail.objects.filter(notice__activity__kind="status.changed").count() == 23


def undone_and_done_again(scene: Scene, kind: str, do: Any) -> dict[str, str]:
    """Who hears of it when the time to undo is over; told() takes one notice of each alone."""
    do(True)
    do(False)
    do(True)
    assert Activity.objects.filter(kind=kind).count() == 2
    assert told(kind) == {}
    Activity.objects.update(due_at=None)
    return told(kind)


def test_of_what_was_hidden_shown_and_hidden_again_in_time_its_author_hears_once(
    scene: Scene, settings: Any
):
    rewritten(scene, scene.author)
    comment = scene.comment(scene.stranger)
    send()
    settings.UNDO_SECONDS = 60
    by = {"actor": scene.bob, "reason": "No insults."}
    ways: dict[str, Any] = {
        "revision.hidden": lambda on: revisions.set_hidden(
            idea=scene.idea, number=2, hidden=on, **by
        ),
        "comment.hidden": lambda on: comments.set_hidden(comment=comment, hidden=on, **by),
        "idea.hidden": lambda on: ideas.set_hidden(idea=scene.idea, hidden=on, actor=scene.bob),
    }
    for kind, do in ways.items():
        assert len(undone_and_done_again(scene, kind, do)) == 1, kind


def test_two_versions_that_are_hidden_at_once_are_told_both(scene: Scene):
    rewritten(scene, scene.author)
    hide_revision(scene, 1)
    hide_revision(scene, 2)
    send()
    notices = Notice.objects.filter(activity__kind="revision.hidden")
    assert sorted(n.activity.data["number"] for n in notices) == [1, 2]


def test_a_report_that_was_looked_at_and_a_leaked_key_that_was_replaced_wait_in_no_inbox(
    scene: Scene, alice: User
):
    comment = scene.comment(scene.author)
    first, _second, _other = (
        reports.report(idea=scene.idea, comment=about, reporter=scene.person(user), reason="spam")
        for about, user in ((None, scene.stranger), (None, scene.voter), (comment, scene.voter))
    )
    key, secret, _signing = keys.create_key(
        brand=scene.brand, scopes=[Scope.READ], origins=[], rate=0, actor=scene.bob
    )
    keys.note_leak(secret)
    tasks.dispatch_activities()
    assert unread(alice) == {"key.leaked": 1, "text.reported": 3}
    reports.settle(report=first, hide=False, actor=scene.bob)
    assert unread(alice) == {"key.leaked": 1, "text.reported": 1}
    keys.rotate_key(key=key, overlap=timedelta(0), actor=scene.bob)
    assert unread(alice) == {"text.reported": 1}


def unread(user: User) -> Counter[str]:
    """Of what asks for something."""
    rows = Notice.objects.filter(user=user, read_at=None, activity__kind__in=ASKED_BY.values())
    return Counter(rows.values_list("activity__kind", flat=True))
