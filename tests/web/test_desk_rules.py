"""A change of rules at the desk: reviewed, then applied, then in the public log."""

import re
from datetime import timedelta
from random import Random

import pytest
from django.utils import timezone

from cocreate.lib.errors import Invalid
from ideas.domain import challenges, orders, rule_changes, tally, votes
from ideas.domain.lists import ideas_page
from ideas.enums import Mode, Sort, Verb
from ideas.models import Challenge, Vote
from tests.factories import make_challenge, make_idea, make_user
from tests.gate import another_connection
from tests.web.conftest import reader, text_of
from tests.web.test_desk_challenges import form_of

STREET = "/desk/mio/challenges/street/"
REVIEW = f"{STREET}rules/"


@pytest.fixture
def desk(bob, brand):
    return reader(bob)


@pytest.fixture
def form(desk, challenge):
    return form_of(desk.get(STREET))


def repeated(page):
    """What the review sends back with its buttons."""
    fields = re.findall(r'<input type="hidden"\s+name="([^"]+)"\s+value="([^"]*)"', page)
    sent = {}
    for name, value in fields:
        sent.setdefault(name, []).append(value)
    return sent


def vote(idea, days_ago, value=1):
    """By somebody new, so many days ago."""
    votes.cast_as_user(code=idea.code, user_id=make_user().pk, value=value)
    latest = Vote.objects.filter(idea=idea).latest("pk")
    Vote.objects.filter(pk=latest.pk).update(at=timezone.now() - timedelta(days=days_ago))


@pytest.fixture
def contest(challenge):
    """Of old support and of new: which leads depends on the half-life."""
    old, new = (make_idea(challenge, title=f"{name} idea") for name in ("Old", "New"))
    for _n in range(4):
        vote(old, 20)
    for _n in range(2):
        vote(new, 0)
    tally.reset()
    return old, new


@pytest.mark.django_db(transaction=True)
def test_a_new_half_life_is_seen_before_it_holds(desk, form, challenge, contest, visitor):
    page = desk.post(REVIEW, form | {"half_life": "2", "review": "1"})
    body = text_of(page)
    assert "Half-life of a vote before: 30 days after: 2 days" in body
    assert "The order “hot”, before and after" in body
    preview = page.context["preview"]
    old, new = contest
    assert [move.code for move in preview.today] == [old.code, new.code]
    assert [(move.code, move.up) for move in preview.then] == [(new.code, 1), (old.code, -1)]
    assert "2 of the first 2 places go to other ideas." in body
    challenge.refresh_from_db()
    assert challenge.rules.version == 1
    sent = repeated(page.content.decode()) | {"reason": "Old ideas win for ever.", "apply": "1"}
    page = desk.post(REVIEW, sent, follow=True)
    assert "The new rules hold from now on." in text_of(page)
    tally.fold_until_settled()
    order = [idea.code for idea in visitor.get("/b/mio/c/street/?sort=hot").context["ideas"]]
    assert order == [new.code, old.code]  # as it was foretold
    assert "Old ideas win for ever." in text_of(visitor.get("/b/mio/c/street/rules/"))


@pytest.mark.django_db(transaction=True)
def test_the_whole_order_comes_as_it_was_foretold(brand):
    made = make_challenge(brand, slug="many", mode=Mode.UP_DOWN)
    chance = Random(7)  # noqa: S311 - any votes will do
    ideas = [make_idea(made) for _n in range(9)]
    for _n in range(70):
        vote(chance.choice(ideas), chance.randrange(400), chance.choice([1, 1, -1]))
    tally.reset()
    plan = rule_changes.planned(
        challenge=made, rules={"half_life": timedelta(hours=30)},
        phases=challenges.phases_of(challenges.rules_of(made)),
    )  # fmt: skip
    foretold = [move.code for move in rule_changes.preview_of(challenge=made, plan=plan).then]
    challenges.change_rules(challenge=made, actor=None, half_life=timedelta(hours=30))
    tally.fold_until_settled()
    rows = ideas_page(brand=brand, challenge=made, sort=Sort.HOT).items
    assert [row["code"] for row in rows] == foretold


def test_the_form_comes_back_as_it_was_sent(desk, form, challenge):
    page = desk.post(REVIEW, form | {"budget": "7", "p1-title": "Begin", "review": "1"})
    sent = repeated(page.content.decode())
    page = desk.post(REVIEW, sent | {"again": "1"})
    assert page.status_code == 200
    assert form_of(page)["budget"] == "7"
    assert form_of(page)["p1-title"] == "Begin"
    challenge.refresh_from_db()
    assert challenge.rules.version == 1


def test_words_that_were_saved_keep_the_rules_beside_them(desk, form, challenge):
    page = desk.post(STREET, form | {"title": "What else?", "half_life": "2", "save": "1"})
    assert page.status_code == 200
    assert "Saved." in text_of(page)
    assert "The rules below are not changed yet: see first what would change." in text_of(page)
    assert (form_of(page)["half_life"], form_of(page)["title"]) == ("2", "What else?")
    challenge.refresh_from_db()
    assert (challenge.title, challenge.rules.version) == ("What else?", 1)
    page = desk.post(REVIEW, form_of(page) | {"review": "1"})
    assert "Half-life of a vote before: 30 days after: 2 days" in text_of(page)


def test_words_are_saved_beside_rules_that_make_no_sense_and_those_are_marked(
    desk, form, challenge
):
    page = desk.post(STREET, form | {"title": "What else?", "budget": "0", "save": "1"})
    assert "A budget is 1 to 1000" in text_of(page)
    assert form_of(page)["budget"] == "0"
    challenge.refresh_from_db()
    assert challenge.title == "What else?"


def test_rules_that_were_changed_keep_the_words_beside_them(desk, form, challenge):
    sent = form | {"title": "What else?", "body": "One\r\nTwo", "budget": "7"}
    page = desk.post(REVIEW, sent | {"review": "1"})
    assert "You have changed the words of your question too." in text_of(page)
    kept = repeated(page.content.decode())
    assert form_of(desk.post(REVIEW, kept | {"again": "1"}))["title"] == "What else?"
    page = desk.post(REVIEW, kept | {"reason": "Choose.", "apply": "1"})
    assert "The new rules hold from now on." in text_of(page)
    assert "The words of your question are not saved yet: they wait here." in text_of(page)
    challenge.refresh_from_db()
    assert (challenge.rules.budget, challenge.title) == (7, form["title"])
    page = desk.post(STREET, form_of(page) | {"save": "1"}, follow=True)
    challenge.refresh_from_db()
    assert (challenge.title, challenge.body) == ("What else?", "One\nTwo")
    assert page.redirect_chain
    assert "The rules below" not in text_of(page)


def test_words_alone_are_not_lost_where_no_rule_differs(desk, form, challenge):
    page = desk.post(REVIEW, form | {"title": "What else?", "review": "1"})
    assert "Nothing differs from the rules of today." in text_of(page)
    assert form_of(page)["title"] == "What else?"
    assert re.search(r"<form[^>]* data-unsaved>", page.content.decode())


def test_words_as_a_browser_sends_them_back_are_no_change(desk, form, challenge):
    challenges.edit_challenge(challenge=challenge, actor=None, body="One\nTwo")
    sent = form_of(desk.get(STREET)) | {"body": "One\r\nTwo", "budget": "7", "reason": "Choose."}
    assert not desk.post(REVIEW, sent | {"review": "1"}).context["words_wait"]
    page = desk.post(REVIEW, sent | {"apply": "1"})
    assert page["Location"].endswith("/rules/#log")


def test_of_phases_only_those_that_differ_are_told(desk, brand):
    phases = [{"title": name, "verbs": [Verb.VOTE]} for name in ("Begin", "Middle", "End")]
    made = make_challenge(brand, slug="three", phases=phases)
    path = "/desk/mio/challenges/three/"
    form = form_of(desk.get(path))
    page = desk.post(f"{path}rules/", form | {"p2-title": "Choose", "review": "1"})
    (change,) = page.context["changes"]
    assert (change.before, change.after) == (["Middle: always; Vote"], ["Choose: always; Vote"])
    assert "by the new dates" not in text_of(page)
    page = desk.post(f"{path}rules/", form | {"p2-closes": "2031-01-01T10:00", "review": "1"})
    assert "What opens or closes by the new dates does so" in text_of(page)
    swapped = form | {"phase": ["p2", "p1", "p3"], "review": "1"}
    (change,) = desk.post(f"{path}rules/", swapped).context["changes"]
    assert [len(change.before), len(change.after)] == [3, 3]
    added = form | {"phase": ["p1", "p2", "p3", "p4"], "p4-title": "Party", "review": "1"}
    (change,) = desk.post(f"{path}rules/", added).context["changes"]
    assert change.before == ["–"]
    assert [line.partition(":")[0] for line in change.after] == ["Party"]
    assert made.versions.count() == 1


def test_phases_are_added_and_removed_on_the_way(desk, form):
    page = desk.post(STREET, form | {"add": "1", "title": "Half a thought"})
    assert form_of(page)["title"] == "Half a thought"
    assert [row.key for row in page.context["editor"].phases.rows] == ["p1", "p2"]
    page = desk.post(REVIEW, form | {"add": "1"})
    assert [row.key for row in page.context["editor"].phases.rows] == ["p1", "p2"]


def test_where_nothing_differs_there_is_nothing_to_review(desk, form, challenge):
    page = desk.post(REVIEW, form | {"review": "1"}, follow=True)
    assert "Nothing differs from the rules of today." in text_of(page)
    desk.post(REVIEW, form | {"apply": "1"})
    assert challenge.versions.count() == 1


@pytest.mark.parametrize("button", ["review", "apply"])
def test_nonsense_is_refused_in_the_form(desk, form, challenge, button):
    page = desk.post(REVIEW, form | {"budget": "0", "p1-title": "", button: "1"})
    assert page.status_code == 400
    assert "A budget is 1 to 1000" in text_of(page)
    assert "Give the phase a name." in text_of(page)
    assert challenge.versions.count() == 1


@pytest.mark.parametrize("button", ["review", "apply"])
def test_of_two_managers_the_second_is_told_and_loses_nothing(desk, alice, form, challenge, button):
    reader(alice).post(REVIEW, form | {"budget": "9", "reason": "Few.", "apply": "1"})
    page = desk.post(REVIEW, form | {"budget": "4", button: "1"})
    assert page.status_code == 412
    assert "Somebody of your team changed this question" in text_of(page)
    assert "You have 9 votes for the whole question." in text_of(page)
    assert form_of(page)["budget"] == "4"
    challenge.refresh_from_db()
    assert (challenge.rules.version, challenge.rules.budget) == (2, 9)
    desk.post(REVIEW, form_of(page) | {"reason": "Fewer.", "apply": "1"})
    challenge.refresh_from_db()
    assert (challenge.rules.version, challenge.rules.budget) == (3, 4)


def test_a_reason_that_is_too_long_is_refused_beside_it(desk, form, challenge):
    page = desk.post(REVIEW, form | {"budget": "4", "reason": "x" * 501, "apply": "1"})
    assert page.status_code == 400
    assert "Keep it under 500 characters." in text_of(page)
    assert "x" * 501 in page.content.decode()
    assert challenge.versions.count() == 1


@pytest.mark.parametrize("reason", ["", "  \n "])
def test_without_a_reason_nothing_changes_and_nothing_is_lost(desk, form, challenge, reason):
    page = desk.post(REVIEW, form | {"budget": "4", "reason": reason, "apply": "1"})
    assert page.status_code == 400
    assert "Say why: it stands in the public log beside the change." in text_of(page)
    assert challenge.versions.count() == 1
    sent = repeated(page.content.decode()) | {"reason": "People vote for all.", "apply": "1"}
    desk.post(REVIEW, sent)
    challenge.refresh_from_db()
    assert (challenge.rules.budget, challenge.rules.reason) == (4, "People vote for all.")


def test_a_program_of_ours_changes_rules_without_a_reason(challenge, bob):
    assert challenges.change_rules(challenge=challenge, actor=None, budget=4).version == 2
    with pytest.raises(Invalid) as refusal:
        challenges.change_rules(challenge=challenge, actor=bob, budget=5)
    assert [code for code, _text in refusal.value.fields["reason"]] == ["required"]
    assert challenges.change_rules(challenge=challenge, actor=bob, budget=4).version == 2


def test_effects_are_told_in_plain_words(desk, form):
    sent = form | {"mode": "up_down", "budget": "3", "who_votes": "team", "licence": "CC0"}
    page = text_of(desk.post(REVIEW, sent | {"review": "1"}))
    for sentence in (
        "Votes that were cast stay as they are and go on counting.",
        "Nobody loses a vote.",
        "from now on only these people cast new ones",
        "Ideas that were posted keep the terms their authors accepted.",
    ):
        assert sentence in page


def test_a_budget_moves_no_idea(desk, form):
    page = desk.post(REVIEW, form | {"budget": "3", "review": "1"})
    assert "The order of the ideas stays as it is." in text_of(page)


@pytest.mark.django_db(transaction=True)
def test_another_way_of_voting_shows_the_official_order(desk, brand):
    made = make_challenge(brand, slug="both", mode=Mode.UP_DOWN)
    loved, large = make_idea(made, title="Loved"), make_idea(made, title="Large")
    for _n in range(10):
        vote(loved, 0)
    for value in [1] * 25 + [-1] * 12:
        vote(large, 0, value)
    tally.fold_until_settled()
    path = "/desk/mio/challenges/both/"
    page = desk.post(f"{path}rules/", form_of(desk.get(path)) | {"mode": "up", "review": "1"})
    assert "The order “best”, before and after" in text_of(page)
    preview = page.context["preview"]
    assert [move.title for move in preview.today] == ["Loved", "Large"]
    assert [move.title for move in preview.then] == ["Large", "Loved"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("mode", "other"), [(Mode.UP_DOWN, Mode.UP), (Mode.UP, Mode.UP_DOWN)])
def test_best_comes_as_it_was_foretold_to_the_last_tie(brand, mode, other):
    made = make_challenge(brand, slug="ties", mode=Mode.UP_DOWN)
    none, few, many, again = (make_idea(made) for _n in range(4))
    for idea, times in [(few, 1), (many, 5), (again, 5)]:  # all at the mean
        for n in range(2 * times):
            vote(idea, n, 1 if n % 2 else -1)
    challenges.change_rules(challenge=made, actor=None, mode=mode)
    tally.reset()
    plan = rule_changes.planned(
        challenge=made, rules={"mode": other},
        phases=challenges.phases_of(challenges.rules_of(made)),
    )  # fmt: skip
    preview = rule_changes.preview_of(challenge=made, plan=plan)

    def best():
        orders.rebuild(orders.List(brand.pk, made.pk))
        return [
            row["code"] for row in ideas_page(brand=brand, challenge=made, sort=Sort.BEST).items
        ]

    assert [move.code for move in preview.today] == best()
    challenges.change_rules(challenge=made, actor=None, mode=other)
    tally.fold_until_settled()
    assert [move.code for move in preview.then] == best()
    surest = [many.code, again.code, few.code, none.code]
    assert surest in [[move.code for move in moves] for moves in (preview.today, preview.then)]


@pytest.mark.django_db(transaction=True)
def test_v23_while_counts_are_hidden_no_preview_tells_their_order(desk, form, challenge, contest):
    phases = [{"title": "Blind", "verbs": [Verb.VOTE], "hides_counts": True}]
    challenges.change_rules(challenge=challenge, actor=None, phases=phases)
    sent = form_of(desk.get(STREET)) | {"half_life": "2", "mode": "up_down", "review": "1"}
    page = desk.post(REVIEW, sent)
    assert "A phase hides the counts now, from your team too." in text_of(page)
    assert page.context["preview"] is None
    assert "Old idea" not in text_of(page)


@pytest.mark.django_db(transaction=True)
def test_a_preview_that_takes_too_long_is_given_up(desk, form, challenge, monkeypatch):
    make_idea(challenge)
    monkeypatch.setattr(rule_changes, "PATIENCE_MS", 100)
    with another_connection() as somebody:
        somebody.execute("LOCK TABLE ideas_vote IN ACCESS EXCLUSIVE MODE")
        page = desk.post(REVIEW, form | {"half_life": "2", "review": "1"})
    assert "the comparison would take too long" in text_of(page)
    desk.post(REVIEW, form | {"half_life": "2", "reason": "Old.", "apply": "1"})
    challenge.refresh_from_db()
    assert challenge.rules.half_life == timedelta(days=2)


def test_the_preview_writes_nothing(desk, form, challenge):
    desk.post(REVIEW, form | {"half_life": "2", "review": "1"})
    assert Challenge.objects.get(pk=challenge.pk).revision == challenge.revision


def test_a_licence_counts_its_texts(challenge):
    def change(licence):
        challenges.change_rules(challenge=challenge, actor=None, licence=licence)
        return challenge.rules.licence_version

    assert [change(text) for text in ("CC0", "CC BY", "", "", "CC BY")] == [1, 2, 2, 2, 3]
    challenges.change_rules(challenge=challenge, actor=None, budget=4)
    assert (challenge.rules.licence, challenge.rules.licence_version) == ("CC BY", 3)


def test_what_is_not_named_stays_even_that_votes_leave(brand):
    made = make_challenge(brand, votes_leave=True, who_votes="team", licence="CC0")
    new = challenges.change_rules(challenge=made, actor=None, budget=3)
    assert (new.votes_leave, new.who_votes, new.licence_version) == (True, "team", 1)
