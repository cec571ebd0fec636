"""What people write: Markdown in, clean HTML out. The sanitiser is the last step."""

from functools import cache

import nh3
from markdown_it import MarkdownIt

LONGEST = 20_000
# Looking for the ends of links takes markdown-it the square of their number: 20,000 brackets cost a
# third of a second, and a page shows fifty texts. Nobody writes so many links.
MOST_BRACKETS = 200
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


def render(markdown: str) -> str:
    """Safe HTML of somebody's text. Images and raw HTML are dropped: they would tell a stranger
    who reads.
    """
    markdown = markdown[:LONGEST]
    return nh3.clean(
        _parser_for(markdown).render(markdown),
        tags=TAGS,
        attributes={"a": {"href", "title"}},
        url_schemes={"http", "https", "mailto"},
        link_rel=LINK_REL,
    )


def excerpt(markdown: str, length: int = 200) -> str:
    """The beginning as one line of plain text."""
    text = " ".join(
        nh3.clean(_parser(links=True).render(markdown[: length * 4]), tags=set()).split()
    )
    return text if len(text) <= length else text[:length].rsplit(" ", 1)[0] + "…"


def words(markdown: str) -> list[str]:
    """What it says outside of code, piece by piece."""
    markdown = markdown[:LONGEST]
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
