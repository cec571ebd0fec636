"""What a text points to without markup, and what it must never become."""

import re
import sys
from collections.abc import Callable
from html import unescape

import pytest

from cocreate.lib import links as patterns
from cocreate.lib.html import LINK_REL, LONGEST, excerpt, lines, render, words
from cocreate.lib.links import LONGEST as LONGEST_ADDRESS

ZOE = frozenset({("zoe", "/u/zoe/")})
LINK = re.compile(r'<a href="([^"]*)" rel="([^"]*)">([^<]*)</a>')
PLAIN = [
    ("see https://a.example/x.", "https://a.example/x"),
    ("http://a.example, and more", "http://a.example"),
    ("(https://a.example/x_(y))!", "https://a.example/x_(y)"),
    ("“https://a.example/x”, « https://b.example »", "https://a.example/x https://b.example"),
    ("https://a.example/?q[]=1&z={2}…", "https://a.example/?q[]=1&z={2}"),
    ("HTTPS://A.Example:8000#top?", "HTTPS://A.Example:8000#top"),
    ("http://localhost/it’s’", "http://localhost/it’s"),
    ("https://docs.example/kinds#K.__init__ x", "https://docs.example/kinds#K.__init__"),
    ("请看https://münchen.example/路径。很好", "https://münchen.example/路径"),
    ("https://a.example/one\nhttps://b.example/two", "https://a.example/one https://b.example/two"),
    ("https://a.example/<b>", "https://a.example/"),
    ("https:// http:/a.example //a.example a.example ftp://a.example", ""),
    ("xhttps://a.example https://-a.example https://a.example:port", ""),
    ("zoe@a.example mailto:zoe@a.example", ""),
    ("https://a.example:65535/ https://a.example:65536/", "https://a.example:65535/"),
    ("https://xn--fo-fka.example https://xn--a/ https://b.xn--", "https://xn--fo-fka.example"),
    ("http://127.0.0.1:8000/ http://1.2.3.4.5 http://256.0.0.1/x", "http://127.0.0.1:8000/"),
    ("https://xn--a/https://a.example", "https://a.example"),
]
MARKED = [
    ("**https://a.example/** *see https://b.example*", "https://a.example/ https://b.example"),
    ("_https://a.example/x_ and _see https://b.example/y_.", "https://a.example/x https://b.example/y"),
    ("https://a.example/*/b*/_c_/`d`", "https://a.example/*/b*/_c_/"),
    (r"https://a.example/a\*b\_c\.", "https://a.example/a*b_c"),
    ("https://a.example/?a=1&amp;b=2&copy=3 &amp;", "https://a.example/?a=1&b=2&copy=3"),
    ("https://a.example/x&gt;", "https://a.example/x"),
    ("- https://a.example\n- > https://b.example", "https://a.example https://b.example"),
    ("`https://a.example`\n\n    https://b.example\n\n```\nhttps://c.example\n```", ""),
]  # fmt: skip
ATTACKS = [
    "javascript:alert(1)", "javascript://a.example/%0aalert(1)", "JaVaScRiPt://a.example",
    "data:text/html,<script>alert(1)</script>", "vbscript://a.example", "file:///etc/passwd",
    'https://a.example/"onmouseover="alert(1)', "https://a.example/'onmouseover='alert(1)",
    'https://a.example"><svg onload=alert(1)>', "https://a.example/<script>alert(1)</script>",
    "https://a.example/&quot;onmouseover=alert(1)", "https://a.example/&#34;&#62;<b>",
    "https://a.example/\x00javascript:alert(1)", "https://javascript:alert(1)",
    "[https://a.example](javascript:alert(1))", "[x](https://a.example https://b.example)",
    "https://a.example/\u202egpj.exe", "https://\u202eelpmaxe.a", "https://a.example/&#x202e;x",
    "https://bank.example@a.example/", "https://bank.example:80@a.example/",
    r"https://bank.example\@a.example/", "https://bank.example&#64;a.example/",
    "https://bank.example／@a.example/", "https://a.example/\u200b\u2060x",
    "[[[[https://a.example/[[x]]y]]]](https://b.example)", "https://[::1]/", "https://a.example/)))",
]  # fmt: skip
SLOW = [
    "http://", "http://a.b ", "https://a.b/x)", "https://a.b/x?.,", "https://a.b/[x", "(https://",
    "[https://a.b/x ", "[a](http://b.c", "*a https://a.b* ", "@a", "@zoe ", "://", "https://@",
    "https://a.b/&amp;", "https://a.b/" + "." * 1_900, "https://a.b/" + "(" * 900 + ")" * 900,
]  # fmt: skip


def links(html: str) -> list[tuple[str, str]]:
    """Where each leads, and its words. Whatever else has an `<a` in it is none of ours."""
    found = LINK.findall(html)
    assert len(found) == html.count("<a")
    assert {rel for _href, rel, _text in found} <= {LINK_REL}
    return [(unescape(href), unescape(text)) for href, _rel, text in found]


@pytest.mark.parametrize(("text", "expected"), PLAIN + MARKED)
def test_an_address_in_markdown_is_a_link_without_what_stands_round_it(text, expected):
    assert " ".join(words for _href, words in links(render(text))) == expected


@pytest.mark.parametrize(("text", "expected"), PLAIN)
def test_in_a_text_without_markdown_it_is_the_same(text, expected):
    html = lines(text)
    assert " ".join(words for _href, words in links(html)) == expected
    assert unescape(re.sub("<[^>]+>", "", html)) == text


def test_a_link_that_was_made_stays_one():
    text = "[https://a.example](https://b.example) <https://c.example/x>"
    assert links(render(text)) == [
        ("https://b.example", "https://a.example"), ("https://c.example/x", "https://c.example/x"),
    ]  # fmt: skip


@pytest.mark.parametrize("link", ["[x](https://xn--a)", "<https://a.b:99999>", "[x](ftp://a)"])
def test_a_link_that_leads_nowhere_is_what_was_written(link):
    assert unescape(render(link)) == f"<p>{link}</p>\n"


def test_an_address_leads_where_it_says():
    assert links(render("https://münchen.example/ü?a='b'c")) == [
        ("https://xn--mnchen-3ya.example/%C3%BC?a='b'c", "https://münchen.example/ü?a='b'c")
    ]


def test_an_excerpt_says_the_address_and_links_to_nothing():
    assert excerpt("See https://a.example/x, **now**.") == "See https://a.example/x, now."


@pytest.mark.parametrize("made", [render, lines])
@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_that_is_written_leads_elsewhere_than_it_says_or_becomes_markup(attack, made):
    html = made(f"{attack} @zoe", ZOE)
    assert not re.search(r"(?i)<(?!/?(a|p|br|em|strong)\b)", html)
    for href, said in links(html)[:-1]:
        assert re.match(r"https?://(a|b)\.example(?![^/?#])", href, re.IGNORECASE), href
        assert href == said or made is render  # Markdown has links with other words
        assert not re.search(r"[\u200b-\u200f\u202a-\u202e\u2060-\u2069\s\"<>\x00]", href + said)
    assert links(html)[-1] == ("/u/zoe/", "@zoe")


def test_an_endless_address_is_a_word_like_any_other():
    longest = "https://a.example/".ljust(LONGEST_ADDRESS, "x")
    for made in (render, lines):
        assert links(made(longest)) == [(longest, longest)]
        for length in (LONGEST_ADDRESS + 1, 10_000):
            assert links(made("https://a.example/".ljust(length, "x"))) == []


def test_a_text_of_nothing_but_addresses_has_no_links():
    assert len(links(render("https://a.example " * 200))) == 200
    assert links(render("https://a.example " * 201)) == []


@pytest.mark.parametrize("piece", SLOW)
def test_no_text_takes_its_time(piece):
    text = (piece * LONGEST)[:LONGEST]
    for read in (lambda: render(text, ZOE), lambda: lines(text, ZOE), lambda: words(text)):
        assert calls(read) < LONGEST * 50


def calls(read: Callable[[], object]) -> int:
    """How many functions it calls, of Python and of C: the same on a slow machine."""
    count = 0

    def one_more(_frame: object, event: str, _arg: object) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    sys.setprofile(one_more)
    try:
        read()
    finally:
        sys.setprofile(None)
    return count


def test_no_pattern_goes_back_over_what_it_has_taken():
    """Which would take a time of its own within one call: what repeats without end keeps it all."""
    found = [one for one in vars(patterns).values() if isinstance(one, re.Pattern)]
    assert len(found) == 6
    for pattern in found:
        bare = re.sub(r"\\.|\[(?:\\.|[^]\\])*\]", "x", pattern.pattern)
        assert re.findall(r"(?<![+*])[+*](?!\+)", bare) == [], pattern.pattern


# --- People ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("@zoe, **@Zoe** (@zoe)", [("/u/zoe/", "@zoe"), ("/u/zoe/", "@Zoe"), ("/u/zoe/", "@zoe")]),
        ("@zoe- and @zoe_", [("/u/zoe/", "@zoe"), ("/u/zoe/", "@zoe")]),
        ("@lea @zoe2 @zoe-lea @zoé @zoe-é", []),
        ("zoe@zoe.example /@zoe @@zoe &#64;", []),
        ("https://a.example/@zoe", [("https://a.example/@zoe", "https://a.example/@zoe")]),
        ("https://a.example?to=@zoe", [("https://a.example?to=@zoe", "https://a.example?to=@zoe")]),
    ],
)
def test_whom_a_text_names_is_a_link_to_their_page(text, expected):
    assert links(render(text, ZOE)) == links(lines(text, ZOE)) == expected
    assert links(render(text)) == [link for link in expected if link[0] != "/u/zoe/"]


def test_in_code_and_in_a_link_nobody_is_one():
    assert links(render("`@zoe` [@zoe](https://a.example)\n\n    @zoe", ZOE)) == [
        ("https://a.example", "@zoe")
    ]


def test_what_was_rendered_for_one_set_of_people_is_not_shown_for_another():
    assert [len(links(render("@zoe", people))) for people in (ZOE, frozenset(), ZOE)] == [1, 0, 1]
    assert [len(links(lines("@zoe", people))) for people in (ZOE, frozenset(), ZOE)] == [1, 0, 1]
