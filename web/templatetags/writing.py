"""What was changed in a text, and what it shares with another."""

import re

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from ideas.domain.differences import Part

register = template.Library()


@register.filter
def diff(parts: list[Part]) -> SafeString:
    """The stretches as they stand: every space and every line is the text's own."""
    return format_html(
        '<span class="diff">{}</span>', format_html_join("", "{}", ((shown(p),) for p in parts))
    )


@register.filter
def with_marks(text: str, words: list[str]) -> SafeString | str:
    """A title, with the words marked that it shares with another."""
    if not words:
        return text
    one_of = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
    pieces = re.split(rf"(?<!\w)({one_of})(?!\w)", text, flags=re.IGNORECASE)
    return format_html_join(
        "",
        "{}",
        (
            (format_html("<mark>{}</mark>", piece) if n % 2 else piece,)
            for n, piece in enumerate(pieces)
        ),
    )


def shown(part: Part) -> SafeString | str:
    match part.kind:
        case "in":
            return marked("ins", _("Put in:"), part.text)
        case "out":
            return marked("del", _("Taken out:"), part.text)
        case "gap":
            return format_html(
                '<span class="gap"><span aria-hidden="true">[…]</span>{}</span>',
                silent(_("(a part that stayed)")),
            )
    return part.text


def marked(element: str, words: str, text: str) -> SafeString:
    end = _("(end)")  # inside an f-string makemessages would not see it
    return format_html(
        "<{}>{}{}{}</{}>", element, silent(f"{words} "), text, silent(f" {end}"), element
    )


def silent(words: str) -> SafeString:
    """For whoever hears the page: a screen reader says nothing of ins and del by itself."""
    return format_html('<span class="visually-hidden">{}</span>', words)
