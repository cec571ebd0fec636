"""Addresses of ideas."""

from django.urls import reverse

from ideas.models import Idea


def idea_path(code: str, title: str) -> str:
    return reverse("idea", args=[code, Idea(title=title).slug])


def vote_path(code: str) -> str:
    return reverse("vote", args=[code])
