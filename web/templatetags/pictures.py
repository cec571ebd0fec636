"""Pictures of ideas and challenges: their addresses, and what a browser needs to choose a size."""

from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from ideas.domain.images import COVER, cover_names
from ideas.models import Challenge, Image
from ideas.models.image import widths_of
from web.ballots import Shown
from web.links import picture_path, thumb_width
from web.templatetags.look import cover

register = template.Library()

# How wide a picture is shown, so that a browser takes the smallest file that is sharp.
ON_CARD = "(min-width: 60rem) 22rem, (min-width: 40rem) 45vw, 100vw"
ON_PAGE = "(min-width: 56rem) min(52rem, {0}px), min(100vw, {0}px)"  # {0}: it is not enlarged
IN_ROW = "(min-width: 56rem) 14rem, 33vw"
# The cover of the question that the front page shows large, and of one above its own page, which a
# phone does not show (static/css/list.css).
LEADING = "(min-width: 76rem) 44rem, (min-width: 56rem) 58vw, calc(100vw - 2rem)"
ON_TOP = "15rem"

Picture = dict[str, Any]  # as the rows of ideas.domain.lists have it


@register.filter
def thumb(image: Image) -> str:
    """The address of its small file."""
    return picture_path(image, thumb_width(image))


@register.filter
def large(image: Image) -> str:
    """The address of its largest file."""
    return picture_path(image, image.width)


@register.simple_tag
def idea_cover(idea: Shown, look: str | int) -> SafeString:
    """For a card: the first picture of an idea, else a drawing."""
    if not idea.images:
        return cover(idea.code, look)
    return img(idea.code, idea.images[0], "cover", ON_CARD)


@register.simple_tag
def gallery_image(code: str, image: Picture | Image, *, first: bool) -> SafeString:
    """One of an idea's page; the first is the large one, and not waited for. An Image may be on no
    idea yet.
    """
    if not isinstance(image, Image):
        sizes = ON_PAGE.format(image["width"]) if first else IN_ROW
        return img(code, image, "", sizes, lazy=not first)
    sizes = ON_PAGE.format(image.width) if first else IN_ROW
    paths = {width: picture_path(image, width) for width in image.widths}
    return _img(paths, "", image.alt, (image.width, image.height), sizes, lazy=not first)


@register.simple_tag
def largest(code: str, image: Picture) -> str:
    return reverse("picture", args=[code, image["code"], image["width"]])


@register.simple_tag
def challenge_cover(challenge: Challenge, place: str = "") -> Any:
    """A challenge's cover, or nothing; its brand is at hand. `place`: `lead`, which is seen at
    once, or `top`, which is loaded where it is shown; else it is one of many cards.
    """
    paths = cover_paths(challenge)
    if not paths:
        return ""
    sizes = {"lead": LEADING, "top": ON_TOP}.get(place, ON_CARD)
    return _img(paths, "banner", challenge.cover_alt, (COVER["width"], COVER["height"]), sizes,
                lazy=place != "lead")  # fmt: skip


@register.filter
def cover_path(challenge: Challenge) -> str:
    """The address of its larger file; empty where it has none."""
    return cover_paths(challenge).get(COVER["width"], "")


def cover_paths(challenge: Challenge) -> dict[int, str]:
    place = [challenge.brand.slug, challenge.slug]
    return {
        width: reverse("challenge_cover", args=[*place, name])
        for width, name in cover_names(challenge).items()
    }


def img(code: str, image: Picture, css_class: str, sizes: str, *, lazy: bool = True) -> SafeString:
    paths = {
        width: reverse("picture", args=[code, image["code"], width])
        for width in widths_of(image["width"])
    }
    size = (image["width"], image["height"])
    return _img(paths, css_class, image["alt"], size, sizes, lazy=lazy)


def _img(
    paths: dict[int, str],
    css_class: str,
    alt: str,
    size: tuple[int, int],
    sizes: str,
    *,
    lazy: bool,
) -> SafeString:
    """`paths` by width, smallest first; width and height keep its place while it loads."""
    return format_html(
        '<img{} src="{}" srcset="{}" sizes="{}" alt="{}" width="{}" height="{}"{}>',
        format_html(' class="{}"', css_class) if css_class else "",
        next(reversed(paths.values())),
        format_html_join(", ", "{} {}w", ((path, width) for width, path in paths.items())),
        sizes, alt, *size,
        mark_safe(' loading="lazy"' if lazy else ' fetchpriority="high"'),  # noqa: S308 - ours
    )  # fmt: skip
