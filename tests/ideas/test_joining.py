"""A user proves a mailbox that keys had named: two names become one person, exactly."""

from datetime import timedelta
from functools import partial

import pytest
from django.db import connection
from django.utils import timezone

from accounts.domain import mailboxes, participants, stopping
from accounts.models import Activity, Mailbox, Participant
from cocreate.lib.mailboxes import mailbox_key
from ideas.domain import comments, follows, reports
from ideas.domain.ideas import post_idea
from ideas.domain.votes import cast_as_user, cast_on_behalf
from ideas.enums import Mode, Source, VoteState
from ideas.models import Follow, Image, Revision, Vote, VoteBudget, VoteEvent
from tests.factories import make_challenge, make_idea, make_user
from tests.gate import Crowd, another_connection
from tests.ideas.ledger import all_is_true, counters, spent, votes_on

pytestmark = pytest.mark.django_db(transaction=True)

ADDRESS = "zoe@example.org"


@pytest.fixture
def key(brand, make_secret_key):
    return make_secret_key(brand)


@pytest.fixture
def zoe():
    """Has an account; nobody has said yet that ADDRESS is hers."""
    return make_user("Zoe", email="zoe-login@example.org")


def named(key, idea, value=1, **voter):
    voter = {"external_id": None, "email": None} | (voter or {"email": ADDRESS})
    return cast_on_behalf(code=idea.code, key=key, value=value, **voter)


def standing(idea, person):
    """(value, state, source) of somebody's vote, None where there is none."""
    return (
        Vote.objects.filter(idea=idea, participant=person)
        .values_list("value", "state", "source")
        .first()
    )


def test_a_vote_cast_for_a_mailbox_becomes_its_readers_with_date_and_source(brand, idea, key, zoe):
    named(key, idea)
    claimed = Participant.objects.get(mailbox=mailbox_key(ADDRESS))
    dated = Vote.objects.get(participant=claimed).at
    assert mailboxes.prove(user=zoe, email=ADDRESS)
    own = Participant.objects.get(brand=brand, user=zoe)
    claimed.refresh_from_db()
    assert claimed.joined_into == own
    assert standing(idea, own) == (1, VoteState.COUNTED, Source.ON_BEHALF)
    assert Vote.objects.get(participant=own).at == dated
    assert standing(idea, claimed)[0] == 0
    assert counters(idea) == (1, 0, 1)
    assert all_is_true()


@pytest.mark.parametrize("own_value", [-1, 0])
def test_their_own_word_stands_a_withdrawal_too(brand, key, zoe, own_value):
    idea = make_idea(make_challenge(brand, mode=Mode.UP_DOWN))
    cast_as_user(code=idea.code, user_id=zoe.pk, value=-1)
    cast_as_user(code=idea.code, user_id=zoe.pk, value=own_value)
    named(key, idea, 1)
    mailboxes.prove(user=zoe, email=ADDRESS)
    own = Participant.objects.get(brand=brand, user=zoe)
    assert standing(idea, own)[::2] == (own_value, Source.SELF)
    assert counters(idea) == (0, abs(own_value), own_value)
    assert all_is_true()


def test_of_two_votes_cast_for_them_the_one_they_had_stands(brand, key, zoe):
    idea = make_idea(make_challenge(brand, mode=Mode.POINTS, max_points=5))
    mailboxes.prove(user=zoe, email="second@example.org")
    named(key, idea, 2, email="second@example.org")
    named(key, idea, 5, email=ADDRESS)
    mailboxes.prove(user=zoe, email=ADDRESS)
    assert counters(idea) == (1, 0, 2)
    assert all_is_true()


def test_budgets_go_with_the_votes_and_a_double_is_paid_back(brand, key, zoe):
    challenge = make_challenge(brand, budget=3)
    both, theirs, mine = (make_idea(challenge) for _n in range(3))
    for idea in (both, theirs):
        named(key, idea)
    for idea in (both, mine):
        cast_as_user(code=idea.code, user_id=zoe.pk, value=1)
    mailboxes.prove(user=zoe, email=ADDRESS)
    used = dict(VoteBudget.objects.values_list("participant__user", "used"))
    assert used == {None: 0, zoe.pk: 3}
    assert [votes_on(idea) for idea in (both, theirs, mine)] == [[1], [1], [1]]
    assert all_is_true()


def test_what_was_posted_in_their_name_is_theirs(brand, challenge, key, zoe):
    author = participants.claimed(brand=brand, key=key, external_id=None, email=ADDRESS)
    idea = post_idea(challenge=challenge, author=author, title="A bench that folds")
    mailboxes.prove(user=zoe, email=ADDRESS)
    idea.refresh_from_db()
    assert idea.author.user == zoe


def test_pictures_sent_and_changes_made_in_their_name_are_theirs(brand, idea, key, zoe):
    named = participants.claimed(brand=brand, key=key, external_id=None, email=ADDRESS)
    waiting = Image.objects.create(brand=brand, uploader=named, width=8, height=8)
    said = Revision.objects.create(
        idea=idea, number=7, title="A bench", language="en", editor=named, at=timezone.now()
    )
    mailboxes.prove(user=zoe, email=ADDRESS)
    waiting.refresh_from_db()
    said.refresh_from_db()
    assert (waiting.uploader.user, said.editor.user) == (zoe, zoe)


def test_what_a_key_posts_for_a_proved_mailbox_is_not_said_to_be_the_members(
    brand, challenge, key, zoe
):
    mailboxes.prove(user=zoe, email=ADDRESS)
    cast_as_user(code=make_idea(challenge).code, user_id=zoe.pk, value=1)
    author = participants.claimed(
        brand=brand, key=key, external_id="crm-7", email=ADDRESS, name="Z. from the shop"
    )
    assert (author.user, author.name) == (None, "Z. from the shop")


def test_every_brand_that_named_the_mailbox_is_joined_and_no_other_address(
    brand, idea, key, zoe, mallory, make_secret_key
):
    rival = mallory.memberships.get().brand
    elsewhere = make_idea(make_challenge(rival))
    named(key, idea)
    named(make_secret_key(rival), elsewhere)
    named(key, idea, email="other@example.org")
    mailboxes.prove(user=zoe, email=ADDRESS)
    assert {p.brand_id for p in Participant.objects.filter(user=zoe)} == {brand.pk, rival.pk}
    assert Participant.objects.filter(mailbox=mailbox_key("other@example.org")).get().user is None
    assert counters(idea) == (2, 0, 2)
    assert all_is_true()


def test_a_proved_mailbox_that_is_named_later_is_its_owner(brand, idea, key, zoe):
    mailboxes.prove(user=zoe, email=ADDRESS)
    cast_as_user(code=idea.code, user_id=zoe.pk, value=1)
    assert named(key, idea).outcome == "unchanged"
    assert named(key, idea, external_id="crm-7", email=ADDRESS).outcome == "unchanged"
    assert named(key, idea, external_id="crm-7").outcome == "unchanged"
    assert counters(idea) == (1, 0, 1)


def test_a_second_name_of_a_known_mailbox_is_the_same_person(idea, key):
    named(key, idea)
    assert named(key, idea, external_id="crm-7", email=ADDRESS).outcome == "unchanged"
    assert named(key, idea, external_id="crm-7").outcome == "unchanged"
    assert votes_on(idea) == [1]


def test_two_known_names_are_one_person_as_soon_as_the_host_says_so(brand, idea, key):
    named(key, idea, external_id="crm-7")
    named(key, idea, email=ADDRESS)
    other = make_idea(idea.challenge)
    named(key, other, external_id="crm-7")
    assert votes_on(idea) == [1, 1]
    answer = named(key, idea, external_id="crm-7", email=ADDRESS)
    assert (answer.outcome, answer.value) == ("unchanged", 1)
    assert (votes_on(idea), votes_on(other)) == ([1], [1])
    mailbox = Participant.objects.get(mailbox=mailbox_key(ADDRESS))
    assert Participant.objects.get(external_id="crm-7").joined_into == mailbox
    assert counters(idea) == (1, 0, 1)
    assert all_is_true()
    assert named(key, other, 0, external_id="crm-7").outcome == "changed"
    assert votes_on(other) == []
    assert all_is_true()


def test_no_host_joins_a_name_to_a_member(brand, idea, key, zoe):
    """Nor puts what it posted into their mouth."""
    mailboxes.prove(user=zoe, email=ADDRESS)
    cast_as_user(code=idea.code, user_id=zoe.pk, value=1)
    author = participants.claimed(brand=brand, key=key, external_id="crm-7", email=None)
    posted = make_idea(idea.challenge, author=author)
    named(key, idea, external_id="crm-7")
    assert named(key, idea, external_id="crm-7", email=ADDRESS).outcome == "unchanged"
    posted.refresh_from_db()
    assert posted.author == author
    assert Participant.objects.get(external_id="crm-7").joined_into is None
    assert all_is_true()


def test_an_id_keeps_its_mailbox_whatever_is_said_later(idea, key, zoe):
    """Two of a host's customers whose addresses were swapped, and swapped back."""
    others = "other@example.org"
    named(key, idea, external_id="crm-7", email=ADDRESS)
    named(key, idea, external_id="crm-9", email=others)
    for number, email in (("crm-9", ADDRESS), ("crm-7", others), ("crm-7", ADDRESS)):
        assert named(key, idea, external_id=number, email=email).outcome == "unchanged"
    assert votes_on(idea) == [1, 1]
    assert not Participant.objects.exclude(joined_into=None).exists()
    mailboxes.prove(user=zoe, email=ADDRESS)
    assert Participant.objects.get(external_id="crm-7").joined_into.user == zoe
    assert votes_on(idea) == [1, 1]
    assert all_is_true()


def test_an_id_that_was_joined_stays_with_whom_it_was_joined_to(brand, idea, key):
    named(key, idea, external_id="crm-7")
    for email in (ADDRESS, "other@example.org"):
        named(key, idea, email=email)
        named(key, idea, external_id="crm-7", email=email)
    mailbox = Participant.objects.get(mailbox=mailbox_key(ADDRESS))
    assert Participant.objects.get(external_id="crm-7").joined_into == mailbox
    assert votes_on(idea) == [1, 1]
    assert all_is_true()


def test_who_proves_the_mailbox_has_what_was_cast_under_both_names(brand, challenge, key, zoe):
    ideas = [make_idea(challenge), make_idea(challenge)]
    named(key, ideas[0], external_id="crm-7")
    named(key, ideas[1], email=ADDRESS)
    named(key, ideas[1], external_id="crm-7", email=ADDRESS)
    mailboxes.prove(user=zoe, email=ADDRESS)
    own = Participant.objects.get(brand=brand, user=zoe)
    assert [standing(idea, own)[0] for idea in ideas] == [1, 1]
    assert Participant.objects.get(external_id="crm-7").joined_into == own
    assert [votes_on(idea) for idea in ideas] == [[1], [1]]
    assert all_is_true()


def test_two_names_that_many_calls_say_are_one_are_joined_once_beside_votes(
    brand, challenge, key, zoe
):
    known, *ideas = [make_idea(challenge) for _n in range(4)]
    named(key, known, external_id="crm-7")
    named(key, known, email=ADDRESS)
    both = {"external_id": "crm-7", "email": ADDRESS}
    calls = [partial(named, key, idea, **both) for idea in ideas]
    calls += [partial(named, key, idea, external_id="crm-7") for idea in reversed(ideas)]
    calls += [partial(named, key, idea, email=ADDRESS) for idea in ideas]
    calls += [partial(mailboxes.prove, user=zoe, email=ADDRESS)]
    with another_connection() as gate:
        gate.execute("LOCK TABLE ideas_vote IN SHARE MODE")
        crowd = Crowd(calls)
        crowd.wait_until_all_wait()
    assert not [answer for answer in crowd.finish() if isinstance(answer, Exception)]
    assert [votes_on(idea) for idea in (known, *ideas)] == [[1]] * 4
    assert all_is_true()


def test_a_mailbox_said_of_a_known_id_joins_them_when_it_is_proved(idea, key, zoe):
    named(key, idea, external_id="crm-7")
    named(key, idea, external_id="crm-7", email=ADDRESS)
    mailboxes.prove(user=zoe, email=ADDRESS)
    assert named(key, idea, external_id="crm-7").outcome == "unchanged"
    assert standing(idea, Participant.objects.get(user=zoe)) is not None
    assert votes_on(idea) == [1]
    assert all_is_true()


def test_proving_again_changes_nothing(idea, key, zoe):
    named(key, idea)
    mailboxes.prove(user=zoe, email=ADDRESS)
    events = VoteEvent.objects.count()
    assert mailboxes.prove(user=zoe, email=ADDRESS.upper())
    assert VoteEvent.objects.count() == events


def test_a_suspension_follows_the_person(brand, idea, key, zoe):
    named(key, idea)
    Participant.objects.filter(mailbox=mailbox_key(ADDRESS)).update(active=False)
    mailboxes.prove(user=zoe, email=ADDRESS)
    assert not Participant.objects.get(brand=brand, user=zoe).active


def test_somebody_stopped_under_another_name_is_stopped_by_the_team_and_may_be_allowed_again(
    brand, idea, key, zoe, bob
):
    named(key, idea)
    claimed = Participant.objects.get(mailbox=mailbox_key(ADDRESS))
    stopping.stop(participant=claimed, actor=bob, reason="The same advertisement again and again.")
    mailboxes.prove(user=zoe, email=ADDRESS)
    own = Participant.objects.get(brand=brand, user=zoe)
    assert own.stopped_at
    stopping.allow(participant=own, actor=bob)
    own.refresh_from_db()
    assert (own.active, own.stopped_at) == (True, None)


def test_what_one_says_and_follows_under_another_name_becomes_ones_own(brand, idea, key, zoe):
    claimed = participants.claimed(brand=brand, key=key, external_id=None, email=ADDRESS)
    comment = comments.post(idea=idea, author=claimed, body="And in winter?")
    reported = reports.report(idea=idea, comment=None, reporter=claimed, reason="spam")
    mailboxes.prove(user=zoe, email=ADDRESS)
    comment.refresh_from_db()
    reported.refresh_from_db()
    assert (comment.author.user, reported.reporter.user) == (zoe, zoe)
    assert follows.follows(idea=idea, user=zoe)


def test_ones_own_no_to_an_idea_outlives_a_yes_under_another_name(brand, idea, key, zoe):
    claimed = participants.claimed(brand=brand, key=key, external_id=None, email=ADDRESS)
    follows.follow(idea=idea, participant=claimed)
    own = participants.of_user(brand=brand, user=zoe)
    follows.unfollow(idea=idea, participant=own)
    mailboxes.prove(user=zoe, email=ADDRESS)
    assert not follows.follows(idea=idea, user=zoe)
    assert Follow.objects.filter(participant=own).count() == 1


def test_v16_another_spelling_of_a_proved_mailbox_does_not_vote_twice(idea):
    first = make_user("First", email="zoe.b@gmail.com")
    second = make_user("Second", email="zoeb+2@googlemail.com")
    cast_as_user(code=idea.code, user_id=first.pk, value=1)
    assert cast_as_user(code=idea.code, user_id=second.pk, value=1).state == VoteState.PENDING
    assert counters(idea) == (1, 0, 1)
    assert all_is_true()


def test_votes_that_waited_for_the_mailbox_count_once_it_is_proved(brand, idea):
    late = make_user("Late", verified=False)
    assert cast_as_user(code=idea.code, user_id=late.pk, value=1).state == VoteState.PENDING
    assert counters(idea) == (0, 0, 0)
    mailboxes.prove(user=late, email=late.email)
    assert counters(idea) == (1, 0, 1)
    assert cast_as_user(code=idea.code, user_id=late.pk, value=1).outcome == "unchanged"
    assert all_is_true()


def test_a_mailbox_that_rests_counts_nothing_however_often_it_is_proved(idea, zoe):
    Mailbox.objects.filter(user=zoe).update(rests_until=timezone.now() + timedelta(days=1))
    cast_as_user(code=idea.code, user_id=zoe.pk, value=1)
    assert mailboxes.prove(user=zoe, email=zoe.email)
    assert counters(idea) == (0, 0, 0)
    assert all_is_true()


def test_a_vote_for_a_name_that_is_being_joined_counts_for_its_owner(brand, idea, key, zoe):
    named(key, idea)
    with another_connection() as prover:
        prover.execute("SELECT prove_mailbox(%s, %s)", [mailbox_key(ADDRESS), zoe.pk])
        prover.execute("SELECT join_identities(%s)", [zoe.pk])
        other = make_idea(idea.challenge)
        crowd = Crowd([partial(named, key, one) for one in (idea, other)])
        crowd.wait_until_all_wait()
    assert [answer.outcome for answer in crowd.finish()] == ["unchanged", "new"]
    assert standing(other, Participant.objects.get(brand=brand, user=zoe)) is not None
    assert (votes_on(idea), votes_on(other)) == ([1], [1])
    assert all_is_true()


def test_a_first_mention_during_the_proof_waits_and_finds_the_owner(brand, idea, key, zoe):
    with another_connection() as prover:
        prover.execute("SELECT prove_mailbox(%s, %s)", [mailbox_key(ADDRESS), zoe.pk])
        prover.execute("SELECT join_identities(%s)", [zoe.pk])
        crowd = Crowd([partial(named, key, idea)] * 4)
        crowd.wait_until_all_wait()
    assert crowd.outcomes() == {"new": 1, "unchanged": 3}
    assert standing(idea, Participant.objects.get(brand=brand, user=zoe)) is not None
    assert Participant.objects.get(mailbox=mailbox_key(ADDRESS)).joined_into.user == zoe


def test_parallel_proofs_join_once(idea, key, zoe):
    named(key, idea)
    with another_connection() as gate:
        gate.execute("LOCK TABLE ideas_vote IN SHARE MODE")
        crowd = Crowd([partial(mailboxes.prove, user=zoe, email=ADDRESS)] * 8)
        crowd.wait_until_all_wait()
    assert crowd.finish() == [True] * 8
    assert VoteEvent.objects.filter(kind="join").count() == 2
    assert counters(idea) == (1, 0, 1)
    assert all_is_true()


def test_of_two_accounts_that_prove_one_mailbox_at_once_one_has_it(idea, key, zoe):
    named(key, idea)
    rivals = [zoe, make_user("Other")]
    with another_connection() as gate:
        gate.execute("LOCK TABLE accounts_mailbox IN SHARE MODE")
        crowd = Crowd([partial(mailboxes.prove, user=user, email=ADDRESS) for user in rivals])
        crowd.wait_until_all_wait()
    assert sorted(crowd.finish()) == [False, True]
    assert votes_on(idea) == [1]
    assert all_is_true()


def test_joining_beside_votes_of_both_names_ends_without_a_deadlock(brand, challenge, key, zoe):
    ideas = [make_idea(challenge) for _n in range(4)]
    for idea in ideas:
        named(key, idea)
    calls = [partial(mailboxes.prove, user=zoe, email=ADDRESS)]
    calls += [partial(cast_as_user, code=idea.code, user_id=zoe.pk, value=1) for idea in ideas]
    calls += [partial(named, key, idea, 0) for idea in reversed(ideas)]
    with another_connection() as gate:
        gate.execute("LOCK TABLE ideas_vote IN SHARE MODE")
        crowd = Crowd(calls)
        crowd.wait_until_all_wait()
    assert not [answer for answer in crowd.finish() if isinstance(answer, Exception)]
    assert [votes_on(idea) for idea in ideas] == [[1]] * 4
    assert spent(challenge.pk) == 0
    assert all_is_true()


def test_the_join_is_in_the_ledger_in_pairs(idea, key, zoe):
    named(key, idea)
    mailboxes.prove(user=zoe, email=ADDRESS)
    pair = VoteEvent.objects.filter(kind="join").order_by("seq").values_list("was", "value")
    assert list(pair) == [(1, 0), (0, 1)]


def test_a_settled_site_has_nothing_left_to_settle(zoe):
    late = make_user("Late", verified=False)
    late.emailaddress_set.update(
        verified=True
    )  # the process died between the proof and its mailbox
    assert mailboxes.settle() == 1
    assert mailboxes.settle() == 0
    assert Mailbox.objects.get(user=late).key == mailbox_key(late.email)


def test_an_account_whose_mailbox_is_anothers_is_not_told_so_again_and_again(zoe):
    other = make_user("Other")
    Mailbox.objects.filter(user=other).update(user=zoe)
    assert mailboxes.settle() == 0
    assert not Activity.objects.filter(kind="mailbox.taken").exists()


def test_no_address_is_stored_with_what_a_key_claims(idea, key):
    named(key, idea)
    with connection.cursor() as cursor:
        cursor.execute("SELECT p::text FROM accounts_participant p WHERE mailbox IS NOT NULL")
        assert all("zoe" not in row for (row,) in cursor.fetchall())
