"""The papers for whoever writes a program, as pages: the files of docs/ themselves."""

import re
from functools import cache

import nh3
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify
from django.views.decorators.http import require_safe
from markdown_it import MarkdownIt

from cocreate.lib.errors import NotFound
from cocreate.lib.html import TAGS
from web.pages import page

NAMES = ("api", "embed", "ranking")
SHOWN = TAGS | {"h1", "h2", "table", "thead", "tbody", "tr", "th", "td"}
EXAMPLES = re.compile(r"http://127\.0\.0\.1:8000|https://ideas\.example")
LINK = re.compile(rf"\]\(({'|'.join(NAMES)})\.md")


@require_safe
@page
def papers(request: HttpRequest) -> HttpResponse:
    return HttpResponseRedirect(reverse("paper", args=[NAMES[0]]))


@require_safe
@page
def paper(request: HttpRequest, name: str) -> HttpResponse:
    if name not in NAMES:
        raise NotFound
    title, text = rendered(name)
    return render(request, "public/paper.html", {"paper_title": title, "text": text})


@cache
def rendered(name: str) -> tuple[str, SafeString]:
    """Its title, and all of it as HTML. They are in English alone."""
    written = (settings.BASE_DIR / "docs" / f"{name}.md").read_text(encoding="utf-8")
    written = EXAMPLES.sub(settings.PUBLIC_URL, LINK.sub(r"](/docs/\1/", written))
    clean = nh3.clean(
        _parser().render(written), tags=SHOWN, link_rel=None,
        attributes={"a": {"href"}, "h2": {"id"}, "h3": {"id"}},
    )  # fmt: skip
    wide = clean.replace("<table>", '<div class="sideways" tabindex="0" role="group"><table>')
    title = written.partition("\n")[0].removeprefix("# ")
    return title, mark_safe(wide.replace("</table>", "</table></div>"))  # noqa: S308 - cleaned above


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
    parser.add_render_rule("heading_open", _heading)
    return parser


def _heading(_self: object, tokens: list, index: int, _options: object, _env: object) -> str:  # type: ignore[type-arg]
    """One can be linked to, as on the pages where the papers are kept."""
    return f'<{tokens[index].tag} id="{slugify(tokens[index + 1].content)}">'
