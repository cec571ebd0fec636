"""Writing in the discussion of an idea, changing it, and what the brand says there."""

import re
from datetime import timedelta

import pytest
from django.db.models import F
from django.test import Client

from accounts import limits
from accounts.domain.stopping import stop
from accounts.models import Participant
from ideas.domain import challenges, comments, decisions, ideas
from ideas.domain.comments import answer, post
from ideas.domain.deleting import delete_idea
from ideas.enums import Status
from ideas.models import Comment, Idea
from tests.factories import make_idea
from tests.ideas.imports import imported, table, undone
from tests.web.conftest import path_of, reader, text_of
from tests.web.talk import at, author, other, piece, talk_of

__all__ = ["author", "other"]


# --- Writing --------------------------------------------------------------------------------------


def test_a_member_comments_and_lands_on_it_as_a_follower(member, idea, charlie):
    response = member.post(talk_of(idea), {"body": "I would *use* it."})
    comment = Comment.objects.get()
    assert response["Location"] == at(comment)
    assert (comment.author.user, comment.body) == (charlie, "I would *use* it.")
    text = text_of(member.get(path_of(idea)))
    assert "Your comment is public." in text
    assert "1 comment" in text
    assert "Following" in text


def test_a_member_replies(member, idea, other):
    parent = post(idea=idea, author=other, body="Why?")
    page = member.get(f"{talk_of(idea)}?reply={parent.code}")
    assert f'name="parent" value="{parent.code}"' in page.content.decode()
    assert "Why?" in text_of(page)
    member.post(talk_of(idea), {"body": "Because.", "parent": parent.code})
    assert Comment.objects.get(body="Because.").parent == parent


def test_a_double_press_says_it_once(member, idea):
    for _n in range(2):
        assert member.post(talk_of(idea), {"body": "Once"}).status_code == 302
    assert Comment.objects.count() == 1
    member.post(talk_of(idea), {"body": "Twice"})
    assert Comment.objects.count() == 2


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (" ", "Write something first."),
        ("x" * 20_001, "Keep the text under 20000 characters."),
    ],
)
def test_a_mistake_is_named_beside_the_text_and_nothing_typed_is_lost(member, idea, body, sentence):
    response = member.post(talk_of(idea), {"body": body})
    assert response.status_code == 400
    assert sentence in text_of(response)
    assert 'aria-invalid="true"' in response.content.decode()
    assert body.strip() in response.content.decode()
    assert not Comment.objects.exists()


def test_whoever_was_signed_out_meanwhile_still_has_their_words(visitor, idea):
    response = visitor.post(talk_of(idea), {"body": "An hour of work"})
    assert response.status_code == 401
    assert "An hour of work</textarea>" in response.content.decode()
    assert "csrfmiddlewaretoken" not in response.content.decode()
    assert "nothing was sent" in text_of(response)
    assert not Comment.objects.exists()


def test_a_reply_to_what_is_gone_meanwhile_keeps_its_words(member, idea, other):
    parent = post(idea=idea, author=other, body="Wait")
    comments.delete(comment=parent, actor=other.user)
    response = member.post(talk_of(idea), {"body": "But why?", "parent": parent.code})
    assert response.status_code == 409
    assert "The comment you answer is gone." in text_of(response)
    assert "But why?</textarea>" in response.content.decode()
    assert f'value="{parent.code}"' not in response.content.decode()


def end_phase(idea: Idea, bob) -> None:
    phases = [{"title": "Choose", "verbs": ["vote"]}]
    challenges.change_rules(challenge=idea.challenge, actor=None, phases=phases)


def archive(idea: Idea, bob) -> None:
    decisions.set_status(idea=idea, status=Status.ARCHIVED, actor=bob)


def stop_charlie(idea: Idea, bob) -> None:
    charlie = Participant.objects.get(user__handle="charlie")
    stop(participant=charlie, actor=bob, reason="He sells watches.")


@pytest.mark.parametrize(
    ("end", "sentence", "status"),
    [
        (end_phase, "This challenge takes no comments now.", 409),
        (archive, "Comments on this idea have ended.", 409),
        (stop_charlie, "stopped you from taking part: He sells watches.", 403),
    ],
)
def test_the_page_says_why_nobody_comments_now_and_a_late_text_is_not_lost(
    member, visitor, idea, author, bob, end, sentence, status
):
    before = member.get(path_of(idea)).content.decode()
    assert 'name="body"' in before
    end(idea, bob)
    page = member.get(path_of(idea))
    assert sentence in text_of(page)
    assert 'name="body"' not in page.content.decode()
    assert sentence in text_of(member.get(talk_of(idea)))
    response = member.post(talk_of(idea), {"body": "Just in time"})
    assert response.status_code == status
    assert sentence in text_of(response)
    assert "Just in time</textarea>" in response.content.decode()
    assert not Comment.objects.exists()


def test_who_writes_too_much_waits_and_keeps_the_text(member, idea, monkeypatch):
    monkeypatch.setattr(limits, "COMMENTS_OF_PERSON", limits.Limit("comment", 2, 600))
    answers = [member.post(talk_of(idea), {"body": f"No. {n}"}) for n in range(3)]
    assert [one.status_code for one in answers] == [302, 302, 429]
    assert int(answers[2]["Retry-After"]) > 0
    assert "No. 2</textarea>" in answers[2].content.decode()
    assert "Try again in" in text_of(answers[2])


def test_20_comments_in_ten_minutes_and_100_a_day_are_the_limit():
    assert (limits.COMMENTS_OF_PERSON.amount, limits.COMMENTS_OF_PERSON.seconds) == (20, 600)
    assert (limits.COMMENTS_OF_PERSON_A_DAY.amount, limits.COMMENTS_OF_PERSON_A_DAY.seconds) == (
        100,
        86_400,
    )


def test_a_form_without_its_token_is_refused(idea, charlie):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(charlie, "allauth.account.auth_backends.AuthenticationBackend")
    assert strict.post(talk_of(idea), {"body": "Forged"}).status_code == 403
    assert not Comment.objects.exists()


def test_a_comment_on_an_idea_that_was_merged_goes_to_what_it_became(member, idea, challenge):
    old = make_idea(challenge)
    Idea.objects.filter(pk=old.pk).update(merged_into=idea)
    member.post(talk_of(old), {"body": "Here"})
    assert Comment.objects.get().idea == idea


@pytest.mark.parametrize("title", ["Comments", "Follow!", "Report"])
def test_an_idea_called_like_an_address_has_a_page(visitor, challenge, title):
    assert visitor.get(path_of(make_idea(challenge, title=title))).status_code == 200


# --- Changing -------------------------------------------------------------------------------------


def test_its_author_changes_and_deletes_it_and_the_page_says_until_when(
    member, idea, author, charlie
):
    comment = post(idea=idea, author=author, body="Befour")
    own = piece(member.get(path_of(idea)), comment)
    assert re.search(r"this until <time[^>]*>\d\d:\d\d UTC</time>", own)
    edit = f"{talk_of(idea)}{comment.code}/edit/"
    form = member.get(edit)
    assert "Befour</textarea>" in form.content.decode()
    assert "You can change this until" in text_of(form)
    assert member.post(edit, {"body": "Before"})["Location"] == at(comment)
    assert "edited" in piece(member.get(path_of(idea)), comment)
    member.post(f"{talk_of(idea)}{comment.code}/delete/")
    assert "This comment was deleted." in piece(member.get(path_of(idea)), comment)
    assert not Comment.objects.exclude(body="").exists()


def test_after_the_window_nothing_is_offered_and_a_late_change_is_not_lost(member, idea, author):
    comment = post(idea=idea, author=author, body="Befour")
    Comment.objects.update(created_at=F("created_at") - timedelta(minutes=31))
    edit = f"{talk_of(idea)}{comment.code}/edit/"
    assert "/edit/" not in piece(member.get(path_of(idea)), comment)
    late = member.get(edit)
    assert (late.status_code, "for 30 minutes" in text_of(late)) == (409, True)
    refused = member.post(edit, {"body": "My long change"})
    assert refused.status_code == 409
    assert "My long change</textarea>" in refused.content.decode()
    assert member.post(f"{talk_of(idea)}{comment.code}/delete/").status_code == 409
    assert Comment.objects.get().body == "Befour"


def test_nobody_is_offered_or_does_what_is_anothers_to_do(idea, author, bob, rita, mallory):
    comment = post(idea=idea, author=author, body="Mine")
    for user in (bob, rita, mallory):
        client = reader(user)
        assert "/edit/" not in piece(client.get(path_of(idea)), comment)
        for act in ("edit", "delete"):
            path = f"{talk_of(idea)}{comment.code}/{act}/"
            assert client.post(path, {"body": "Theirs"}).status_code == 403
        assert client.get(f"{talk_of(idea)}{comment.code}/edit/").status_code == 403
    assert reader().post(f"{talk_of(idea)}{comment.code}/delete/").status_code == 302
    assert Comment.objects.get().body == "Mine"


def test_a_get_deletes_nothing(member, idea, author):
    comment = post(idea=idea, author=author, body="Mine")
    assert member.get(f"{talk_of(idea)}{comment.code}/delete/").status_code == 405
    assert Comment.objects.get().body == "Mine"


# --- The brand ------------------------------------------------------------------------------------


def test_who_answers_for_the_brand_ticks_it_and_nobody_else_can(idea, bob, rita, charlie, other):
    parent = post(idea=idea, author=other, body="When?")
    for user in (rita, charlie):
        client = reader(user)
        assert 'name="official"' not in client.get(path_of(idea)).content.decode()
        refused = client.post(talk_of(idea), {"body": "As Mio", "official": "on"})
        assert refused.status_code == 403
        assert "As Mio</textarea>" in refused.content.decode()
    assert "Answer as Mio Motors" in text_of(reader(bob).get(path_of(idea)))
    reader(bob).post(talk_of(idea), {"body": "In May.", "official": "on"})
    reader(bob).post(talk_of(idea), {"body": "Soon.", "official": "on", "parent": parent.code})
    reader(bob).post(talk_of(idea), {"body": "I like it too."})
    rows = Comment.objects.exclude(pk=parent.pk).order_by("id")
    said = [(one.body, one.official, one.pinned, one.author is None) for one in rows]
    assert said == [
        ("In May.", True, True, True),
        ("Soon.", True, False, True),
        ("I like it too.", False, False, False),
    ]


def test_where_comments_have_ended_the_brand_alone_still_answers(idea, bob, charlie):
    archive(idea, bob)
    page = reader(bob).get(path_of(idea)).content.decode()
    assert 'type="hidden" name="official" value="on"' in page
    reader(bob).post(talk_of(idea), {"body": "It is in the archive.", "official": "on"})
    assert "It is in the archive." in text_of(reader(charlie).get(path_of(idea)))


def test_the_brand_changes_what_it_said_at_any_time(idea, alice, bob):
    said = answer(idea=idea, body="In May", actor=bob)
    Comment.objects.update(created_at=F("created_at") - timedelta(days=9))
    client = reader(alice)
    assert "until" not in piece(client.get(path_of(idea)), said)
    client.post(f"{talk_of(idea)}{said.code}/edit/", {"body": "In June"})
    assert Comment.objects.get().body == "In June"
    client.post(f"{talk_of(idea)}{said.code}/delete/")
    assert "In June" not in text_of(client.get(path_of(idea)))


def test_a_hidden_idea_shows_its_talk_to_those_who_see_it_and_takes_no_more(
    idea, author, bob, visitor
):
    post(idea=idea, author=author, body="Was here")
    ideas.set_hidden(idea=idea, hidden=True, actor=bob)
    assert visitor.get(talk_of(idea)).status_code == 404
    text = text_of(reader(bob).get(path_of(idea)))
    assert "Was here" in text
    assert "This idea is hidden: nobody can comment on it now." in text
    assert "This idea is hidden: nobody can vote on it now." in text


def test_an_idea_that_left_with_its_import_says_so_and_takes_no_answer(challenge, bob):
    undone(imported(challenge, table("external_id,title", "1,A roof")))
    gone = Idea.objects.get(title="A roof")
    text = text_of(reader(bob).get(path_of(gone)))
    assert "Taken back with its import" in text
    assert "Deleted by its author" not in text
    assert "This idea is gone: nobody can vote on it any more." in text
    assert "This idea is gone: nobody can comment on it any more." in text
    assert "Answer as" not in text
    refused = reader(bob).post(talk_of(gone), {"body": "Late.", "official": "on"})
    assert refused.status_code == 409
    assert not Comment.objects.exists()


def test_who_posted_what_left_with_its_import_reads_that_they_did_not_delete_it(
    challenge, author, charlie
):
    batch = imported(challenge, table("external_id,title", "1,A roof"))
    Idea.objects.filter(title="A roof").update(author=author)
    undone(batch)
    gone = Idea.objects.get(title="A roof")
    text = text_of(reader(charlie).get(path_of(gone)))
    assert "The import that brought this idea was taken back" in text
    assert "You deleted this idea" not in text


def test_an_imported_idea_that_its_author_deletes_was_not_taken_back(challenge, author, bob):
    imported(challenge, table("external_id,title", "1,A roof"))
    Idea.objects.filter(title="A roof").update(author=author)
    own = Idea.objects.get(title="A roof")
    delete_idea(idea=own, actor=author.user)
    Idea.objects.update(external_id=None)  # as after thirty days
    assert "Deleted by its author" in text_of(reader(bob).get(path_of(own)))


def test_nobody_reads_that_nothing_was_said_where_the_brand_has_answered(idea, bob, visitor):
    assert "Nobody has said anything yet." in text_of(visitor.get(path_of(idea)))
    answer(idea=idea, body="In May", actor=bob)
    text = text_of(visitor.get(path_of(idea)))
    assert "In May" in text
    assert "1 comment" not in text
    assert "Nobody has said anything" not in text
