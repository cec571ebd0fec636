"""Whom comments and notes name, as links to their pages."""

import re

import pytest
from django.template import engines
from django.test import Client

from accounts.domain.teams import add_member
from accounts.enums import Role
from accounts.models import User
from cocreate.lib import fragments
from cocreate.lib.fragments import NotGiven, fragment_of
from ideas.domain import notes
from ideas.domain.comments import answer, post, set_hidden
from tests.factories import make_participant, make_user
from tests.web.conftest import path_of, reader
from tests.web.talk import author, other, piece
from web.mentions import named_in

__all__ = ["author", "other"]

pytestmark = pytest.mark.django_db

NAMED = re.compile(r'<a href="(/u/[^"]*)" rel="[^"]*">(@[^<]*)</a>')


@pytest.fixture
def zoe() -> User:
    return make_user("Zoe")


def named(markup: str) -> list[tuple[str, str]]:
    return NAMED.findall(markup)


def test_whom_a_comment_or_an_answer_names_is_a_link_to_their_page(visitor, idea, author, bob, zoe):
    said = post(idea=idea, author=author, body="@Zoe and @nobody-there, and `@bob`.")
    official = answer(idea=idea, body="Thank @zoe.", actor=bob)
    page = visitor.get(path_of(idea))
    assert named(piece(page, said)) == [("/u/zoe/", "@Zoe")]
    assert named(piece(page, official)) == [("/u/zoe/", "@zoe")]
    assert visitor.get("/u/zoe/").status_code == 200


def test_in_a_comment_that_is_folded_too(visitor, idea, author, zoe):
    said = post(idea=idea, author=author, body="@zoe " + "all my reasons " * 150)
    assert named(piece(visitor.get(path_of(idea)), said)) == [("/u/zoe/", "@zoe")]


def test_somebody_without_a_page_is_a_word_as_if_they_had_never_been(visitor, idea, author, zoe):
    said = post(idea=idea, author=author, body="@zoe and @never.")
    User.objects.filter(pk=zoe.pk).update(is_active=False)
    markup = piece(visitor.get(path_of(idea)), said)
    assert named(markup) == []
    assert "<p>@zoe and @never.</p>" in markup
    assert visitor.get("/u/zoe/").status_code == visitor.get("/u/never/").status_code == 404
    User.objects.filter(pk=zoe.pk).update(is_active=True)
    assert named(piece(visitor.get(path_of(idea)), said)) == [("/u/zoe/", "@zoe")]


def test_the_team_sees_whom_a_hidden_comment_names_and_nobody_else_does(
    visitor, idea, author, bob, zoe
):
    said = post(idea=idea, author=author, body="Ask @zoe.")
    set_hidden(comment=said, hidden=True, actor=bob)
    assert "/u/zoe/" not in visitor.get(path_of(idea)).content.decode()
    assert named(piece(reader(bob).get(path_of(idea)), said)) == [("/u/zoe/", "@zoe")]


@pytest.mark.parametrize("count", [1, 20])
def test_whom_a_page_of_comments_names_costs_one_query(
    brand, idea, bob, count, django_assert_num_queries
):
    for n in range(count):
        post(idea=idea, author=make_participant(brand), body=f"Ask @{make_user(f'P{n}').handle}.")
    answer(idea=idea, body="And @bob.", actor=bob)
    Client().get(path_of(idea))
    with django_assert_num_queries(9):  # 8 where nobody is named: test_comments.py
        page = Client().get(path_of(idea))
    assert len(named(page.content.decode())) == count + 1


def test_nobody_named_costs_no_query(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert named_in(["a@b.example", "`@zoe`", "@"]) == [frozenset()] * 3


def test_a_part_that_is_remembered_is_told_whom_it_names(monkeypatch, zoe):
    monkeypatch.setattr(fragments, "shelf", fragments.Shelf(100_000))
    part = engines["django"].from_string("{% load words %}{{ body|markdown:people }}").template

    def made() -> str:
        (people,) = named_in(["@zoe"])
        return fragment_of(part, {"body": "@zoe", "people": people}).filled({})

    assert named(made()) == [("/u/zoe/", "@zoe")]
    User.objects.filter(pk=zoe.pk).update(is_active=False)
    assert named(made()) == []
    with pytest.raises(NotGiven):
        fragment_of(part, {"body": "@zoe"})


def test_programs_get_the_words_alone(client, idea, author, zoe):
    """What a comment says may stand on another site, where /u/zoe/ is nobody's."""
    post(idea=idea, author=author, body="@zoe: https://a.example")
    (said,) = client.get(f"/api/v1/ideas/{idea.code}/comments/").json()["results"]
    assert named(said["body_html"]) == []
    assert '<a href="https://a.example" rel=' in said["body_html"]


# --- Notes ----------------------------------------------------------------------------------------


def desk_page(idea, user) -> str:
    return reader(user).get(f"/desk/mio/ideas/{idea.code}/").content.decode()


def offered(page: str) -> list[str]:
    return re.findall(r'data-handle="([^"]*)"', page)


def test_whom_a_note_names_is_a_link_and_so_is_an_address(idea, rita, bob, zoe):
    notes.add(idea=idea, body="@bob, @zoe & @never:\n<b>https://a.example/*</b>", actor=rita)
    said = re.search(r'(?s)<p class="said" dir="auto">(.*?)</p>', desk_page(idea, bob))[1]
    assert named(said) == [("/u/bob/", "@bob"), ("/u/zoe/", "@zoe")]
    assert "&amp; @never:\n&lt;b&gt;<a " in said
    assert ">https://a.example/*</a>&lt;/b&gt;" in said


def test_a_note_offers_the_others_of_the_team_who_are_there(idea, brand, alice, bob, rita):
    page = desk_page(idea, bob)
    assert offered(page) == ["alice", "rita"]
    assert "<p>You can name:</p>" in page
    User.objects.filter(pk=rita.pk).update(is_active=False)
    assert offered(desk_page(idea, bob)) == ["alice"]


def test_many_are_folded(idea, brand, bob):
    for n in range(4):
        add_member(brand=brand, user=make_user(f"Mate {n}"), role=Role.ANALYST)
    page = desk_page(idea, bob)
    assert len(offered(page)) == 6
    assert re.search(r'<details class="whom[^"]*">\s*<summary>Whom you can name</summary>', page)


def test_who_is_alone_is_offered_nobody(idea, brand, alice):
    brand.memberships.exclude(user=alice).delete()
    page = desk_page(idea, alice)
    assert offered(page) == []
    assert "You can name" not in page


def test_on_the_desk_too_an_answer_links_whom_it_names(idea, bob, zoe):
    answer(idea=idea, body="Thank @zoe, not `@bob`.", actor=bob)
    answers = desk_page(idea, bob).partition('id="answers"')[2].partition("</section>")[0]
    assert named(answers) == [("/u/zoe/", "@zoe")]


@pytest.mark.parametrize("count", [1, 20])
def test_whom_notes_and_answers_name_costs_one_query(idea, bob, count, django_assert_num_queries):
    for _n in range(count):
        notes.add(idea=idea, body=f"Ask @{make_user().handle}.", actor=bob)
        answer(idea=idea, body=f"Thank @{make_user().handle}.", actor=bob)
    page = reader(bob)
    page.get(f"/desk/mio/ideas/{idea.code}/")
    with django_assert_num_queries(23):  # 22 where nobody is named: test_desk_idea.py
        page.get(f"/desk/mio/ideas/{idea.code}/")
