"""Addresses of ideas and of pictures."""

from functools import lru_cache
from pathlib import PurePath

from django.urls import reverse

from ideas.domain.comments import cursor_to
from ideas.models import Comment, Idea, Image
from ideas.models.image import SIZES


@lru_cache(2048)  # a page has one for each idea
def idea_path(code: str, title: str) -> str:
    return reverse("idea", args=[code, Idea(title=title).slug])


def comment_path(comment: Comment) -> str:
    """Where it stands in the discussion, however long that is; its idea is at hand."""
    cursor = cursor_to(comment)
    query = f"?cursor={cursor}" if cursor else ""
    path = idea_path(comment.idea.code, comment.idea.title)
    return f"{path}{query}#comment-{comment.code}"


def vote_path(code: str) -> str:
    return reverse("vote", args=[code])


def card_path(code: str, card_print: str) -> str:
    """Of the picture that stands for an idea elsewhere; its print is of what it shows."""
    return reverse("card", args=[code, card_print])


def picture_path(image: Image, width: int) -> str:
    """One of its files; `brand` is at hand, or `idea` where it is on one."""
    if image.idea is None:
        return reverse("waiting_picture", args=[image.brand.slug, image.code, width])
    return reverse("picture", args=[image.idea.code, image.code, width])


def thumb_width(image: Image) -> int:
    """Of the file that serves for a small one."""
    return min(SIZES[0], image.width)


def avatar_path(handle: str, file: str) -> str:
    """`file` is the name of the stored file."""
    return reverse("avatar", args=[handle, PurePath(file).stem])
