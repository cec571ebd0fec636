"""Whom texts name, as their filters want to be told (templatetags/words.py)."""

from collections.abc import Iterable, Sequence

from django.urls import reverse

from accounts.access import with_page
from cocreate.lib.html import People
from notifications.domain.mentions import handles_in


def named_in(texts: Iterable[str]) -> list[People]:
    """Of each text, of Markdown, those who have a page; whoever has none is a word like any
    other. One query for all, none where nobody is named.
    """
    return with_pages([handles_in(text) for text in texts])


def with_pages(handles: Sequence[Sequence[str]]) -> list[People]:
    """The same, for whoever has read other texts (`handles_in_lines`)."""
    there = with_page({handle for each in handles for handle in each})
    return [
        frozenset((handle, reverse("person", args=[handle])) for handle in each if handle in there)
        for each in handles
    ]
