"""Other people's HTML as Markdown, as our renderer shows it."""

import re

import pytest

from cocreate.lib.html import render
from cocreate.lib.markdown import from_html, is_html, plain


def shown(html):
    """What a reader gets, without the line ends between tags."""
    return re.sub(r"\n+", "", render(from_html(html)))


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>One</p><p>Two</p>", "<p>One</p><p>Two</p>"),
        ("<p>One<br>Two</p>", "<p>One<br>Two</p>"),
        ("One<b>bold</b>\nTwo", "<p>One<strong>bold</strong><br>Two</p>"),
        ("<div>One</div><div>Two</div>", "<p>One</p><p>Two</p>"),
        ("<h2>A</h2>words<h3><strong>B</strong></h3>", "<h3>A</h3><p>words</p><h4>B</h4>"),
        ("<ul><li>a</li><li>b</li></ul>", "<ul><li>a</li><li>b</li></ul>"),
        ("<ol><li>a<li>b</ol>", "<ol><li>a</li><li>b</li></ol>"),
        ("<blockquote><p>q</p></blockquote>", "<blockquote><p>q</p></blockquote>"),
        ("<pre>a\n  b</pre>", "<pre><code>a  b</code></pre>"),
        ("<b>so:</b>yes", "<p><strong>so:</strong> yes</p>"),
        ("<b>one</b><b>two</b>", "<p><strong>onetwo</strong></p>"),
        ("<b>one</b><i>two</i>", "<p><strong>one</strong> <em>two</em></p>"),
        ("a<b> wide </b>b", "<p>a <strong>wide</strong> b</p>"),
        ("<b></b>none", "<p>none</p>"),
        ("<p>5 * 3 _x_ `y` [z](w)</p>", "<p>5 * 3 _x_ `y` [z](w)</p>"),
        ("<p># none</p><p>- none</p><p>1. none</p>", "<p># none</p><p>- none</p><p>1. none</p>"),
        ("<p>AT&amp;T &lt;b&gt; &amp;amp;</p>", "<p>AT&amp;T &lt;b&gt; &amp;amp;</p>"),
        ("<p>open <em>never closed", "<p>open <em>never closed</em></p>"),
        ("<td>a</td><td>b</td><br>", "<p>a b</p>"),
        ("<p>x<img src=http://a.example/x.png alt='A map'></p>", "<p>xA map</p>"),
        ("<p>y<script>alert(1)</script><style>p{}</style></p>", "<p>y</p>"),
        ("</p></ul>x<br>", "<p>x</p>"),
    ],
)  # fmt: skip
def test_html_is_shown_as_it_was_meant(html, expected):
    assert shown(html) == expected


def test_links_keep_their_target_where_people_may_go_there():
    assert '<a href="https://a.example/x_y"' in shown(
        '<p><a href="https://a.example/x_y">l</a></p>'
    )
    for target in ("javascript:alert(1)", "//evil.example", "data:text/html,x", " java\nscript:1"):
        assert shown(f'<p><a href="{target}">words</a></p>') == "<p>words</p>"


def test_a_list_in_a_list_stays_one():
    assert shown("<ul><li>a<ul><li>b</li></ul></li></ul>").count("<ul>") == 2


@pytest.mark.parametrize("html", ["<ul>" * 5000 + "x", "<b>" * 5000 + "x", "<p>a" * 5000])
def test_what_is_nested_without_end_is_read_all_the_same(html):
    assert from_html(html)


def test_words_in_pointed_brackets_are_no_html():
    assert not is_html("a < b and c > d, I <3 <you>")
    assert is_html("so <b>much</b>")
    assert plain("<b>AT&amp;T</b>\n<br>and more") == "AT&T and more"
