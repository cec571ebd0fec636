"""Following an idea from its page."""

import pytest

from accounts import limits
from accounts.enums import Visibility
from ideas.domain.follows import follows
from ideas.models import Follow
from tests.factories import make_brand, make_challenge, make_idea
from tests.web.conftest import path_of, text_of


def button(page) -> str:
    return page.content.decode().split('id="follow"')[1].split("</button>")[0]


def test_a_member_follows_and_leaves_with_one_button(member, idea, charlie):
    path = f"/i/{idea.code}/follow/"
    assert 'aria-pressed="false"' in button(member.get(path_of(idea)))
    response = member.post(path, {"follow": "1", "next": path_of(idea)})
    assert response["Location"] == f"{path_of(idea)}#follow"
    assert follows(idea=idea, user=charlie)
    pressed = button(member.get(path_of(idea)))
    assert 'aria-pressed="true"' in pressed
    assert 'value="0"' in pressed
    member.post(path, {"follow": "0"})
    assert not follows(idea=idea, user=charlie)


def test_a_visitor_signs_in_comes_back_and_presses(visitor, member, idea, charlie):
    path = f"/i/{idea.code}/follow/"
    assert f'href="{path}"' in visitor.get(path_of(idea)).content.decode()
    back = path.replace("/", "%2F")
    assert visitor.get(path)["Location"] == f"/accounts/login/?next={back}"
    assert "Hear what becomes of it" in text_of(member.get(path))
    assert not follows(idea=idea, user=charlie)  # a GET follows nothing


def test_nobody_follows_without_an_account_or_a_place_they_may_see(visitor, member, idea, alice):
    assert visitor.post(f"/i/{idea.code}/follow/", {"follow": "1"}).status_code == 302
    club = make_brand("club", owner=alice, visibility=Visibility.MEMBERS)
    inside = make_idea(make_challenge(club))
    assert member.post(f"/i/{inside.code}/follow/", {"follow": "1"}).status_code == 404
    assert not Follow.objects.filter(participant__user__handle="charlie").exists()


@pytest.mark.parametrize("url", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_the_way_back_leads_nowhere_else(member, idea, url):
    response = member.post(f"/i/{idea.code}/follow/", {"follow": "1", "next": url})
    assert response["Location"] == f"{path_of(idea)}#follow"


def test_who_presses_without_end_waits(member, idea, monkeypatch):
    assert (limits.FOLLOWS_OF_PERSON.amount, limits.FOLLOWS_OF_PERSON.seconds) == (60, 60)
    monkeypatch.setattr(limits, "FOLLOWS_OF_PERSON", limits.Limit("follow", 2, 60))
    codes = [member.post(f"/i/{idea.code}/follow/").status_code for _n in range(3)]
    assert codes == [302, 302, 429]


def test_an_author_follows_what_they_post(member, challenge, charlie):
    form = {"challenge": "street", "title": "A roof that drinks", "language": "en"}
    member.post("/b/mio/submit/", form)
    assert Follow.objects.get().participant.user == charlie
