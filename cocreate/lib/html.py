"""What people write: Markdown in, clean HTML out. The sanitiser is the last step."""

from functools import cache, lru_cache
from html import escape

import nh3
from markdown_it import MarkdownIt

LONGEST = 20_000
# What markdown-it costs grows with the signs that may be markup, for brackets with the square of
# their number: 20,000 characters of nothing else take half a second, and a page shows fifty texts.
# Nobody writes so many: such a text is shown as it is.
MARKS = "\n*_`[]<>#&!\\-+"
MOST_MARKS, MOST_BRACKETS = 1_500, 200
KEPT_RENDERED = 512  # texts of a process, for a page that many look at
TAGS = {
    "a",
    "blockquote",
    "br",
    "code",
    "em",
    "h3",
    "h4",
    "hr",
    "li",
    "ol",
    "p",
    "pre",
    "strong",
    "ul",
}
LINK_REL = "nofollow ugc noopener noreferrer"
SMALLEST_HEADING = 4


@lru_cache(KEPT_RENDERED)
def render(markdown: str) -> str:
    """Safe HTML of somebody's text. Images and raw HTML are dropped: they would tell a stranger
    who reads.
    """
    markdown = markdown[:LONGEST]
    return nh3.clean(
        _plain(markdown) if _is_dense(markdown) else _parser_for(markdown).render(markdown),
        tags=TAGS,
        attributes={"a": {"href", "title"}},
        url_schemes={"http", "https", "mailto"},
        link_rel=LINK_REL,
    )


def excerpt(markdown: str, length: int = 200) -> str:
    """The beginning as one line of plain text."""
    return _excerpt(markdown[: length * 4], length)


@lru_cache(KEPT_RENDERED)
def _excerpt(beginning: str, length: int) -> str:
    text = " ".join(nh3.clean(render(beginning), tags=set()).split())
    return text if len(text) <= length else text[:length].rsplit(" ", 1)[0] + "…"


def _is_dense(markdown: str) -> bool:
    return sum(map(markdown.count, MARKS)) > MOST_MARKS


def _plain(text: str) -> str:
    return f"<p>{escape(text).replace(chr(10), '<br>')}</p>"


def words(markdown: str) -> list[str]:
    """What it says outside of code, piece by piece."""
    markdown = markdown[:LONGEST]
    if _is_dense(markdown):
        return [markdown]
    inlines = (token for token in _parser_for(markdown).parse(markdown) if token.type == "inline")
    pieces = (child for inline in inlines for child in inline.children or [])
    return [piece.content for piece in pieces if piece.type == "text"]


def _parser_for(markdown: str) -> MarkdownIt:
    return _parser(links=markdown.count("[") <= MOST_BRACKETS)


@cache
def _parser(*, links: bool) -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "breaks": True, "linkify": False})
    parser.disable(["image"] if links else ["image", "link"])
    parser.add_render_rule("heading_open", _heading)
    parser.add_render_rule("heading_close", _heading)
    return parser


def _heading(_self: object, tokens: list, index: int, _options: object, _env: object) -> str:  # type: ignore[type-arg]
    """A text's # stands under the page's own h1 and h2."""
    tag = f"h{min(int(tokens[index].tag[1]) + 2, SMALLEST_HEADING)}"
    return f"</{tag}>\n" if tokens[index].nesting < 0 else f"<{tag}>"
