"""What an idea said before: every change of it, word by word."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.rules import can_answer
from cocreate.lib.pages import BadCursor
from ideas.access import idea_or_404
from ideas.domain.revisions import REASON_LENGTH, changes_of, hidings_of, page_with
from web.pages import page

LONGEST_NUMBER = 9  # digits


@page
@require_safe
def history(request: HttpRequest, code: str) -> HttpResponse:
    found = idea_or_404(request.user, code)
    at, before = wanted(request, "at"), wanted(request, "before")
    if at is not None and 1 <= at <= found.revision:
        before = page_with(found, at)
    if before is not None and not 1 < before <= found.revision:
        return HttpResponseRedirect(reverse("history", args=[found.code]))
    may_hide = can_answer(request.user, found.brand)
    changes, following = changes_of(found, before=before, for_team=may_hide)
    context = {
        "brand": found.brand,
        "full": found,
        "changes": changes,
        "at": at if at in {change.number for change in changes} else None,
        "next": following,
        "hidings": hidings_of(found),
        "may_hide": may_hide,
        "longest_reason": REASON_LENGTH,
    }
    return render(request, "public/history.html", context)


def wanted(request: HttpRequest, name: str) -> int | None:
    """The number of a version: the one that a page is about (`at`, which says there what was just
    done to it), or the one that it ends before. Raises BadCursor.
    """
    text = request.GET.get(name, "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER):
        raise BadCursor
    return int(text)
