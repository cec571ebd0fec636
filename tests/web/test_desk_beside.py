"""A page of the desk as the script puts it beside the list."""

import pytest

from ideas.models import Idea
from tests.factories import make_idea
from tests.web.conftest import reader, text_of

BESIDE = {"X-Pane": "1"}


@pytest.fixture
def desk(bob, brand):
    return reader(bob)


def path_to(idea, act=""):
    return f"/desk/mio/ideas/{idea.code}/{act}"


def test_an_idea_beside_the_list_is_its_page_without_the_frame(desk, idea):
    whole, beside = desk.get(path_to(idea)), desk.get(path_to(idea), headers=BESIDE)
    assert "X-Pane" not in whole
    assert beside["X-Pane"] == "shown"
    body = beside.content.decode()
    assert f'action="{path_to(idea, "status/")}"' in body
    assert "<h1" not in body
    assert "topbar" not in body
    assert "<h1" in whole.content.decode()


def test_it_brings_its_line_of_the_list_as_it_stands_now(desk, idea):
    sent = desk.post(
        path_to(idea, "status/?sort=new"), {"status": "planned"}, headers=BESIDE, follow=True
    )
    line = sent.content.decode().partition("data-its-row>")[2].partition("</template>")[0]
    assert "Planned" in line
    assert f'href="{path_to(idea)}?sort=new"' in line
    assert "Nobody has been told yet" in text_of(sent)


def test_what_is_refused_comes_back_beside_the_list(desk, idea):
    sent = desk.post(path_to(idea, "answer/"), {"body": " "}, headers=BESIDE)
    assert (sent.status_code, sent["X-Pane"]) == (400, "shown")
    assert 'aria-invalid="true"' in sent.content.decode()


def test_whoever_is_signed_out_meanwhile_is_not_answered_beside_the_list(visitor, idea):
    answer = visitor.get(path_to(idea), headers=BESIDE, follow=True)
    assert "X-Pane" not in answer


def test_the_list_beside_itself_is_empty_and_says_nothing_twice(desk, challenge):
    made = make_idea(challenge)
    desk.post(path_to(made, "status/"), {"status": "planned"})
    empty = desk.get("/desk/mio/", headers=BESIDE)
    assert (empty.status_code, empty["X-Pane"], empty.content) == (204, "list", b"")
    assert "Nobody has been told yet" in text_of(desk.get("/desk/mio/"))
    assert Idea.objects.get(pk=made.pk).status == "planned"
