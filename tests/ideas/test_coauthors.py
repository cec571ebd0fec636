"""Who signs an idea with its author."""

from datetime import timedelta
from functools import partial

import pytest
from allauth.account.models import EmailAddress
from django.core.cache import cache
from django.db.models.functions import Now
from django.utils import timezone

from accounts.domain import admission, stopping
from accounts.enums import Visibility
from accounts.models import Activity, Participant
from cocreate.lib.errors import Invalid, NotAllowed, NotFound, TooMany
from ideas.domain import coauthors, ideas
from ideas.domain.lists import ideas_of
from ideas.domain.privacy import erase_co_authored, export_co_authored
from ideas.enums import Answer
from ideas.models import CoAuthor, Follow, Idea, Revision
from ideas.rules import can_delete, can_edit, is_co_author
from tests.factories import (
    make_brand,
    make_challenge,
    make_idea,
    make_participant,
    make_user,
    set_closed,
)
from tests.gate import Crowd, another_connection

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_limits_of_the_test_before():
    cache.clear()


@pytest.fixture
def own(challenge, charlie):
    return make_idea(challenge, author=make_participant(challenge.brand, charlie), body="Two.")


def invite(idea, whom):
    return coauthors.invite(idea=idea, whom=whom, actor=idea.author.user)


def refusal(idea, whom):
    with pytest.raises(Invalid) as error:
        invite(idea, whom)
    return error.value.fields["whom"][0][0]


def test_whoever_accepts_signs_it_may_change_it_and_follows_it(own, mallory):
    row = invite(own, f"@{mallory.handle}").row
    assert (coauthors.of(own), can_edit(mallory, own)) == ([], False)
    coauthors.accept(row=row, user=mallory)
    assert [person.user for person in coauthors.of(own)] == [mallory]
    assert (can_edit(mallory, own), can_delete(mallory, own)) == (True, False)
    ideas.edit_idea(idea=own, actor=mallory, body="Three.")
    assert Revision.objects.get(number=2).editor.user == mallory
    assert Follow.objects.filter(idea=own, participant__user=mallory, active=True).exists()
    assert Activity.objects.get(kind="co_author.accepted").participant.user == mallory


def test_their_page_lists_it_and_only_once(own, mallory):
    def found():
        rows = ideas_of(user_id=mallory.pk, brand_ids=[own.brand_id], reader_id=None)
        return [row["code"] for row in rows]

    row = invite(own, mallory.handle).row
    assert found() == []
    coauthors.accept(row=row, user=mallory)
    assert found() == [own.code]
    coauthors.leave(idea=own, user=mallory)
    assert found() == []


def test_a_mail_has_the_only_copy_of_the_link_and_the_address_goes_with_the_answer(own, mallory):
    issued = invite(own, "Zoe@example.org")
    row = CoAuthor.objects.get()
    assert (row.email, row.participant, issued.secret not in row.secret) == (
        "Zoe@example.org", None, True,
    )  # fmt: skip
    assert coauthors.by_secret(own, issued.secret) == row
    coauthors.accept(row=row, user=mallory)
    row.refresh_from_db()
    assert (row.email, row.secret, row.participant.user) == ("", None, mallory)
    with pytest.raises(coauthors.InvitationGone):
        coauthors.by_secret(own, issued.secret)


def test_a_mail_that_nobody_answers_for_thirty_days_is_forgotten(own, mallory):
    by_mail, by_handle = invite(own, "zoe@example.org"), invite(own, mallory.handle)
    CoAuthor.objects.update(at=Now() - timedelta(days=29, hours=23))
    assert coauthors.sweep() == 0
    assert coauthors.by_secret(own, by_mail.secret) == by_mail.row
    CoAuthor.objects.update(at=Now() - timedelta(days=30))
    with pytest.raises(coauthors.InvitationGone):
        coauthors.by_secret(own, by_mail.secret)
    assert coauthors.sweep() == 1
    assert list(CoAuthor.objects.all()) == [by_handle.row]  # no address to forget
    assert invite(own, "zoe@example.org").row.email == "zoe@example.org"


def test_an_invitation_by_mail_says_nothing_of_accounts(own, mallory):
    assert invite(own, mallory.email).row.participant is None
    assert invite(own, "nobody.at.all@example.org").row.participant is None


def test_the_link_of_one_idea_opens_no_other(own, challenge, charlie):
    issued = invite(own, "zoe@example.org")
    with pytest.raises(coauthors.InvitationGone):
        coauthors.by_secret(make_idea(challenge, author=own.author), issued.secret)


@pytest.mark.parametrize(
    ("whom", "code"),
    [
        ("", "unknown"),
        ("@nobody-at-all", "unknown"),
        ("a@b", "invalid"),
        ("x y@example.org", "invalid"),
        ("é" * 300 + "@example.org", "invalid"),
        ("a@example.org\r\nBcc: all@example.org", "invalid"),
    ],
)
def test_who_cannot_be_asked_is_said(own, whom, code):
    assert refusal(own, whom) == code
    assert not CoAuthor.objects.exists()


def test_nobody_is_asked_twice_and_the_author_not_at_all(own, mallory, charlie):
    assert refusal(own, charlie.handle) == "yourself"
    invite(own, mallory.handle)
    assert refusal(own, f"@{mallory.handle}") == "already_invited"
    invite(own, "zoe@example.org")
    assert refusal(own, "ZOE@example.org") == "already_invited"


def test_only_the_author_invites_and_withdraws(own, mallory, bob):
    row = invite(own, mallory.handle).row
    coauthors.accept(row=row, user=mallory)
    for user in (mallory, bob):
        with pytest.raises(NotAllowed):
            coauthors.invite(idea=own, whom="zoe@example.org", actor=user)
        with pytest.raises(NotAllowed):
            coauthors.withdraw(idea=own, code=row.code, actor=user)


def test_an_invitation_is_withdrawn_before_it_is_accepted_and_not_after(own, mallory, charlie):
    row, by_mail = invite(own, mallory.handle).row, invite(own, "zoe@example.org")
    coauthors.withdraw(idea=own, code=by_mail.row.code, actor=charlie)
    with pytest.raises(coauthors.InvitationGone):
        coauthors.by_secret(own, by_mail.secret)
    coauthors.accept(row=row, user=mallory)
    with pytest.raises(NotFound):
        coauthors.withdraw(idea=own, code=row.code, actor=charlie)


def test_a_no_stays_a_no_and_who_left_may_be_asked_again(own, mallory):
    rita = make_user("Rita")
    coauthors.decline(row=invite(own, mallory.handle).row, user=mallory)
    assert refusal(own, mallory.handle) == "declined"
    coauthors.accept(row=invite(own, rita.handle).row, user=rita)
    coauthors.leave(idea=own, user=rita)
    assert not is_co_author(rita, own)
    assert invite(own, rita.handle).row.answer != Answer.ACCEPTED
    with pytest.raises(NotFound):
        coauthors.leave(idea=own, user=rita)


def test_a_no_is_not_withdrawn_to_ask_again(own, mallory, charlie):
    row = invite(own, mallory.handle).row
    coauthors.decline(row=row, user=mallory)
    with pytest.raises(NotFound):
        coauthors.withdraw(idea=own, code=row.code, actor=charlie)
    assert refusal(own, mallory.handle) == "declined"


def test_an_address_that_declined_is_not_asked_again_for_that_idea(own, mallory, challenge):
    row = invite(own, "Zoe.Dove@gmail.com").row
    coauthors.decline(row=row, user=mallory)
    row.refresh_from_db()
    assert (row.email, row.secret, "zoe" in row.mailbox) == ("", None, False)
    assert refusal(own, "zoedove+ideas@GMAIL.com") == "declined"
    assert invite(own, "ines@example.org").secret
    other = make_idea(challenge, author=own.author)
    assert invite(other, "zoe.dove@gmail.com").secret


def test_of_an_address_that_accepted_nothing_is_kept(own, mallory):
    row = invite(own, "zoe@example.org").row
    coauthors.accept(row=row, user=mallory)
    row.refresh_from_db()
    assert (row.email, row.mailbox) == ("", "")


def test_only_who_has_proved_an_address_takes_its_no_with_them(own, mallory):
    owner = make_user("Zoe", email="zoe@example.org")
    EmailAddress.objects.create(user=mallory, email="zoe@example.org", verified=False)
    EmailAddress.objects.get_or_create(user=owner, email=owner.email, defaults={"verified": True})
    coauthors.decline(row=invite(own, owner.email).row, user=owner)
    assert not export_co_authored(mallory).exists()
    assert [row["answer"] for row in export_co_authored(owner)] == [Answer.DECLINED]
    erase_co_authored(mallory)
    assert refusal(own, owner.email) == "declined"
    erase_co_authored(owner)
    assert not CoAuthor.objects.exists()


GONE = [{"hidden": True}, {"closed": True}, {"hidden": True, "deleted_at": timezone.now()}]


@pytest.mark.parametrize("gone", GONE, ids=["hidden", "closed", "deleted"])
def test_nobody_is_asked_to_sign_what_is_hidden_decided_on_or_deleted(own, mallory, gone):
    Idea.objects.filter(pk=own.pk).update(**gone)
    for whom in (mallory.handle, "zoe@example.org"):
        with pytest.raises(coauthors.CannotBeSigned):
            invite(own, whom)
    assert not CoAuthor.objects.exists()


def test_nobody_is_asked_to_sign_what_was_merged(own, mallory, challenge):
    Idea.objects.filter(pk=own.pk).update(merged_into=make_idea(challenge))
    with pytest.raises(coauthors.CannotBeSigned):
        invite(own, mallory.handle)


def test_an_older_invitation_is_accepted_only_while_the_invited_sees_the_idea(own, mallory, bob):
    rows = [invite(own, whom).row for whom in (mallory.handle, "zoe@example.org")]
    ideas.set_hidden(idea=own, hidden=True, actor=bob)
    for row in rows:
        with pytest.raises(coauthors.InvitationGone):
            coauthors.accept(row=row, user=mallory)
    assert coauthors.of(own) == []
    ideas.set_hidden(idea=own, hidden=False, actor=bob)
    set_closed(own)
    coauthors.accept(row=rows[0], user=mallory)
    assert [person.user for person in coauthors.of(own)] == [mallory]


@pytest.mark.django_db(transaction=True)
def test_an_acceptance_and_an_invitation_that_waited_for_the_hiding_are_refused(own, mallory):
    row = CoAuthor.objects.select_related("idea__author").get(pk=invite(own, mallory.handle).row.pk)
    calls = [
        partial(coauthors.accept, row=row, user=mallory),
        partial(invite, own, "z@example.org"),
    ]
    with another_connection() as gate:
        gate.execute("UPDATE ideas_idea SET hidden = true WHERE id = %s", [own.pk])
        crowd = Crowd(calls)
        crowd.wait_until_all_wait()
    gone, refused = crowd.finish()
    assert isinstance(gone, coauthors.InvitationGone)
    assert isinstance(refused, coauthors.CannotBeSigned)


@pytest.mark.django_db(transaction=True)
def test_of_several_invitations_to_the_last_place_one_is_sent(own):
    for _ in range(coauthors.MOST - 1):
        invite(own, make_user().handle)
    handles = [make_user().handle for _ in range(3)]
    with another_connection() as gate:
        gate.execute("SELECT FROM ideas_idea WHERE id = %s FOR UPDATE", [own.pk])
        crowd = Crowd([partial(invite, own, handle) for handle in handles])
        crowd.wait_until_all_wait()
    answers = crowd.finish()
    assert sum(isinstance(answer, Invalid) for answer in answers) == 2
    assert CoAuthor.objects.count() == coauthors.MOST


@pytest.mark.django_db(transaction=True)
def test_all_who_were_invited_accept_at_once_and_are_ten(own):
    users = [make_user() for _ in range(coauthors.MOST)]
    rows = [invite(own, user.handle).row for user in users]
    with another_connection() as gate:
        gate.execute("SELECT FROM ideas_idea WHERE id = %s FOR UPDATE", [own.pk])
        crowd = Crowd(
            [
                partial(coauthors.accept, row=row, user=user)
                for row, user in zip(rows, users, strict=True)
            ]
        )
        crowd.wait_until_all_wait()
    assert crowd.finish() == [None] * coauthors.MOST
    assert len(coauthors.of(own)) == coauthors.MOST
    assert refusal(own, make_user().handle) == "too_many"


def test_what_was_sent_to_one_is_not_answered_by_another(own, mallory, bob):
    row = invite(own, mallory.handle).row
    for act in (coauthors.accept, coauthors.decline):
        with pytest.raises(coauthors.InvitationGone):
            act(row=row, user=bob)


def test_who_was_asked_by_handle_and_by_mail_signs_once(own, mallory):
    first, second = invite(own, mallory.handle), invite(own, mallory.email)
    coauthors.accept(row=second.row, user=mallory)
    assert [person.user for person in coauthors.of(own)] == [mallory]
    with pytest.raises(coauthors.InvitationGone):
        coauthors.accept(row=first.row, user=mallory)


def test_an_author_who_opens_their_own_link_signs_nothing(own, charlie):
    with pytest.raises(coauthors.AlreadyAuthor):
        coauthors.accept(row=invite(own, "zoe@example.org").row, user=charlie)


def test_somebody_stopped_neither_invites_nor_accepts(own, mallory, bob, charlie):
    row = invite(own, mallory.handle).row
    for person in (row.participant, own.author):
        stopping.stop(participant=person, actor=bob, reason="They threaten people.")
    with pytest.raises(NotAllowed):
        coauthors.accept(row=row, user=mallory)
    with pytest.raises(NotAllowed):
        invite(own, "zoe@example.org")


def test_no_author_opens_the_door_of_a_members_only_brand(alice, charlie, mallory):
    club = make_brand("club", owner=alice, visibility=Visibility.MEMBERS)
    for user in (charlie, mallory):
        admission.admit(brand=club, user=user, actor=alice)
    own = make_idea(make_challenge(club), author=make_participant(club, charlie))
    stranger = make_user("Stranger")
    assert refusal(own, stranger.handle) == "not_a_member"
    assert refusal(own, mallory.email) == "members_only"
    assert not Participant.objects.filter(brand=club, user=stranger).exists()
    assert invite(own, mallory.handle).row


def test_ten_sign_it_at_most(own):
    for _ in range(coauthors.MOST):
        invite(own, make_user().handle)
    assert refusal(own, make_user().handle) == "too_many"


def test_nobody_invites_the_whole_world_in_a_day(challenge, charlie):
    author = make_participant(challenge.brand, charlie)
    with pytest.raises(TooMany):
        for _ in range(3):
            idea = make_idea(challenge, author=author)
            for _ in range(coauthors.MOST):
                invite(idea, make_user().handle)
    assert CoAuthor.objects.count() == 20


def test_one_mailbox_gets_few_invitations_a_day(challenge):
    with pytest.raises(TooMany):
        for _ in range(6):
            author = make_participant(challenge.brand)
            invite(make_idea(challenge, author=author), "zoe@example.org")
    assert CoAuthor.objects.count() == 5
