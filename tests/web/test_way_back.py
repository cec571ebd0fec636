"""The links from an idea back to the list that its reader came from, without a script."""

import re
from urllib.parse import quote

import pytest

from ideas.domain import comments
from tests.factories import make_idea, make_participant
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
