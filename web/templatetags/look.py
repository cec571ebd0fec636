"""Icons, faces, covers and the classes that carry a hue."""

import hashlib
import unicodedata
from functools import cache
from random import Random

from django import template
from django.conf import settings
from django.forms import BoundField
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from accounts.domain.people import AVATAR_SIDE
from cocreate.lib import accents
from cocreate.lib.colour import shown_hue
from web.covers import DRAWINGS, HEIGHT, WIDTH
from web.links import avatar_path

register = template.Library()

TURNS = [0, 0, 40, -40, 150, 200]  # a cover's hue, seen from the brand's


@register.simple_tag
def site_name() -> str:
    return settings.SITE_NAME


@register.filter
def absolute(path: str) -> str:
    """On our public address, whatever host the request named."""
    return settings.PUBLIC_URL + path


@register.simple_tag
def icon(name: str) -> SafeString:
    """A sign of the sprite, silent for screen readers: words stand beside it."""
    return _icon(name, settings.STORAGES["staticfiles"]["BACKEND"])


@cache
def _icon(name: str, _storage: str) -> SafeString:
    """Once per process: a page has dozens, and the address of a file takes its time."""
    address = static("img/sprite.svg")
    return format_html(
        '<svg class="icon" aria-hidden="true"><use href="{}#{}"></use></svg>', address, name
    )


@register.filter
def hue_class(hue: int) -> str:
    return f"hue-{shown_hue(int(hue))}"


@register.filter
def look_class(look: str) -> str:
    """The classes of a brand's look. Where they stand, `own_sheet` stands too."""
    if not accents.is_own(look):
        return hue_class(int(look))
    grey = " grey" if accents.is_grey(look) else ""
    return f"{hue_class(accents.hue_of(look))} own-{look[1:]}{grey}"


@register.simple_tag
def own_sheet(look: str) -> SafeString | str:
    """The style sheet of a colour of a brand's own. A hue is in the style sheet of all hues."""
    if not accents.is_own(look):
        return ""
    path = reverse("own_colour", args=[accents.DESIGN, look[1:]])
    return format_html('<link rel="stylesheet" href="{}">', path)


@register.filter
def trim(text: str) -> str:
    """For what stands in an attribute: templates break lines."""
    return mark_safe(" ".join(text.split()))  # noqa: S308 - the output of a block, escaped already


@register.filter
def with_class(field: BoundField, css_class: str) -> SafeString:
    return field.as_widget(attrs={"class": css_class})


@register.simple_tag
def face(name: str, seed: str = "", size: str = "", avatar: str = "") -> SafeString:
    """A person's own picture (`avatar` is its file, `seed` then their handle), else a round mark
    with the first letters of the name. The name itself stands beside it.
    """
    if avatar:
        path = avatar_path(seed, str(avatar))
        return format_html(
            '<img class="face {}" src="{}" alt="" width="{}" height="{}">',
            size, path, AVATAR_SIDE, AVATAR_SIDE,
        )  # fmt: skip
    hue = hue_class(seeded(seed or name).randrange(360))
    return format_html(
        '<span class="face {} {}" aria-hidden="true">{}</span>', size, hue, initials(name)
    )


@register.simple_tag
def cover(code: str, look: str | int, size: str = "") -> SafeString:
    """A picture for an idea without one, drawn from its code: always the same, and nobody's."""
    chance = seeded(code)
    own_hue = hue_class(accents.hue_of(str(look)) + chance.choice(TURNS))
    if accents.is_grey(str(look)):
        own_hue += " grey"
    shapes = chance.choice(DRAWINGS)(chance)
    paths = "".join(f'<path class="{ink}" d="{d}"/>' for ink, d in shapes.items() if d)
    return format_html(
        '<svg class="cover {} {}" viewBox="0 0 {} {}" preserveAspectRatio="xMidYMid slice"'
        ' aria-hidden="true">{}</svg>',
        size, own_hue, WIDTH, HEIGHT, mark_safe(paths),  # noqa: S308 - numbers of our own drawing
    )  # fmt: skip


def seeded(text: str) -> Random:
    return Random(hashlib.blake2b(text.encode(), digest_size=8).digest())  # noqa: S311 - a drawing, not a secret


def initials(name: str) -> str:
    """Of the first two words that begin with a letter or a digit, else the first sign."""
    words = [word for word in name.split() if unicodedata.category(word[0])[0] in "LN"]
    return "".join(word[0] for word in words[:2]).upper() or (name.strip()[:1] or "·")
