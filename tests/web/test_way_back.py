"""The links from an idea back to the list that its reader came from, without a script."""

import re
from urllib.parse import parse_qs, quote, urlencode, urlsplit

import pytest

from ideas.domain import comments
from ideas.models import Idea
from tests.factories import PASSWORD, make_idea, make_participant
from tests.web.conftest import path_of

QUESTION = "/b/mio/c/street/"


def crumbs(client, path):
    page = client.get(path).content.decode()
    found = re.search(r'<ol class="crumbs">(.*?)</ol>', page, re.DOTALL)
    return [href.replace("&amp;", "&") for href in re.findall('href="([^"]+)"', found[1])]


def link_in(page, idea):
    return re.search(f'href="({path_of(idea)}[^"]*)"', page.content.decode())[1]


def test_a_list_as_it_comes_needs_nothing_in_the_address(visitor, idea):
    for path in (QUESTION, f"{QUESTION}?view=list", "/b/mio/"):
        assert link_in(visitor.get(path), idea) == path_of(idea)
    assert crumbs(visitor, path_of(idea)) == ["/b/mio/", QUESTION]


@pytest.mark.parametrize("view", ["list", "cards"])
def test_a_narrowed_or_ordered_list_is_found_again(visitor, challenge, view):
    idea = make_idea(challenge, title="A cabin", tags=["rain"])
    link = link_in(visitor.get(f"{QUESTION}?tag=rain&sort=new&view={view}&what=not"), idea)
    assert link.startswith(f"{path_of(idea)}?from=")
    assert crumbs(visitor, link) == ["/b/mio/", f"{QUESTION}?tag=rain&sort=new#ideas"]
    link = link_in(visitor.get("/b/mio/?q=a+cabin"), idea)
    assert crumbs(visitor, link) == ["/b/mio/?q=a+cabin#ideas", QUESTION]


@pytest.mark.parametrize(
    "sent",
    [
        "https://evil.example/?q=a", "//evil.example/?q=a", "javascript:alert(1)?q=a",
        "/b/mio/c/other/?q=a", "/b/other/?q=a", "/b/mio/c/street?q=a", "/accounts/logout/?q=a",
        "?q=a", "/b/mio/c/street/", "/b/mio/c/street/?next=/evil/", "/b/mio/c/street/?q=",
        f"/b/mio/c/street/?q={'a' * 1000}", "\0", "/b/mio/c/street/#?",
    ],
)  # fmt: skip
def test_what_no_list_of_its_own_has_said_is_nothing(visitor, idea, sent):
    path = f"{path_of(idea)}?from={quote(sent, safe='')}"
    assert crumbs(visitor, path) == ["/b/mio/", QUESTION]


def test_only_what_a_list_reads_is_kept_and_nothing_of_it_becomes_markup(visitor, idea):
    sent = f'{QUESTION}?next=//evil.example&q="><script>&onclick=x&sort=new%26#y'
    path = f"{path_of(idea)}?from={quote(sent, safe='')}"
    assert crumbs(visitor, path)[1] == f"{QUESTION}?q=%22%3E%3Cscript%3E&sort=new%26%23y#ideas"


def test_the_address_that_lasts_and_its_card_know_nothing_of_it(visitor, idea):
    sent = quote(f"{QUESTION}?sort=new", safe="")
    page = visitor.get(f"{path_of(idea)}?from={sent}").content.decode()
    head = page.partition("</head>")[0]
    assert f'{path_of(idea)}">' in head
    assert "from=" not in head
    assert "from=" not in re.search('<details class="share".*?</details>', page, re.DOTALL)[0]


def test_who_votes_without_a_script_keeps_it(member, idea):
    sent = quote(f"{QUESTION}?sort=new", safe="")
    path = f"{path_of(idea)}?from={sent}"
    page = member.get(path).content.decode()
    back = re.search('name="next" value="(/i/[^"]+)"', page)[1]
    assert crumbs(member, back)[1] == f"{QUESTION}?sort=new#ideas"


def test_who_reads_the_comments_in_another_order_or_turns_a_page_of_them_keeps_it(visitor, idea):
    for n in range(60):
        comments.post(idea=idea, author=make_participant(idea.brand), body=f"Word {n}")
    sent = quote(f"{QUESTION}?sort=new", safe="")
    page = visitor.get(f"{path_of(idea)}?from={sent}").content.decode()
    talk = page.partition('id="talk"')[2].replace("&amp;", "&")
    links = re.findall(r'href="(\?[^"#]*)#talk"', talk)
    assert len(links) >= 3, "two orders and more comments"
    for link in links:
        assert crumbs(visitor, path_of(idea) + link)[1] == f"{QUESTION}?sort=new#ideas"


# --- A visitor's vote, which asks for their address first -----------------------------------------


def voted_from(visitor, user, path, idea):
    """Where somebody lands who presses on a page as a visitor and then signs in."""
    page = visitor.get(path).content.decode()
    (link,) = re.findall(f'href="(/i/{idea.code}/vote/[^"]+)"', page)
    entrance = visitor.get(link.replace("&amp;", "&"))["Location"]
    back = parse_qs(urlsplit(entrance).query)["next"][0]
    form = {"login": user.email, "password": PASSWORD, "next": back}
    return visitor.post("/accounts/login/", form)["Location"]


@pytest.mark.parametrize("view", ["list", "cards"])
@pytest.mark.parametrize("path", [f"{QUESTION}?tag=rain&sort=new", QUESTION, "/b/mio/?q=cabin"])
def test_a_visitor_who_votes_in_a_list_comes_back_to_it(visitor, challenge, charlie, path, view):
    idea = make_idea(challenge, title="A cabin", tags=["rain"])
    visitor.get(f"{QUESTION}?view={view}")
    landed = voted_from(visitor, charlie, path, idea)
    assert landed == f"{path}#voted-{idea.code}"
    assert f'id="voted-{idea.code}"' in visitor.get(landed.partition("#")[0]).content.decode()


def test_a_visitor_who_votes_on_an_idea_comes_back_to_it_and_it_knows_its_list(
    visitor, idea, charlie
):
    path = f"{path_of(idea)}?from={quote(f'{QUESTION}?sort=new', safe='')}&sort=new"
    landed = voted_from(visitor, charlie, path, idea)
    assert landed.partition("?")[0] == path_of(idea)
    assert crumbs(visitor, landed)[1] == f"{QUESTION}?sort=new#ideas"


def test_a_member_who_was_signed_out_meanwhile_comes_back_to_the_list(visitor, idea, charlie):
    sent = {"value": 1, "next": f"{QUESTION}?sort=new"}
    entrance = visitor.post(f"/i/{idea.code}/vote/", sent)["Location"]
    back = parse_qs(urlsplit(entrance).query)["next"][0]
    form = {"login": charlie.email, "password": PASSWORD, "next": back}
    landed = visitor.post("/accounts/login/", form)["Location"]
    assert landed == f"{QUESTION}?sort=new#voted-{idea.code}"


def test_a_member_who_follows_the_link_of_a_vote_is_led_back_in_the_same_way(member, idea):
    sent = quote(f"{QUESTION}?sort=new", safe="")
    page = member.get(f"/i/{idea.code}/vote/?value=1&from={sent}").content.decode()
    assert f'name="next" value="{QUESTION}?sort=new"' in page


@pytest.mark.parametrize(
    "sent",
    [
        "https://evil.example/?q=a", "//evil.example/b/mio/", "javascript:alert(1)",
        "/b/mio/c/other/?q=a", "/b/other/", "/b/mio/c/street", "/accounts/logout/", "/me/", "?q=a",
        "/i/abcdef/other/", "\0", "\r\nX: y",
    ],
)  # fmt: skip
def test_a_vote_that_was_asked_for_nowhere_near_leads_to_its_idea(visitor, idea, charlie, sent):
    back = f"/i/{idea.code}/vote/?{urlencode({'value': 1, 'from': sent})}"
    entrance = visitor.get(back)["Location"]
    assert entrance == f"/accounts/enter/?{urlencode({'next': back.partition('&')[0]})}"
    form = {"login": charlie.email, "password": PASSWORD, "next": back}
    assert visitor.post("/accounts/login/", form)["Location"] == path_of(idea)


def test_an_idea_that_went_while_they_signed_in_leaves_them_a_way_to_the_list(
    visitor, idea, charlie
):
    Idea.objects.filter(pk=idea.pk).update(hidden=True)
    back = f"/i/{idea.code}/vote/?{urlencode({'value': 1, 'from': f'{QUESTION}?sort=new'})}"
    form = {"login": charlie.email, "password": PASSWORD, "next": back}
    page = visitor.post("/accounts/login/", form, follow=True)
    assert page.status_code == 404
    assert f'href="{QUESTION}?sort=new"' in page.content.decode()
