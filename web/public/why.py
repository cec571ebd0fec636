"""Why an idea stands where it does."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from ideas.access import idea_or_404
from ideas.domain.why import EXPLAINED, exposure_of
from ideas.domain.why import why as reasons
from ideas.enums import Sort
from web.pages import page
from web.sorts import TABS

MOST_READ = 2000  # of the address of the page before


@page
@require_safe
def why(request: HttpRequest, code: str) -> HttpResponse:
    """An order that is none, or is not explained, is discover: an old link opens the page."""
    found = idea_or_404(request.user, code)
    found = found.merged_into or found
    sort = wanted(request)
    context: dict[str, Any] = {
        "brand": found.brand,
        "full": found,
        "why": reasons(idea=found, sort=sort),
        "exposure": exposure_of(found),
        "label": TABS[sort],
        "tabs": [(one.value, TABS[one], one == sort) for one in EXPLAINED],
    }
    return render(request, "public/why.html", context)


def wanted(request: HttpRequest) -> Sort:
    value = request.GET.get("sort", "")
    return Sort(value) if value in EXPLAINED else Sort.DISCOVER


def path_from(request: HttpRequest, code: str) -> str:
    """Its address with the order of the list that the reader has come from, where one is explained:
    their browser names the page it comes from within this site.
    """
    try:
        came = urlsplit(request.headers.get("Referer", "")[:MOST_READ])
    except ValueError:  # brackets without an address in them
        came = urlsplit("")
    sent = parse_qs(came.query).get("sort", [""])[-1] if came.netloc == request.get_host() else ""
    query = f"?sort={sent}" if sent in EXPLAINED else ""
    return reverse("why", args=[code]) + query
