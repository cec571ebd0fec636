"""What people write: Markdown in, clean HTML out. The sanitiser is the last step.

An address that stands there without markup becomes a link, and so does the @handle of somebody whom
the caller names: `People`, each with their handle and the address of their page.
"""

from collections.abc import Iterator
from functools import cache, lru_cache
from html import escape

import nh3
from markdown_it import MarkdownIt
from markdown_it.common.normalize_url import normalizeLink
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from cocreate.lib import links

LONGEST = 20_000
# What markdown-it costs grows with the signs that may be markup, for brackets with the square of
# their number: 20,000 characters of nothing else take half a second, and a page shows fifty texts.
# Nobody writes so many: such a text is shown as it is. Nor so many addresses: those are no links.
MARKS = "\n*_`[]<>#&!\\-+"
MOST_MARKS, MOST_BRACKETS, MOST_ADDRESSES = 1_500, 200, 200
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
CLEANER = nh3.Cleaner(
    tags=TAGS,
    attributes={"a": {"href", "title"}},
    url_schemes={"http", "https", "mailto"},
    link_rel=LINK_REL,
)
SMALLEST_HEADING = 4
ADDRESS = "address"  # what the tokens of one are marked by

People = frozenset[tuple[str, str]]
NOBODY: People = frozenset()


@lru_cache(KEPT_RENDERED)
def render(markdown: str, people: People = NOBODY) -> str:
    """Safe HTML of somebody's text. Images and raw HTML are dropped: they would tell a stranger
    who reads.
    """
    markdown = markdown[:LONGEST]
    if _is_dense(markdown):
        return _clean(_plain(markdown))
    return _clean(_parser_for(markdown).render(markdown, {"people": dict(people)}))


@lru_cache(KEPT_RENDERED)
def lines(text: str, people: People = NOBODY) -> str:
    """Safe HTML of a text without Markdown: its signs as they are, with the same links."""
    pieces, last, by_handle = [], 0, dict(people)
    for address, target, start, end in links.addresses(text, _target):
        link = _anchor(target, address)
        pieces += [_with_people(text[last:start], by_handle), link]
        last = end
    return _clean("".join([*pieces, _with_people(text[last:], by_handle)]))


def _with_people(text: str, people: dict[str, str]) -> str:
    pieces, last = [], 0
    for handle, start, end in links.mentions(text):
        if handle in people:
            pieces += [escape(text[last:start]), _anchor(people[handle], text[start:end])]
            last = end
    return "".join([*pieces, escape(text[last:])])


def _anchor(target: str, words: str) -> str:
    return f'<a href="{escape(target)}">{escape(words)}</a>'


def _clean(html: str) -> str:
    return CLEANER.clean(html)


def _target(address: str) -> str | None:
    target = normalizeLink(address)
    return target if _is_left(target) else None


def _is_left(target: str) -> bool:
    """By the sanitiser: there is no port 99999, nor every name that begins with xn--."""
    return " href=" in _clean(_anchor(target, ""))


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
    """What it says outside of code and of bare addresses, piece by piece."""
    markdown = markdown[:LONGEST]
    if _is_dense(markdown):
        return [markdown]
    inlines = (token for token in _parser_for(markdown).parse(markdown) if token.type == "inline")
    pieces = (child for inline in inlines for child in inline.children or [])
    return [piece.content for piece in pieces if piece.type == "text" and piece.info != ADDRESS]


def words_of_lines(text: str) -> list[str]:
    """As `words`, of a text without Markdown."""
    pieces, last = [], 0
    for _address, _leads_to, start, end in links.addresses(text, _target):
        pieces.append(text[last:start])
        last = end
    return [*pieces, text[last:]]


class Parser(MarkdownIt):
    def validateLink(self, url: str) -> bool:
        return super().validateLink(url) and _is_left(url)


def _parser_for(markdown: str) -> MarkdownIt:
    return _parser(
        links=markdown.count("[") <= MOST_BRACKETS,
        addresses=markdown.count("://") <= MOST_ADDRESSES,
    )


@cache
def _parser(*, links: bool, addresses: bool) -> MarkdownIt:
    parser = Parser("commonmark", {"html": False, "breaks": True, "linkify": False})
    parser.disable(["image"] if links else ["image", "link"])
    if addresses:
        parser.inline.ruler.after("text", ADDRESS, _address)
    parser.core.ruler.push("people", _people)
    parser.add_render_rule("heading_open", _heading)
    parser.add_render_rule("heading_close", _heading)
    return parser


def _heading(_self: object, tokens: list, index: int, _options: object, _env: object) -> str:  # type: ignore[type-arg]
    """A text's # stands under the page's own h1 and h2."""
    tag = f"h{min(int(tokens[index].tag[1]) + 2, SMALLEST_HEADING)}"
    return f"</{tag}>\n" if tokens[index].nesting < 0 else f"<{tag}>"


def _address(state: StateInline, silent: bool) -> bool:
    """A rule of the parser, at the colon of a scheme. It takes an address whole: what would be
    emphasis elsewhere is a part of it.
    """
    if state.linkLevel or not state.src.startswith("://", state.pos):
        return False

    def is_open(sign: str) -> bool:
        return any(chr(one.marker) == sign and one.open for one in state.delimiters)

    start = links.scheme_before(state.src, state.pos)
    found = None if start is None else links.address_in_markdown(state.src, start, is_open)
    if start is None or found is None or (target := _target(found[0])) is None:
        return False
    if not silent:
        state.pending = state.pending[: start - state.pos]
        state.push("link_open", "a", 1).attrs = {"href": target}
        text = state.push("text", "", 0)
        text.content, text.info = found[0], ADDRESS
        state.push("link_close", "a", -1)
    state.pos = found[1]
    return True


def _people(state: StateCore) -> None:
    """A rule of the parser, when all else is done."""
    people: dict[str, str] = state.env.get("people", {})
    for inline in state.tokens if people else ():
        if inline.children:
            inline.children = list(_naming(inline.children, people))


def _naming(tokens: list[Token], people: dict[str, str]) -> Iterator[Token]:
    depth = 0  # of links: none stands in another
    for token in tokens:
        depth += token.nesting if token.type in {"link_open", "link_close"} else 0
        if token.type == "text" and not depth:
            yield from _split(token.content, people)
        else:
            yield token


def _split(text: str, people: dict[str, str]) -> Iterator[Token]:
    last = 0
    for handle, start, end in links.mentions(text):
        if handle in people:
            yield Token("text", "", 0, content=text[last:start])
            yield Token("link_open", "a", 1, attrs={"href": people[handle]})
            yield Token("text", "", 0, content=text[start:end])
            yield Token("link_close", "a", -1)
            last = end
    yield Token("text", "", 0, content=text[last:])
