"""An author deletes an idea, and takes that back."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.domain import stopping
from accounts.models import Activity
from cocreate.lib.errors import NotAllowed, NotFound
from ideas.domain import coauthors, costs, ideas, reports
from ideas.domain.deleting import (
    EMPTY_TITLE,
    CannotBeDeleted,
    delete_idea,
    empty_deleted,
    restore_idea,
)
from ideas.domain.lists import ideas_of, ideas_page
from ideas.domain.votes import cast_as_user
from ideas.enums import Sort
from ideas.models import CoAuthor, Idea, Revision, Unsettled, VoteBudget
from ideas.rules import can_delete, can_edit, can_restore, can_see
from tests.factories import make_challenge, make_idea, make_participant, make_user, set_closed
from tests.gate import Crowd, another_connection
from tests.ideas.ledger import all_is_true

pytestmark = pytest.mark.django_db


@pytest.fixture
def own(challenge, charlie):
    return make_idea(challenge, author=make_participant(challenge.brand, charlie), body="Two.")


def listed(brand):
    return [row["code"] for row in ideas_page(brand=brand, sort=Sort.NEW).items]


def test_a_deleted_idea_is_gone_for_all_but_its_author_and_the_team(own, charlie, rita, mallory):
    delete_idea(idea=own, actor=charlie)
    assert [can_see(user, own) for user in (charlie, rita, mallory)] == [True, True, False]
    assert listed(own.brand) == []
    assert ideas_of(user_id=charlie.pk, brand_ids=[own.brand_id], reader_id=None) == []
    assert not can_edit(charlie, own)
    assert not can_edit(own.brand.memberships.first().user, own)


def test_its_co_authors_neither_delete_nor_see_it_any_more(own, charlie, mallory):
    row = coauthors.invite(idea=own, whom=mallory.handle, actor=charlie).row
    coauthors.accept(row=row, user=mallory)
    with pytest.raises(NotAllowed):
        delete_idea(idea=own, actor=mallory)
    delete_idea(idea=own, actor=charlie)
    assert not can_see(mallory, own)


def test_nobody_else_deletes_it(own, bob, alice):
    for user in (bob, alice):
        with pytest.raises(NotAllowed):
            delete_idea(idea=own, actor=user)
    assert not Idea.objects.get().deleted_at


def test_what_the_team_has_hidden_or_decided_on_stays(own, charlie, bob):
    ideas.set_hidden(idea=own, hidden=True, actor=bob)
    assert not can_delete(charlie, own)
    with pytest.raises(CannotBeDeleted):
        delete_idea(idea=own, actor=charlie)
    ideas.set_hidden(idea=own, hidden=False, actor=bob)
    set_closed(own)
    with pytest.raises(CannotBeDeleted):
        delete_idea(idea=own, actor=charlie)


def test_deleting_twice_is_deleting_once(own, charlie):
    delete_idea(idea=own, actor=charlie)
    when = own.deleted_at
    delete_idea(idea=own, actor=charlie)
    assert own.deleted_at == when
    assert Activity.objects.filter(kind="idea.deleted").count() == 1


def test_the_team_cannot_show_it_again(own, charlie, bob):
    delete_idea(idea=own, actor=charlie)
    with pytest.raises(ideas.IdeaDeleted):
        ideas.set_hidden(idea=own, hidden=False, actor=bob)
    assert not Activity.objects.filter(kind__in=["idea.hidden", "idea.shown"]).exists()
    with pytest.raises(ideas.IdeaDeleted):
        ideas.edit_idea(idea=own, actor=bob, body="Ours.")


@pytest.mark.django_db(transaction=True)
def test_it_comes_back_as_it_was(own, charlie):
    cast_as_user(code=own.code, user_id=make_user().pk, value=1)
    delete_idea(idea=own, actor=charlie)
    assert can_restore(charlie, own)
    restore_idea(idea=own, actor=charlie)
    assert (own.hidden, own.deleted_at, own.body) == (False, None, "Two.")
    assert listed(own.brand) == [own.code]
    restore_idea(idea=own, actor=charlie)
    assert Activity.objects.filter(kind="idea.restored").count() == 1
    all_is_true()


def test_only_its_author_takes_it_back_and_only_while_they_may_take_part(own, charlie, bob):
    delete_idea(idea=own, actor=charlie)
    with pytest.raises(NotAllowed):
        restore_idea(idea=own, actor=bob)
    stopping.stop(participant=own.author, actor=bob, reason="They threaten people.")
    with pytest.raises(NotAllowed):
        restore_idea(idea=own, actor=charlie)


def test_what_the_team_hides_after_its_author_deleted_it_comes_back_hidden(own, charlie, bob):
    seen_before = Idea.objects.get()
    delete_idea(idea=own, actor=charlie)
    for _twice in range(2):
        ideas.set_hidden(idea=seen_before, hidden=True, actor=bob, reason="It names people.")
    assert Activity.objects.get(kind="idea.hidden").data == {"reason": "It names people."}
    restore_idea(idea=own, actor=charlie)
    assert (own.hidden, own.deleted_at, listed(own.brand)) == (True, None, [])
    ideas.set_hidden(idea=own, hidden=False, actor=bob)
    assert listed(own.brand) == [own.code]


def test_the_team_takes_back_what_it_hid_meanwhile_and_hides_it_no_second_time(own, charlie, bob):
    delete_idea(idea=own, actor=charlie)
    ideas.set_hidden(idea=own, hidden=True, actor=bob)
    ideas.set_hidden(idea=own, hidden=False, actor=bob)
    assert (own.hidden, own.hidden_meanwhile) == (True, False)
    assert Activity.objects.filter(kind="idea.shown").count() == 1
    restore_idea(idea=own, actor=charlie)
    assert listed(own.brand) == [own.code]
    ideas.set_hidden(idea=own, hidden=True, actor=bob)
    ideas.set_hidden(idea=own, hidden=False, actor=bob)
    delete_idea(idea=own, actor=charlie)
    restore_idea(idea=own, actor=charlie)
    assert listed(own.brand) == [own.code]


@pytest.mark.django_db(transaction=True)
def test_a_hiding_that_waited_for_the_deletion_is_kept(own, charlie, bob):
    with another_connection() as gate:
        gate.execute(
            "UPDATE ideas_idea SET hidden = true, deleted_at = now() WHERE id = %s", [own.pk]
        )
        crowd = Crowd([lambda: ideas.set_hidden(idea=own, hidden=True, actor=bob)])
        crowd.wait_until_all_wait()
    assert crowd.finish() == [True]
    restore_idea(idea=own, actor=charlie)
    assert Idea.objects.get().hidden


def test_what_the_team_hides_for_a_report_meanwhile_comes_back_hidden(own, charlie, bob, brand):
    reports.report(idea=own, comment=None, reporter=make_participant(brand), reason="abuse")
    delete_idea(idea=own, actor=charlie)
    reports.settle(report=own.reports.get(), hide=True, actor=bob)
    restore_idea(idea=own, actor=charlie)
    assert (own.hidden, own.deleted_at) == (True, None)


def test_after_thirty_days_its_texts_are_gone_and_nobody_brings_them_back(own, charlie, mallory):
    ideas.edit_idea(idea=own, actor=charlie, body="Three.")
    coauthors.invite(idea=own, whom="zoe@example.org", actor=charlie)
    kept = make_idea(own.challenge, author=own.author)
    for idea in (own, kept):
        delete_idea(idea=idea, actor=charlie)
    days = timedelta(days=30, minutes=1)
    Idea.objects.filter(pk=own.pk).update(deleted_at=timezone.now() - days)
    own.refresh_from_db()
    with pytest.raises(NotFound):
        restore_idea(idea=own, actor=charlie)
    assert (empty_deleted(), empty_deleted()) == (1, 0)
    own.refresh_from_db()
    assert (own.title, own.body, own.tags, own.hidden) == (EMPTY_TITLE, "", [], True)
    assert not Revision.objects.filter(idea=own).exists()
    assert not CoAuthor.objects.filter(idea=own).exists()
    kept.refresh_from_db()
    assert kept.title != EMPTY_TITLE


def test_voters_get_back_what_their_votes_had_cost(brand, charlie):
    challenge = make_challenge(brand, budget=3)
    own, voter = make_idea(challenge, author=make_participant(brand, charlie)), make_user()
    cast_as_user(code=own.code, user_id=voter.pk, value=1)
    for act, used in ((delete_idea, 0), (restore_idea, 1)):
        act(idea=own, actor=charlie)
        Unsettled.objects.update(at=timezone.now() - timedelta(hours=1))
        costs.settle()
        assert VoteBudget.objects.get().used == used


@pytest.mark.django_db(transaction=True)
def test_deleting_gives_back_at_once_what_votes_had_cost(brand, charlie):
    challenge = make_challenge(brand, budget=3)
    own = make_idea(challenge, author=make_participant(brand, charlie))
    for voter in (charlie, make_user()):
        cast_as_user(code=own.code, user_id=voter.pk, value=1)
    delete_idea(idea=own, actor=charlie)
    assert set(VoteBudget.objects.values_list("used", flat=True)) == {0}
    assert all_is_true()


@pytest.mark.django_db(transaction=True)
def test_what_is_left_after_the_first_votes_waits_for_the_next_run(brand, charlie, monkeypatch):
    monkeypatch.setattr(costs, "AT_ONCE", 1)
    challenge = make_challenge(brand, budget=3)
    own = make_idea(challenge, author=make_participant(brand, charlie))
    for voter in (charlie, make_user()):
        cast_as_user(code=own.code, user_id=voter.pk, value=1)
    delete_idea(idea=own, actor=charlie)
    assert sorted(VoteBudget.objects.values_list("used", flat=True)) == [0, 1]
    Unsettled.objects.update(at=timezone.now() - timedelta(hours=1))
    assert costs.settle() == 1
    assert set(VoteBudget.objects.values_list("used", flat=True)) == {0}
    assert all_is_true()


@pytest.mark.django_db(transaction=True)
def test_an_idea_that_comes_back_at_the_last_moment_keeps_its_words(deleted_long_ago):
    idea = deleted_long_ago
    with another_connection() as restoring:
        restoring.execute(
            "UPDATE ideas_idea SET deleted_at = NULL, hidden = false WHERE id = %s", [idea.pk]
        )
        sweep = Crowd([empty_deleted])
        sweep.wait_until_all_wait()
    sweep.finish()
    idea.refresh_from_db()
    assert (idea.body, idea.hidden) == ("Ten litres.", False)


@pytest.fixture
def deleted_long_ago(brand, challenge, charlie):
    idea = make_idea(challenge, author=make_participant(brand, charlie), body="Ten litres.")
    delete_idea(idea=idea, actor=charlie)
    Idea.objects.filter(pk=idea.pk).update(deleted_at=timezone.now() - timedelta(days=31))
    return idea
