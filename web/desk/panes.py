"""A page of the desk beside the list: the script asks for it without what stands round it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

HEADER = "X-Pane"  # of the question, and of our answer: a page without it is none of these


def asks_for_pane(request: HttpRequest) -> bool:
    return HEADER in request.headers


def render_beside(
    request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """The template whole, or, for the script, what is within its frame."""
    is_pane = asks_for_pane(request)
    frame = "desk/pane.html" if is_pane else "desk/frame.html"
    context = context | {"frame": frame, "is_pane": is_pane}
    response = render(request, template, context, status=status)
    if is_pane:
        response[HEADER] = "shown"
    return response


def see_the_list() -> HttpResponse:
    """What was done concerns the whole list. Nothing is rendered, so that what is to be said is
    still there when the list is opened.
    """
    return HttpResponse(status=204, headers={HEADER: "list"})
