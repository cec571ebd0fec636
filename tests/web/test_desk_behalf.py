"""At the desk somebody of the team votes for whoever told them what they want."""

import re

import pytest
from django.test import Client

from accounts import limits
from accounts.domain.participants import of_user
from accounts.domain.stopping import stop
from accounts.models import Activity, Participant
from ideas.domain import tally, votes
from ideas.domain.ideas import set_hidden
from ideas.enums import Mode, Voters
from ideas.models import Vote, VoteEvent
from tests.factories import make_challenge, make_idea, make_user, set_closed
from tests.ideas.ledger import votes_on
from tests.web.conftest import reader, text_of
from web.desk.undo import undo_path

NEW, KNOWN = "new.customer@example.org", "zoe@example.org"
COUNTED = "Counted for {}, if they may vote here. If they have voted themselves, theirs stands."
AN_UNDO = "votes/1/undo/"
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')


@pytest.fixture
def desk(bob, brand):
    return reader(bob)


@pytest.fixture
def zoe():
    return make_user("Zoe", email=KNOWN)


def path_to(idea, act=""):
    return f"/desk/mio/ideas/{idea.code}/{act}"


def vote(client, idea, *, follow=True, headers=None, **form):
    form = {"email": NEW, "name": "", "value": "1"} | form
    return client.post(path_to(idea, "votes/"), form, follow=follow, headers=headers or {})


def undo_in(page):
    (path,) = [found for message in page.context["messages"] if (found := undo_path(message))]
    return path


def standing(idea):
    return list(Vote.objects.filter(idea=idea).values_list("value", "source"))


@pytest.mark.django_db(transaction=True)  # a fold takes what is committed
def test_a_vote_for_somebody_is_counted_apart_and_undone(desk, idea):
    page = vote(desk, idea)
    assert page.redirect_chain == [(path_to(idea), 302)]
    assert COUNTED.format(NEW) in text_of(page)
    assert standing(idea) == [(1, "on_behalf")]
    tally.fold_until_settled()
    assert "For 1 On behalf 1 of those for it" in text_of(desk.get(path_to(idea)))
    page = desk.post(undo_in(page), follow=True)
    assert "Undone. A vote of their own stands." in text_of(page)
    assert votes_on(idea) == []


def test_what_was_cast_for_them_is_taken_back(desk, idea):
    vote(desk, idea)
    page = vote(desk, idea, value="0")
    said = "What was cast for new.customer@example.org is taken back, unless they have been stopped"
    assert said in text_of(page)
    assert votes_on(idea) == []
    desk.post(undo_in(page))
    assert votes_on(idea) == [1]


def test_the_value_is_chosen_from_what_a_vote_may_be_worth_there(desk, brand):
    asked = {
        Mode.UP: ["For"],
        Mode.UP_DOWN: ["For", "Against"],
        Mode.POINTS: ["1 point", "2 points", "3 points"],
    }
    for mode, labels in asked.items():
        idea = make_idea(make_challenge(brand, mode=mode, max_points=3))
        field = desk.get(path_to(idea)).context["behalf_form"]["value"]
        none = "None: take back what was cast for them"
        assert [str(label) for _value, label in field.field.choices] == [*labels, none]
        assert vote(desk, idea, value="-1").status_code == (200 if mode == Mode.UP_DOWN else 400)
    vote(desk, idea, value="3")
    assert votes_on(idea) == [3]


def as_new(idea, zoe):
    pass


def as_member(idea, zoe):
    of_user(brand=idea.brand, user=zoe)


def as_voter(idea, zoe):
    votes.cast_as_user(code=idea.code, user_id=zoe.pk, value=1)


def as_opponent(idea, zoe):
    votes.cast_as_user(code=idea.code, user_id=zoe.pk, value=-1)


def as_who_took_theirs_back(idea, zoe):
    as_voter(idea, zoe)
    votes.cast_as_user(code=idea.code, user_id=zoe.pk, value=0)


def as_who_has_no_vote_left(idea, zoe):
    votes.cast_as_user(code=make_idea(idea.challenge).code, user_id=zoe.pk, value=1)


def as_stopped(idea, zoe):
    person = of_user(brand=idea.brand, user=zoe)
    stop(participant=person, actor=make_user(), reason="Again and again.")


def as_admitted(idea, zoe):
    Participant.objects.filter(pk=of_user(brand=idea.brand, user=zoe).pk).update(admitted=True)


PEOPLE = [
    (Voters.EVERYBODY, somebody)
    for somebody in (
        as_new, as_member, as_voter, as_opponent, as_who_took_theirs_back,
        as_who_has_no_vote_left, as_stopped,
    )
] + [(Voters.ADMITTED, somebody) for somebody in (as_new, as_admitted)]  # fmt: skip


@pytest.mark.parametrize("value", ["1", "0"])
@pytest.mark.parametrize(("who_votes", "somebody"), PEOPLE)
def test_the_answer_is_the_same_whoever_has_the_address(
    desk, brand, zoe, somebody, who_votes, value
):
    rules = {"mode": Mode.UP_DOWN, "budget": 1, "who_votes": who_votes}
    idea = make_idea(make_challenge(brand, **rules))
    somebody(idea, zoe)
    told = {}
    for email in (NEW, KNOWN):
        act = vote(desk, idea, email=email, value=value, follow=False)
        page = desk.get(act["Location"])
        said = text_of(page).replace(email, "…")
        undone = desk.post(undo_in(page), follow=True)
        counts = said.partition("Votes For")[0], said.partition("Comments")[2]
        told[email] = (act.status_code, act["Location"], counts, text_of(undone)[:200])
    assert told[NEW] == told[KNOWN]
    logged = Activity.objects.filter(subject_code=idea.code, private=True)
    assert logged.filter(kind__startswith="vote.").count() == 4
    assert KNOWN not in str(list(logged.values()))


def test_errors_stand_beside_their_fields_and_nothing_is_lost(desk, idea):
    page = vote(desk, idea, email="zoe at home", name="Zoe", value="7")
    assert page.status_code == 400
    form = page.context["behalf_form"]
    assert form.errors == {
        "email": ["This is no e-mail address: one looks like name@example.org."],
        "value": ["A vote here cannot be worth that."],
    }
    body = page.content.decode()
    assert 'value="zoe at home"' in body
    assert 'value="Zoe"' in body
    assert '<details class="fold" id="behalf" open>' in body
    assert 'id="behalf_email_error"' in body
    assert "Almost there: please look at what is marked below." in text_of(page)
    assert vote(desk, idea, email="").context["behalf_form"].errors == {
        "email": ["Type their e-mail address."]
    }
    for wrong in ({"email": "a\0@example.org"}, {"name": "x" * 41}, {"email": "x" * 400}):
        assert vote(desk, idea, **wrong).status_code == 400
    assert not Participant.objects.filter(mailbox__isnull=False).exists()


def test_where_nobody_votes_no_form_stands_and_what_was_typed_comes_back(desk, idea):
    form = f'action="{path_to(idea, "votes/")}"'
    assert form in desk.get(path_to(idea)).content.decode()
    set_closed(idea, closed=True)
    assert form not in desk.get(path_to(idea)).content.decode()
    page = vote(desk, idea)
    assert (page.status_code, form in page.content.decode()) == (400, True)
    assert "Voting on this idea has ended." in text_of(page)
    assert f'value="{NEW}"' in page.content.decode()
    set_closed(idea, closed=False)
    set_hidden(idea=idea, hidden=True, actor=None, reason="A mistake.")
    assert form not in desk.get(path_to(idea)).content.decode()
    page = vote(desk, idea)
    assert (page.status_code, votes_on(idea)) == (400, [])
    assert "Nobody votes on an idea that is hidden." in text_of(page)


def test_who_votes_there_is_said_above_the_fields(desk, idea, brand):
    told = {
        Voters.TEAM: "Only the brand’s team votes here.",
        Voters.ADMITTED: "Only people whom the brand has admitted vote here.",
    }
    for who, words in told.items():
        assert words not in text_of(desk.get(path_to(idea)))
        chosen = make_idea(make_challenge(brand, who_votes=who))
        assert words in text_of(desk.get(path_to(chosen)))


def test_where_a_budget_holds_the_notice_says_so(desk, brand):
    page = vote(desk, make_idea(make_challenge(brand, budget=3)))
    assert f"Counted for {NEW}, if they may vote here and have votes left." in text_of(page)


def test_beside_the_list_it_is_the_same_form_with_its_notice(desk, idea):
    beside = {"X-Pane": "1"}
    page = vote(desk, idea, headers=beside)
    assert page["X-Pane"] == "shown"
    assert COUNTED.format(NEW) in text_of(page)
    assert undo_in(page)
    refused = vote(desk, idea, email="", headers=beside)
    assert (refused.status_code, refused["X-Pane"]) == (400, "shown")


def test_where_nothing_can_be_undone_no_undo_is_offered(desk, idea, settings):
    settings.UNDO_SECONDS = 0
    page = vote(desk, idea)
    assert COUNTED.format(NEW) in text_of(page)
    assert [undo_path(message) for message in page.context["messages"]] == [""]


def test_what_is_undone_twice_is_said_and_a_closed_idea_keeps_its_votes(desk, idea):
    undo = undo_in(vote(desk, idea))
    set_closed(idea, closed=True)
    assert "Voting on this idea has ended." in text_of(desk.post(undo, follow=True))
    assert votes_on(idea) == [1]
    set_closed(idea, closed=False)
    desk.post(undo)
    assert "That is undone already, or it is too late to." in text_of(desk.post(undo, follow=True))
    huge = path_to(idea, f"votes/{10**30}/undo/")
    assert "That is undone already" in text_of(desk.post(huge, follow=True))


@pytest.mark.parametrize("act", ["votes/", AN_UNDO])
def test_who_only_reads_has_no_form_and_is_refused(idea, rita, act):
    analyst = reader(rita)
    assert path_to(idea, "votes/") not in analyst.get(path_to(idea)).content.decode()
    assert analyst.post(path_to(idea, act), {"email": NEW, "value": "1"}).status_code == 403
    assert votes_on(idea) == []


@pytest.mark.parametrize("act", ["votes/", AN_UNDO])
def test_strangers_are_refused_and_another_brands_idea_is_not_found(
    idea, mallory, charlie, visitor, act
):
    form = {"email": NEW, "value": "1"}
    foreign = f"/desk/rival/ideas/{idea.code}/{act}"
    assert reader(mallory).post(foreign, form).status_code == 404
    for stranger in (mallory, charlie):
        assert reader(stranger).post(path_to(idea, act), form).status_code == 403
    assert visitor.post(path_to(idea, act), form)["Location"].startswith("/accounts/login/")
    assert not Participant.objects.filter(mailbox__isnull=False).exists()
    assert votes_on(idea) == []


def test_nothing_is_cast_by_a_get_or_without_the_forms_token(desk, idea, bob):
    asked = path_to(idea, f"votes/?email={NEW}&value=1")
    assert [desk.get(asked).status_code, desk.head(asked).status_code] == [405, 405]
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(bob, "allauth.account.auth_backends.AuthenticationBackend")
    assert vote(strict, idea, follow=False).status_code == 403
    assert not VoteEvent.objects.exists()
    form = strict.get(path_to(idea)).content.decode().partition('id="behalf"')[2]
    (token,) = TOKEN.findall(form.partition("</form>")[0])
    assert vote(strict, idea, follow=False, csrfmiddlewaretoken=token).status_code == 302
    assert votes_on(idea) == [1]


def test_one_of_a_team_votes_for_60_people_in_an_hour_and_loses_nothing_then(desk, idea, bob):
    for n in range(limits.VOTES_FOR_OTHERS.amount):
        limits.vote_for_somebody(user_id=bob.pk, brand_id=idea.brand_id, email=f"p{n}@example.org")
    page = vote(desk, idea)
    assert page.status_code == 429
    assert int(page["Retry-After"]) > 0
    assert "That is a little fast." in text_of(page)
    assert f'value="{NEW}"' in page.content.decode()
    assert votes_on(idea) == []


def test_a_person_named_again_and_again_is_limited_by_key_and_team_together(brand, bob):
    for _n in range(limits.VOTES_OF_PERSON.amount):
        limits.vote_on_behalf(brand_id=brand.pk, external_id=None, email=NEW)
    with pytest.raises(limits.TooMany):
        limits.vote_for_somebody(user_id=bob.pk, brand_id=brand.pk, email=NEW.upper())
    limits.vote_for_somebody(user_id=bob.pk, brand_id=brand.pk, email=KNOWN)
