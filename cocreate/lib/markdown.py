"""Other people's HTML as Markdown that `cocreate.lib.html` shows the same way.

What our texts know stays (paragraphs, headings, lists, quotes, links, emphasis, code); of the rest
the words stay. What would be read as Markdown and was none is escaped.
"""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

BLOCKS = {
    "address", "article", "aside", "blockquote", "body", "center", "dd", "div", "dl", "dt",
    "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr",
    "html", "li", "main", "nav", "ol", "p", "pre", "section", "table", "tbody", "tfoot", "thead",
    "tr", "ul",
}  # fmt: skip
INLINE = {
    "a", "abbr", "b", "big", "br", "cite", "code", "del", "em", "font", "i", "img", "ins", "kbd",
    "mark", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "td", "th", "tt",
    "u",
}  # fmt: skip
SILENT = {"head", "iframe", "noscript", "object", "script", "style", "svg", "template", "title"}
VOID = {"br", "hr", "img", "wbr", "input", "meta", "link", "col"}
MARKS = {"b": "**", "strong": "**", "em": "*", "i": "*"}
LINKED = re.compile(r"(https?://|mailto:)[^\s<>]+", re.IGNORECASE)
DEEPEST = 40
KNOWN = re.compile(
    r"</?(?:{})(?:\s[^<>]*)?/?>".format("|".join(sorted(BLOCKS | INLINE))), re.IGNORECASE
)
KNOWN_BLOCK = re.compile(
    r"<(?:{}|br)(?:\s[^<>]*)?/?>".format("|".join(sorted(BLOCKS))), re.IGNORECASE
)
# What begins a block at the start of a line, and what means something anywhere.
LINE_START = re.compile(
    r"^(\s*)(#{1,6}(?=\s|$)|>|[-+](?=\s|$)|=+\s*$|-{2,}\s*$|~{3,})", re.MULTILINE
)
NUMBERED = re.compile(r"^(\s*\d{1,9})([.)])(?=\s|$)", re.MULTILINE)
ANYWHERE = re.compile(r"[\\`*\[\]]|<(?=[A-Za-z/!?])|&(?=#?\w+;)|(?<![^\W_])_|_(?![^\W_])")


@dataclass
class Node:
    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: "list[Node | str]" = field(default_factory=list)


def is_html(text: str) -> bool:
    """Whether it was written as HTML: it has a tag that people use. `a < b` has none."""
    return KNOWN.search(text) is not None


def from_html(html: str) -> str:
    """As Markdown. Line ends mean nothing, unless no tag makes a line."""
    if KNOWN_BLOCK.search(html) is None:
        html = html.strip().replace("\n", "<br>")
    return "\n\n".join(_blocks(_tree(html)))


def plain(html: str) -> str:
    """The words alone, on one line."""
    return " ".join(_words(_tree(html)).split())


class _Builder(HTMLParser):
    """Tags that are left open end with their parent; a tag that nobody opened is nothing."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.stack = [Node("body")]
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in SILENT:
            self.silent += 1
        if self.silent:
            return
        self._end_what_ends_before(tag)
        node = Node(tag, {name: value or "" for name, value in attrs})
        self.stack[-1].children.append(node)
        if tag not in VOID and len(self.stack) < DEEPEST:
            self.stack.append(node)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in SILENT:
            self.silent = max(self.silent - 1, 0)
        elif not self.silent and tag in [node.tag for node in self.stack[1:]]:
            while self.stack.pop().tag != tag:
                pass

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.stack[-1].children.append(data)

    def _end_what_ends_before(self, tag: str) -> None:
        if tag in BLOCKS and self.stack[-1].tag == "p":
            self.stack.pop()
        if tag == "li":
            lists = [n for n, node in enumerate(self.stack) if node.tag in {"ul", "ol"}]
            items = [n for n, node in enumerate(self.stack) if node.tag == "li"]
            if items and (not lists or items[-1] > lists[-1]):
                del self.stack[items[-1] :]


def _tree(html: str) -> Node:
    builder = _Builder()
    builder.feed(html)
    builder.close()
    return builder.stack[0]


def _is_block(node: "Node | str") -> bool:
    return isinstance(node, Node) and (
        node.tag in BLOCKS or any(_is_block(child) for child in node.children)
    )


def _blocks(node: Node) -> list[str]:
    """What is in a node, block by block; words between blocks are paragraphs."""
    found: list[str] = []
    run: list[Node | str] = []
    for child in [*node.children, None]:
        if child is not None and not _is_block(child):
            run.append(child)
            continue
        if text := _paragraph(run):
            found.append(text)
        run = []
        if isinstance(child, Node):
            found.extend(_block(child))
    return found


def _block(node: Node) -> list[str]:
    match node.tag:
        case "ul" | "ol":
            return _list(node)
        case "blockquote":
            inner = "\n\n".join(_blocks(node))
            return [_prefixed(inner, "> ", "> ")] if inner else []
        case "pre":
            words = _words(node).strip("\n")
            return [f"```\n{words.replace('```', '` ` `')}\n```"] if words.strip() else []
        case "hr":
            return ["* * *"]
        case "h1" | "h2" | "h3" | "h4" | "h5" | "h6":
            words = " ".join(_inline(node.children, frozenset({"b", "strong"})).split())
            return [("# " if node.tag in {"h1", "h2"} else "## ") + words] if words else []
        case _:
            return _blocks(node)


def _list(node: Node) -> list[str]:
    items: list[str] = []
    for child in node.children:
        if isinstance(child, str) and not child.strip():
            continue
        inner = _blocks(child if isinstance(child, Node) else Node("li", {}, [child]))
        mark = f"{len(items) + 1}. " if node.tag == "ol" else "- "
        if inner:
            items.append(_prefixed(_joined(inner), mark, " " * len(mark)))
    return ["\n".join(items)] if items else []


def _joined(blocks: list[str]) -> str:
    """A list in an item stands right below its words."""
    text = blocks[0]
    for block in blocks[1:]:
        text += ("\n" if re.match(r"(-|\d+\.) ", block) else "\n\n") + block
    return text


def _prefixed(text: str, first: str, others: str) -> str:
    lines = text.split("\n")
    rest = [(others + line).rstrip() if line else others.rstrip() for line in lines[1:]]
    return "\n".join([first + lines[0], *rest])


def _paragraph(run: "list[Node | str]") -> str:
    lines = [" ".join(line.split()) for line in _inline(run).split("\n")]
    text = "\n".join(lines).strip()
    text = re.sub(r"\n{2,}", "\n\n", text)
    return NUMBERED.sub(r"\1\\\2", LINE_START.sub(r"\1\\\2", text))


def _inline(nodes: "list[Node | str]", without: frozenset[str] = frozenset()) -> str:
    """`without`: marks that stand around it already, or must not."""
    text = ""
    for node in nodes:
        piece = _escaped(node) if isinstance(node, str) else _marked(node, without)
        text = _beside(text, piece)
    return text


def _marked(node: Node, without: frozenset[str]) -> str:
    match node.tag:
        case "br" | "tr":
            return "\n"
        case "img":
            return _escaped(node.attributes.get("alt", ""))
        case "td" | "th":
            return f" {_inline(node.children, without).strip()} "
        case "code" | "kbd" | "samp" | "tt":
            words = " ".join(_words(node).split())
            return f"`{words}`" if words and "`" not in words else _escaped(words)
        case "a":
            return _link(node, without)
        case _ if (mark := MARKS.get(node.tag)) and node.tag not in without:
            same = {tag for tag, other in MARKS.items() if other == mark}
            return _around(_inline(node.children, without | same), mark)
    return _inline(node.children, without)


def _around(text: str, mark: str) -> str:
    """Marks hold to a word: the spaces beside it go outside, and no mark goes over a line end."""
    pieces = []
    for line in text.split("\n"):
        words = line.strip()
        before, after = line[: len(line) - len(line.lstrip())], line[len(line.rstrip()) :]
        pieces.append(f"{before}{mark}{words}{mark}{after}" if words else line)
    return "\n".join(pieces)


def _link(node: Node, without: frozenset[str]) -> str:
    words = _inline(node.children, without)
    target = node.attributes.get("href", "").strip()
    if not words.strip() or not LINKED.fullmatch(target) or {"(", ")"} & set(target):
        return words
    return f"[{' '.join(words.split())}]({target})"


def _beside(before: str, after: str) -> str:
    """Two pieces of a line. Where a mark ends as the same begins, it goes on; `**so:**and` is no
    emphasis to Markdown, nor are two kinds of marks in a row: a space goes between.
    """
    ends, begins = _stars_at_end(before), len(after) - len(after.lstrip("*"))
    if ends and ends == begins:
        return before[:-ends] + after[begins:]
    if ends and begins:
        return f"{before} {after}"
    if ends and after[:1].isalnum() and not before[: -ends or None][-1:].isalnum():
        return f"{before} {after}"
    if begins and before[-1:].isalnum() and not after[begins : begins + 1].isalnum():
        return f"{before} {after}"
    return before + after


def _stars_at_end(text: str) -> int:
    """Of a mark: an escaped one is none."""
    words = text.rstrip("*")
    escaped = (len(words) - len(words.rstrip("\\"))) % 2
    return max(len(text) - len(words) - escaped, 0)


def _escaped(text: str) -> str:
    """Spaces that HTML reads as one; no-break spaces are kept from Markdown's rules too."""
    text = re.sub(r"[ \t\r\n\f]+", " ", text.replace("\xa0", " "))
    return ANYWHERE.sub(lambda found: "\\" + found.group(), text)


def _words(node: "Node | str") -> str:
    if isinstance(node, str):
        return node
    text = "".join(_words(child) for child in node.children)
    return f"\n{text}\n" if node.tag in BLOCKS or node.tag == "br" else text
