"""The discussion on the page of an idea, as it is read."""

import re
import time

import pytest
from django.test import Client

from accounts.enums import Visibility
from ideas.domain import comments, decisions
from ideas.domain.comments import answer, post, set_hidden
from ideas.enums import Status
from ideas.models import Comment
from tests.factories import make_brand, make_challenge, make_idea, make_participant, make_user
from tests.web.conftest import path_of, reader, text_of
from tests.web.talk import at, author, other, piece, talk_of

__all__ = ["author", "other"]


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
    assert text.index("What Mio Motors says") < text.rindex("We build it.") < text.index("First!")
    assert 'class="comment level-1 official"' in markup
    assert "Official answer" in markup
    assert "Bob" not in text
    assert page.content.decode().count("<p>We build it.</p>") == 1


def test_the_number_of_comments_leaves_out_the_answer_that_stands_apart(visitor, idea, author, bob):
    post(idea=idea, author=author, body="First!")
    answer(idea=idea, body="We build it.", actor=bob)
    heading = re.search(
        r'<h2 id="discussion".*?</h2>', visitor.get(path_of(idea)).content.decode(), re.S
    )
    assert "1 comment " in " ".join(heading[0].split())


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
@pytest.mark.parametrize(("who", "queries"), [("visitor", 8), ("charlie", 15)])
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
    'https://a.b/"onmouseover=alert(1)',
    "https://a.b/'><script>alert(1)</script>",
    "javascript://a.b/%0aalert(1) data://a.b/x",
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
