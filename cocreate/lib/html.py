"""What people write: Markdown in, clean HTML out. The sanitiser is the last step."""

from functools import cache

import nh3
from markdown_it import MarkdownIt

LONGEST = 20_000  # 50,000 brackets take markdown-it most of a second
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
    html = _parser().render(markdown[:LONGEST])
    return nh3.clean(
        html,
        tags=TAGS,
        attributes={"a": {"href", "title"}},
        url_schemes={"http", "https", "mailto"},
        link_rel=LINK_REL,
    )


def excerpt(markdown: str, length: int = 200) -> str:
    """The beginning as one line of plain text."""
    text = " ".join(nh3.clean(_parser().render(markdown[: length * 4]), tags=set()).split())
    return text if len(text) <= length else text[:length].rsplit(" ", 1)[0] + "…"


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "breaks": True, "linkify": False}).disable(
        "image"
    )
    parser.add_render_rule("heading_open", _heading)
    parser.add_render_rule("heading_close", _heading)
    return parser


def _heading(_self: object, tokens: list, index: int, _options: object, _env: object) -> str:  # type: ignore[type-arg]
    """A text's # stands under the page's own h1 and h2."""
    tag = f"h{min(int(tokens[index].tag[1]) + 2, SMALLEST_HEADING)}"
    return f"</{tag}>\n" if tokens[index].nesting < 0 else f"<{tag}>"
