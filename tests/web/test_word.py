"""The brand's word, told in short at the head of an idea."""

import re

from ideas.domain import comments, decisions
from ideas.enums import Status
from tests.factories import make_idea
from tests.web.conftest import path_of, text_of

LONG = "**Yes**, we build it: " + "a roof of moss above every stop. " * 9
TOLD = re.compile(r'(?s)<div class="word">.*?</div>')


def head_of(client, idea):
    page = client.get(path_of(idea)).content.decode()
    return page.partition("<article")[2].partition("</header>")[0]


def test_the_beginning_of_an_answer_stands_at_the_head_with_the_way_to_all_of_it(
    visitor, idea, bob
):
    said = comments.answer(idea=idea, body=LONG, actor=bob)
    told = TOLD.search(head_of(visitor, idea))[0]
    words = " ".join(re.sub(r"<[^>]+>", " ", told).split())
    assert "Mio Motors Official answer" in words
    assert "Yes, we build it: a roof of moss" in words
    assert len(words) < 240
    assert re.findall(r'<a href="([^"]*)"', told) == [f"#comment-{said.code}"]
    assert "<h" not in told
    assert f'id="comment-{said.code}"' in visitor.get(path_of(idea)).content.decode()


def test_the_latest_is_told_be_it_an_answer_or_what_a_decision_says(visitor, idea, bob):
    assert "Official answer" not in text_of(visitor.get(path_of(idea)))
    comments.answer(idea=idea, body="We look into it.", actor=bob)
    comments.answer(idea=idea, body="We found a way.", actor=bob)
    assert "We found a way." in head_of(visitor, idea)
    assert "We look into it." not in head_of(visitor, idea)
    decisions.set_status(idea=idea, status=Status.PLANNED, message="It comes in *May*.", actor=bob)
    head = head_of(visitor, idea)
    assert "It comes in May." in head
    assert re.findall(r'href="(#[^"]*)"', head) == ["#answers"], "and not its status beside"


def test_what_the_team_has_hidden_is_not_told_at_the_head(member, rita, idea, bob):
    said = comments.answer(idea=idea, body="Written in haste.", actor=bob)
    comments.set_hidden(comment=said, hidden=True, actor=bob)
    assert "Written in haste." not in head_of(member, idea)
    member.force_login(rita, "allauth.account.auth_backends.AuthenticationBackend")
    assert "Written in haste." not in head_of(member, idea)


def test_a_decision_without_words_is_told_by_its_status_alone(visitor, challenge, bob):
    idea = make_idea(challenge)
    decisions.set_status(idea=idea, status=Status.PLANNED, message="", actor=bob)
    head = head_of(visitor, idea)
    assert not TOLD.search(head)
    assert '<a class="chip sky" href="#answers">' in head
