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
ON_CARD = "(min-width: 62rem) 23rem, (min-width: 41.5rem) 47vw, calc(100vw - 2rem)"
ON_PAGE = "(min-width: 56rem) min(52rem, {0}px), min(100vw - 2rem, {0}px)"  # {0}: its own width
IN_ROW = "(min-width: 56rem) 14rem, 33vw"
ON_LINE = "5.5rem"
# Of a cover there are two files, 640 and 1600 pixels wide. A telephone is told a part of what it
# shows, so that it takes the first: that has two pixels for each of the page's, nearly, and a
# photograph shows no more of three.
ON_PHONE = "(max-width: 30rem) and (min-resolution: 2.1dppx) 50vw, (max-width: 30rem) 75vw"
COVER_ON_CARD = f"{ON_PHONE}, {ON_CARD}"
# The cover of the question that the front page shows large: where words stand beside it, it is as
# high as they are, and its sides are cut off (static/css/home.css).
LEADING = f"{ON_PHONE}, (min-width: 56rem) 60rem, calc(100vw - 2rem)"
BESIDE = "6.5rem"  # the words of a card that is one of many of a brand
ON_TOP = "15rem"  # of its own page; a phone does not show it (static/css/list.css)
COVERS = {"lead": LEADING, "beside": BESIDE, "top": ON_TOP}

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
def idea_cover(
    idea: Shown, look: str | int, place: str = "", *, at_once: bool = False
) -> SafeString:
    """For a card: the first picture of an idea, else a drawing. `place`: `line`, where it is small
    beside the words. With `at_once` it is in sight as soon as the page is there.
    """
    if not idea.images:
        return cover(idea.code, look)
    sizes = ON_LINE if place == "line" else ON_CARD
    return img(idea.code, idea.images[0], "cover", sizes, lazy=not at_once)


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
def challenge_cover(challenge: Challenge, place: str = "", *, at_once: bool = False) -> Any:
    """A challenge's cover, or nothing; its brand is at hand. `place` is one of COVERS, else it is
    on a card. With `at_once` it is in sight as soon as the page is there.
    """
    paths = cover_paths(challenge)
    if not paths:
        return ""
    sizes = COVERS.get(place, COVER_ON_CARD)
    return _img(paths, "banner", challenge.cover_alt, (COVER["width"], COVER["height"]), sizes,
                lazy=not at_once)  # fmt: skip


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
