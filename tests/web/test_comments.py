"""The discussion on the page of an idea."""

import re
import time
from datetime import timedelta

import pytest
from django.db.models import F
from django.test import Client

from accounts import limits
from accounts.domain.stopping import stop
from accounts.enums import Visibility
from accounts.models import Participant
from ideas.domain import challenges, comments, decisions, ideas
from ideas.domain.comments import answer, post, set_hidden
from ideas.enums import Status
from ideas.models import Comment, Idea
from tests.factories import make_brand, make_challenge, make_idea, make_participant, make_user
from tests.web.conftest import path_of, reader, text_of


@pytest.fixture
def author(brand, charlie) -> Participant:
    return make_participant(brand, charlie)


@pytest.fixture
def other(brand) -> Participant:
    return make_participant(brand, make_user("Zoe"))


def talk_of(idea: Idea) -> str:
    return f"/i/{idea.code}/comments/"


def at(comment: Comment) -> str:
    return f"{path_of(comment.idea)}#comment-{comment.code}"


def piece(page, comment: Comment) -> str:
    """The markup of one comment."""
    html = page.content.decode()
    found = re.search(rf'(?s)<article[^>]*id="comment-{comment.code}".*?</article>', html)
    assert found, "the comment is not on the page"
    return found[0]


# --- Reading --------------------------------------------------------------------------------------


def test_a_visitor_reads_and_is_asked_to_sign_in_on_a_page_without_cookie_or_token(
    visitor, idea, author
):
    comment = post(idea=idea, author=author, body="**So** good")
    page = visitor.get(path_of(idea))
    html = page.content.decode()
    assert "<strong>So</strong> good" in piece(page, comment)
    assert "csrfmiddlewaretoken" not in html
    assert "<form" not in html.split('id="talk"')[1].split("</main>")[0]
    assert (page.cookies, page["Cache-Control"]) == ({}, "public, max-age=0, s-maxage=5")
    assert f'href="{talk_of(idea)}"' in html
    assert f'href="{talk_of(idea)}?reply={comment.code}"' in html


def test_whoever_signs_in_to_comment_comes_back_to_where_they_write(visitor, idea, author):
    comment = post(idea=idea, author=author, body="Yes")
    answer_path = f"{talk_of(idea)}?reply={comment.code}"
    login = visitor.get(answer_path)["Location"]
    assert login == (
        f"/accounts/login/?next=%2Fi%2F{idea.code}%2Fcomments%2F%3Freply%3D{comment.code}"
    )


def test_the_brands_answer_stands_on_top_and_says_whose_it_is_but_not_who_wrote(
    visitor, idea, author, bob
):
    post(idea=idea, author=author, body="First!")
    said = answer(idea=idea, body="We build it.", actor=bob)
    page = visitor.get(path_of(idea))
    text, markup = text_of(page), piece(page, said)
    assert text.index("What Mio Motors says") < text.index("We build it.") < text.index("First!")
    assert 'class="comment level-1 official"' in markup
    assert "Official answer" in markup
    assert "Bob" not in text
    assert page.content.decode().count("We build it.") == 1


def test_an_answer_leaves_a_sign_in_the_discussion_only_where_somebody_replied(
    visitor, idea, author, bob
):
    said = answer(idea=idea, body="We build it.", actor=bob)
    sign = "Mio Motors answered: it stands above"
    assert sign not in text_of(visitor.get(path_of(idea)))
    post(idea=idea, author=author, body="When?", parent=said)
    text = text_of(visitor.get(path_of(idea)))
    assert text.index("We build it.") < text.index(sign) < text.index("When?")


def test_a_long_comment_shows_its_beginning_and_the_brands_answer_is_shown_whole(
    visitor, idea, author, bob
):
    long = "**Word** " * 300
    comment, said = (
        post(idea=idea, author=author, body=long),
        answer(idea=idea, body=long, actor=bob),
    )
    page = visitor.get(path_of(idea))
    assert "Read all of it" in piece(page, comment)
    assert piece(page, comment).count("<strong>Word</strong>") == 300
    assert "Read all of it" not in piece(page, said)


def test_the_team_finds_the_way_to_its_desk_and_nobody_else_does(idea, rita, charlie):
    desk = f"/desk/mio/ideas/{idea.code}/"
    assert desk in reader(rita).get(path_of(idea)).content.decode()
    assert desk not in reader(charlie).get(path_of(idea)).content.decode()


def test_somebody_who_calls_themselves_like_the_brand_is_not_official(visitor, idea, brand):
    double = make_participant(brand, make_user("Mio Motors"))
    comment = post(idea=idea, author=double, body="Trust me")
    markup = piece(visitor.get(path_of(idea)), comment)
    assert "official" not in markup.lower()


def test_the_road_shows_each_decision_with_reason_message_and_day_but_not_who(visitor, idea, bob):
    decisions.set_status(idea=idea, status=Status.UNDER_REVIEW, actor=bob)
    decisions.set_status(
        idea=idea, status=Status.DECLINED, actor=bob, reason="too_costly",
        message="A wall that drinks costs more than the whole street, we have counted twice.",
    )  # fmt: skip
    text = text_of(visitor.get(path_of(idea)))
    road = text[text.index("What Mio Motors says") :]
    words = ["Submitted", "Under review", "Declined", "It costs more than it brings", "A wall"]
    assert sorted(words, key=road.index) == words
    assert "Bob" not in text


def test_a_decision_that_was_undone_is_on_no_road(visitor, idea, bob, settings):
    settings.UNDO_SECONDS = 60
    decision = decisions.set_status(idea=idea, status=Status.PLANNED, actor=bob, message="Soon.")
    decisions.undo(decision=decision, actor=bob)
    assert "What Mio Motors says" not in text_of(visitor.get(path_of(idea)))


def test_a_reply_names_whom_it_answers_only_where_they_do_not_stand_above(
    visitor, idea, author, other
):
    first = post(idea=idea, author=other, body="1")
    near = post(idea=idea, author=author, body="1.1", parent=first)
    far = post(idea=idea, author=author, body="1.2", parent=first)
    page = visitor.get(path_of(idea))
    assert "in reply to" not in piece(page, near)
    assert f'href="#comment-{first.code}"' in piece(page, far)
    assert "Zoe" in piece(page, far)


def test_the_deepest_level_of_six_is_the_fourth(visitor, idea, author):
    parent = None
    for n in range(6):
        parent = post(idea=idea, author=author, body=f"{n}", parent=parent)
    html = visitor.get(path_of(idea)).content.decode()
    levels = re.findall(r'class="comment level-(\d)', html)
    assert levels == ["1", "2", "3", "4", "4", "4"]


def test_readers_choose_the_oldest_or_the_newest_first(visitor, idea, author):
    for word in ("Alpha", "Omega"):
        post(idea=idea, author=author, body=word)
    old, new = (text_of(visitor.get(f"{path_of(idea)}?sort={sort}")) for sort in ("old", "new"))
    assert old.index("Alpha") < old.index("Omega")
    assert new.index("Omega") < new.index("Alpha")
    assert visitor.get(f"{path_of(idea)}?sort=loud").status_code == 200


def test_a_long_discussion_goes_on_behind_a_link_and_every_comment_has_an_address(
    visitor, idea, author
):
    said = [post(idea=idea, author=author, body=f"Word {n}.") for n in range(52)]
    first = visitor.get(path_of(idea)).content.decode()
    assert ("Word 49." in first, "Word 50." in first) == (True, False)
    (more,) = re.findall(r'rel="next nofollow"\s+href="([^"]*)"', first)
    second = visitor.get(path_of(idea) + more.replace("&amp;", "&")).content.decode()
    assert ("Word 49." in second, "Word 51." in second) == (False, True)
    here = visitor.get(f"{talk_of(idea)}{said[3].code}/")["Location"]
    far = visitor.get(f"{talk_of(idea)}{said[51].code}/")["Location"]
    assert here == at(said[3])
    assert far.endswith(f"#comment-{said[51].code}")
    assert "Word 51." in visitor.get(far).content.decode()


def test_a_link_to_a_page_that_never_was_is_refused_in_words(visitor, idea):
    page = visitor.get(f"{path_of(idea)}?cursor=nonsense")
    assert page.status_code == 400
    assert "Start at the first one." in text_of(page)


@pytest.mark.parametrize("count", [1, 30])
@pytest.mark.parametrize(("who", "queries"), [("visitor", 6), ("charlie", 12)])
def test_the_page_costs_as_many_queries_with_1_comment_as_with_30(
    request, brand, idea, author, who, queries, count, django_assert_num_queries
):
    client = reader(request.getfixturevalue(who)) if who != "visitor" else Client()
    parent = None
    for n in range(count):
        parent = post(idea=idea, author=make_participant(brand), body=f"{n}", parent=parent)
        answer(idea=idea, body=f"{n}", actor=None)
    client.get(path_of(idea))
    with django_assert_num_queries(queries):
        assert client.get(path_of(idea)).status_code == 200


ATTACKS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt&colon;alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    '[x](https://a.b "onmouseover=alert(1)")',
    "![x](https://spy.example/pixel.png)",
    "</textarea><script>alert(1)</script>",
    '"><svg onload=alert(1)>',
    "<iframe src=//evil.example></iframe>",
]


@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_that_is_written_becomes_markup(visitor, member, idea, author, attack):
    comment = post(idea=idea, author=author, body=attack)
    markup = piece(visitor.get(path_of(idea)), comment)
    prose = re.search(r'(?s)<div class="prose".*?</div>', markup)[0]
    assert not re.search(r"(?i)<(script|img|svg|iframe)|<[^>]+\son\w+\s*=", prose)
    assert not re.search(r'(?i)href="\s*(javascript|data)', prose)
    form = member.get(f"{talk_of(idea)}{comment.code}/edit/").content.decode()
    assert "<script>alert" not in form


def test_brackets_do_not_hang_anything(visitor, member, idea):
    start = time.monotonic()
    refused = member.post(talk_of(idea), {"body": "[" * 50_000})
    assert refused.status_code == 400
    assert member.post(talk_of(idea), {"body": "[" * 20_000}).status_code == 302
    assert visitor.get(path_of(idea)).status_code == 200
    assert time.monotonic() - start < 8


# --- What the public may not read ----------------------------------------------------------------


def test_what_is_hidden_or_deleted_leaves_a_place_and_not_a_word_for_anybody_but_the_team(
    idea, author, other, charlie, bob, rita, mallory
):
    hidden = post(idea=idea, author=author, body="cnryHidden")
    post(idea=idea, author=other, body="Why so rude?", parent=hidden)
    deleted = post(idea=idea, author=author, body="cnryDeleted")
    official = answer(idea=idea, body="cnryOfficial", actor=bob)
    for text in (hidden, official):
        set_hidden(comment=text, hidden=True, actor=bob)
    comments.delete(comment=deleted, actor=charlie)
    for user in (None, charlie, mallory):
        page = reader(user).get(path_of(idea))
        assert "cnry" not in page.content.decode()
        assert "The team has hidden this comment." in piece(page, hidden)
        assert "Charlie" not in piece(page, hidden) + piece(page, deleted)
        assert "This comment was deleted." in piece(page, deleted)
        assert "Why so rude?" in text_of(page)
    for user in (bob, rita):
        page = reader(user).get(path_of(idea))
        assert "Hidden from the public" in piece(page, hidden)
        assert "cnryHidden" in piece(page, hidden)
        assert "cnryDeleted" not in page.content.decode()


def test_a_hidden_comment_has_no_address_form_or_report_for_the_public(
    member, idea, author, other, bob
):
    for whose in (author, other):
        comment = post(idea=idea, author=whose, body="cnryHidden")
        set_hidden(comment=comment, hidden=True, actor=bob)
        for path in (
            f"{talk_of(idea)}{comment.code}/",
            f"{talk_of(idea)}{comment.code}/edit/",
            f"{talk_of(idea)}?reply={comment.code}",
            f"/i/{idea.code}/report/?comment={comment.code}",
        ):
            page = member.get(path)
            assert page.status_code == 404
            assert "cnryHidden" not in page.content.decode()


def test_a_closed_communitys_talk_is_not_there_for_a_stranger(visitor, member, alice):
    club = make_brand("club", owner=alice, visibility=Visibility.MEMBERS)
    idea = make_idea(make_challenge(club))
    comment = post(idea=idea, author=make_participant(club, alice), body="Inside")
    paths = ["", f"{comment.code}/", f"{comment.code}/edit/", f"?reply={comment.code}"]
    for client in (visitor, member):
        assert {client.get(talk_of(idea) + path).status_code for path in paths} == {404}
        for path in ("", f"{comment.code}/edit/", f"{comment.code}/delete/"):
            assert client.post(talk_of(idea) + path, {"body": "Hi"}).status_code == 404
    assert Comment.objects.get().body == "Inside"


def test_a_comment_is_found_under_its_own_idea_alone(member, idea, challenge, author):
    comment = post(idea=idea, author=author, body="Mine")
    elsewhere = make_idea(challenge)
    for path in (f"{comment.code}/", f"{comment.code}/edit/", f"?reply={comment.code}"):
        assert member.get(talk_of(elsewhere) + path).status_code == 404
    delete = f"{talk_of(elsewhere)}{comment.code}/delete/"
    assert member.post(delete).status_code == 404
    assert member.get(f"{talk_of(idea)}?reply=é").status_code == 404


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
    challenges.change_rules(challenge=idea.challenge, actor=bob, phases=phases)


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
    assert re.search(r"this until <time[^>]*>(\d+(:\d\d)? [ap]\.m\.|noon|midnight) UTC</time>", own)
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
    assert "Comments on this idea have ended." in text
