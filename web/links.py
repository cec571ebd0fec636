"""Addresses of ideas and of pictures."""

from pathlib import PurePath

from django.urls import reverse

from ideas.models import Idea


def idea_path(code: str, title: str) -> str:
    return reverse("idea", args=[code, Idea(title=title).slug])


def vote_path(code: str) -> str:
    return reverse("vote", args=[code])


def avatar_path(handle: str, file: str) -> str:
    """`file` is the name of the stored file."""
    return reverse("avatar", args=[handle, PurePath(file).stem])
