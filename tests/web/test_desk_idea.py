"""One idea at the desk: status, answer, note, hiding, and how each is undone."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Activity
from ideas.domain import comments, decisions, deleting, ideas, notes, reports, votes
from ideas.enums import Verb
from ideas.models import Comment, Decision, Idea, Note, Score
from tests.factories import make_challenge, make_idea, make_participant
from tests.web.conftest import reader, text_of
from web.desk.undo import undo_path

WORDS = "We looked at it for a long time, and the law of the street forbids it here."


@pytest.fixture
def desk(bob, brand):
    return reader(bob)


def path_to(idea, act=""):
    return f"/desk/mio/ideas/{idea.code}/{act}"


def undo_in(page):
    """Where the one button of the messages posts to."""
    (path,) = [found for message in page.context["messages"] if (found := undo_path(message))]
    return path


def set_status(desk, idea, status, **words):
    return desk.post(path_to(idea, "status/"), {"status": status} | words, follow=True)


def age(idea, seconds):
    """As if the answers and decisions of an idea had been made before."""
    then = timezone.now() - timedelta(seconds=seconds)
    Decision.objects.filter(idea=idea).update(at=then)
    Comment.objects.filter(idea=idea).update(created_at=then)


def status_of(idea):
    return Idea.objects.values_list("status", flat=True).get(pk=idea.pk)


def test_the_page_offers_the_allowed_next_steps_alone(desk, idea):
    page = desk.get(path_to(idea))
    offered = [step.key for step, _chosen in page.context["status_form"].options]
    assert offered == [
        "under_review", "planned", "already_offered", "declined", "archived", "submitted",
    ]  # fmt: skip
    assert "Stay at “Submitted”" in text_of(page)


def test_a_changed_text_leads_to_what_was_changed(desk, idea, alice):
    there = f'href="/i/{idea.code}/history/"'
    assert there not in desk.get(path_to(idea)).content.decode()
    ideas.edit_idea(idea=idea, actor=alice, title="A cabin with another name")
    assert there in desk.get(path_to(idea)).content.decode()


def test_a_status_is_set_and_undone_in_time(desk, idea):
    page = set_status(desk, idea, "planned")
    assert status_of(idea) == "planned"
    said = "Status: Planned. Nobody has been told yet: you can undo this for 30 seconds."
    assert said in text_of(page)
    assert page.context["undoable"] == Decision.objects.get().code
    assert "Nobody has been told of “Planned” yet: for 30 seconds" in text_of(page)
    page = desk.post(undo_in(page), follow=True)
    assert status_of(idea) == "submitted"
    assert "Undone. Nobody was told." in text_of(page)
    assert page.context["undoable"] == ""
    assert "undone" in text_of(page)


def test_too_late_to_undo_a_status_is_said_in_a_sentence(desk, idea):
    undo = undo_in(set_status(desk, idea, "planned"))
    age(idea, 61)
    assert desk.get(path_to(idea)).context["undoable"] == ""
    page = desk.post(undo, follow=True)
    assert "People have been told already. Set the status again instead." in text_of(page)
    assert status_of(idea) == "planned"


def test_what_is_undone_twice_is_said_once_more(desk, idea):
    undo = undo_in(set_status(desk, idea, "planned"))
    desk.post(undo)
    page = desk.post(undo, follow=True)
    assert "That is undone already, or it is too late to." in text_of(page)


def test_where_people_are_told_at_once_nothing_is_offered_to_undo(desk, idea, settings):
    settings.UNDO_SECONDS = 0
    page = set_status(desk, idea, "planned")
    assert "Status: Planned." in text_of(page)
    assert [undo_path(message) for message in page.context["messages"]] == [""]


def test_a_decline_that_is_too_short_says_what_is_missing_and_keeps_what_was_typed(desk, idea):
    typed = {"reason": "too_costly", "message": "Too   dear,\nsorry."}
    page = set_status(desk, idea, "declined", **typed)
    assert page.status_code == 400
    form = page.context["status_form"]
    assert form.missing == 40 - len("Too dear, sorry.") == 24
    assert "24 characters are missing." in text_of(page)
    assert "Almost there: please look at what is marked below." in text_of(page)
    body = page.content.decode()
    assert "Too   dear,\nsorry.</textarea>" in body
    assert '<option value="too_costly" selected>' in body
    assert [step.key for step, chosen in form.options if chosen] == ["declined"]
    assert status_of(idea) == "submitted"


def test_a_decline_needs_a_reason_of_the_list(desk, idea):
    page = set_status(desk, idea, "declined", message=WORDS)
    assert list(page.context["status_form"].errors) == ["reason"]
    page = set_status(desk, idea, "declined", message=WORDS, reason="because")
    assert list(page.context["status_form"].errors) == ["reason"]
    set_status(desk, idea, "declined", message=WORDS, reason="not_allowed")
    assert status_of(idea) == "declined"
    decision = Decision.objects.get()
    assert (decision.reason, decision.message) == ("not_allowed", WORDS)


def test_a_step_that_the_graph_does_not_have_is_refused_beside_the_steps(desk, idea):
    page = set_status(desk, idea, "implemented", message="Kept.")
    assert page.status_code == 400
    (problem,) = page.context["status_form"].errors["status"]
    assert problem.startswith("From “Submitted” an idea goes to: Under review, Planned")
    assert "Kept.</textarea>" in page.content.decode()
    for wrong in ("", "nonsense", "x" * 400):
        assert set_status(desk, idea, wrong).status_code == 400


def test_to_stay_is_to_say_how_it_stands(desk, idea):
    page = set_status(desk, idea, "submitted")
    assert "It has this status already." in text_of(page)
    assert not Decision.objects.exists()
    set_status(desk, idea, "submitted", message="We read it on Monday.")
    assert Decision.objects.get().message == "We read it on Monday."


def test_an_answer_is_given_and_undone_in_time(desk, idea):
    page = desk.post(path_to(idea, "answer/"), {"body": "**Yes.**"}, follow=True)
    assert [given.body for given, _fresh, _people in page.context["answers"]] == ["**Yes.**"]
    assert "Your answer stands. Nobody has been told yet" in text_of(page)
    page = desk.post(undo_in(page), follow=True)
    assert page.context["answers"] == []
    assert "Undone. Nobody was told." in text_of(page)


def test_too_late_to_undo_an_answer_is_said_in_a_sentence(desk, idea):
    page = desk.post(path_to(idea, "answer/"), {"body": "Yes."}, follow=True)
    undo = undo_in(page)
    age(idea, 61)
    page = desk.post(undo, follow=True)
    assert "People have been told already." in text_of(page)
    ((given, is_fresh, _people),) = page.context["answers"]
    assert (given.body, is_fresh) == ("Yes.", False)


@pytest.mark.parametrize("body", ["", "  \n", "x" * 20_001])
def test_an_answer_that_is_empty_or_endless_is_kept_in_its_field(desk, idea, body):
    page = desk.post(path_to(idea, "answer/"), {"body": body})
    assert page.status_code == 400
    assert page.context["answer_form"]["body"].value() == body
    assert not Comment.objects.exists()


def test_a_note_is_for_the_whole_team_and_for_nobody_else(desk, idea, rita, charlie):
    analyst = reader(rita)
    page = analyst.post(path_to(idea, "notes/"), {"body": "Ask the roof people."}, follow=True)
    assert "Ask the roof people." in text_of(desk.get(path_to(idea)))
    assert "Ask the roof people." not in text_of(
        reader(charlie).get(f"/i/{idea.code}/x/", follow=True)
    )
    undo = undo_in(page)
    assert desk.post(undo).status_code == 403  # another's
    page = analyst.post(undo, follow=True)
    assert "The note is deleted." in text_of(page)
    assert not Note.objects.exists()
    assert "undone already" in text_of(analyst.post(undo, follow=True))


def test_a_note_says_whom_it_names_in_vain(desk, idea, rita):
    body = "Ask @rita, @Nobody-here and @charlie; not _@it_."
    page = desk.post(path_to(idea, "notes/"), {"body": body}, follow=True)
    assert "Not in the team, so nobody was told: @nobody-here, @charlie" in text_of(page)
    assert "Ask @rita, @Nobody-here" in text_of(page)
    page = desk.post(path_to(idea, "notes/"), {"body": "Ask @rita."}, follow=True)
    assert "Not in the team" not in text_of(page)


def test_an_idea_is_hidden_with_a_reason_and_shown_again(desk, idea, visitor):
    public = f"/i/{idea.code}/{idea.slug}/"
    page = desk.post(path_to(idea, "hide/"), {"reason": ""})
    assert page.status_code == 400
    assert "Say why, in a few words" in text_of(page)
    page = desk.post(path_to(idea, "hide/"), {"reason": "It names a neighbour."}, follow=True)
    assert visitor.get(public).status_code == 404
    assert "Hidden from the public" in text_of(page)
    assert "It names a neighbour." in text_of(page)
    desk.post(undo_in(page))
    assert visitor.get(public).status_code == 200


def test_a_comment_is_hidden_and_shown_again(desk, idea, charlie):
    author = make_participant(idea.brand, charlie)
    comment = comments.post(idea=idea, author=author, body="Buy my roof.", actor=charlie)
    here = path_to(idea)
    path = f"/desk/mio/comments/{comment.code}/hide/?next={here}"
    page = desk.post(path, {"reason": "Advertising."}, follow=True)
    assert page.redirect_chain == [(here, 302)]
    comment.refresh_from_db()
    assert comment.hidden
    page = desk.post(undo_in(page), follow=True)
    comment.refresh_from_db()
    assert not comment.hidden
    assert page.redirect_chain == [(here, 302)]


def test_an_idea_to_which_nothing_is_known_to_have_happened_has_no_history(desk, idea, alice):
    Activity.objects.filter(subject_code=idea.code).delete()  # as with one that was imported
    assert "history-title" not in desk.get(path_to(idea)).content.decode()
    decisions.set_status(idea=idea, status="under_review", actor=alice)
    assert "history-title" in desk.get(path_to(idea)).content.decode()


def test_the_history_says_who_of_the_team_did_what(desk, idea, alice, bob):
    set_status(desk, idea, "planned", message="Next spring.")
    comments.answer(idea=idea, body="Yes.", actor=alice)
    ideas.set_hidden(idea=idea, hidden=True, actor=bob, reason="A mistake.")
    told = [(event.kind, event.by) for event, _steps in desk.get(path_to(idea)).context["history"]]
    assert told == [
        ("idea.hidden", "Bob"), ("answer.posted", "Alice"), ("status.changed", "Bob"),
        ("idea.posted", idea.author.name),
    ]  # fmt: skip
    page = text_of(desk.get(path_to(idea)))
    assert "Submitted → Planned Next spring. Bob" in page
    assert "A mistake." in page


ACTS = {
    "status/": {"status": "planned"},
    "answer/": {"body": "Yes."},
    "hide/": {"reason": "A reason."},
    "show/": {},
    "status/abc/undo/": {},
    "answer/abc/undo/": {},
}


@pytest.mark.parametrize("act", ACTS)
def test_who_only_reads_sees_no_form_and_is_refused(idea, rita, act):
    analyst = reader(rita)
    page = analyst.get(path_to(idea))
    assert page.status_code == 200
    assert path_to(idea, act) not in page.content.decode()
    assert analyst.post(path_to(idea, act), ACTS[act]).status_code == 403
    assert status_of(idea) == "submitted"
    assert not Comment.objects.exists()


@pytest.mark.parametrize("act", ["", *ACTS, "notes/"])
def test_another_brands_idea_is_not_found_and_strangers_are_refused(idea, mallory, charlie, act):
    """By its owner under their own brand, and by anybody under this one."""
    method = "post" if act else "get"
    foreign = f"/desk/rival/ideas/{idea.code}/{act}"
    assert getattr(reader(mallory), method)(foreign, ACTS.get(act, {})).status_code == 404
    for stranger in (mallory, charlie):
        answer = getattr(reader(stranger), method)(path_to(idea, act), ACTS.get(act, {}))
        assert answer.status_code == 403
    assert not Decision.objects.exists()


def test_anothers_note_answer_and_decision_are_not_reached_through_this_idea(desk, idea, bob):
    other = make_idea(idea.challenge)
    note = notes.add(idea=other, body="Mine.", actor=bob)
    answer = comments.answer(idea=other, body="Yes.", actor=bob)
    decision = decisions.set_status(idea=other, status="planned", actor=bob)
    for act in (
        f"notes/{note.code}/delete/", f"answer/{answer.code}/undo/",
        f"status/{decision.code}/undo/",
    ):  # fmt: skip
        assert "undone already" in text_of(desk.post(path_to(idea, act), follow=True))
    assert Note.objects.exists()
    assert comments.answers_of(other)
    assert status_of(other) == "planned"


@pytest.mark.parametrize("name", ["imported", "on_behalf"])
def test_votes_that_nobody_cast_here_are_shown_apart_where_there_are_any(desk, idea, name):
    label = {"imported": "Imported", "on_behalf": "On behalf"}[name]
    assert "of those for it" not in text_of(desk.get(path_to(idea)))
    Score.objects.filter(pk=idea.pk).update(support=2_700, **{name: 2_600})
    said = text_of(desk.get(path_to(idea)))
    assert f"For 2,700 {label} 2,600 of those for it" in said
    assert said.count("of those for it") == 1


def test_hidden_counts_stay_hidden_from_the_team(desk, brand, charlie):
    phases = [{"title": "Blind", "verbs": [Verb.VOTE, Verb.SUBMIT], "hides_counts": True}]
    idea = make_idea(make_challenge(brand, slug="blind", phases=phases))
    votes.cast_as_user(code=idea.code, user_id=charlie.pk, value=1)
    Score.objects.filter(pk=idea.pk).update(support=7, imported=7, on_behalf=7)
    page = desk.get(path_to(idea))
    assert page.context["idea"].support is None
    assert "of those for it" not in text_of(page)
    assert "Counts are hidden until the end of the round" in text_of(page)


def test_the_page_of_an_idea_of_the_brand_itself_names_nobody_to_stop(desk, challenge):
    page = desk.get(path_to(make_idea(challenge)))
    assert "Stop this person" not in text_of(page)


@pytest.mark.parametrize("many", [1, 30])
def test_an_idea_costs_the_same_with_much_said_about_it(
    desk, idea, bob, many, django_assert_num_queries
):
    for n in range(many):
        author = make_participant(idea.brand)
        comment = comments.post(idea=idea, author=author, body=f"Word {n}", actor=author.user)
        reporter = make_participant(idea.brand)
        reports.report(idea=idea, comment=comment, reporter=reporter, reason="spam")
        comments.answer(idea=idea, body=f"Answer {n}", actor=bob)
        notes.add(idea=idea, body=f"Note {n}", actor=bob)
        decisions.set_status(idea=idea, status="submitted", message=f"So {n}", actor=bob)
    with django_assert_num_queries(22):
        desk.get(path_to(idea))


def test_an_idea_that_its_author_deleted_says_so_and_takes_no_answer(desk, idea):
    form = f'action="{path_to(idea, "answer/")}"'
    assert form in desk.get(path_to(idea)).content.decode()
    deleting.delete_idea(idea=idea, actor=idea.author.user)
    page = desk.get(path_to(idea))
    assert form not in page.content.decode()
    assert "Its author deleted it" in text_of(page)
    refused = desk.post(path_to(idea, "answer/"), {"body": WORDS})
    assert refused.status_code == 400
    assert not Comment.objects.exists()
