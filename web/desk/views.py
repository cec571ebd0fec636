"""The team's own view of a brand: its ideas as a dense list, narrowed as they like."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.rules import can_answer
from ideas.domain.lists import ideas_page
from ideas.domain.marks import marked
from ideas.domain.statuses import Graph, graph_of
from ideas.enums import Sort
from web.ballots import shown
from web.desk.common import desk_of
from web.desk.facets import HEADER, Beside, facets_of
from web.desk.listing import Listing
from web.desk.panes import asks_for_pane, see_the_list
from web.desk.saved_views import ViewForm, shown_views, with_numbers
from web.pages import page
from web.sorts import sort_tabs

ROWS = 50


@page
def desk(request: HttpRequest, slug: str) -> HttpResponse:
    brand = desk_of(request, slug)
    if asks_for_pane(request):
        return see_the_list()
    listing, graph = Listing(request, brand), graph_of(brand)
    context = what_narrows(listing, graph)
    if HEADER in request.headers:
        answer = render(request, "desk/parts/narrowing.html", context)
        answer[HEADER] = "shown"
        return answer
    return render(request, "desk/ideas.html", context | what_is_listed(listing))


def what_narrows(listing: Listing, graph: Graph) -> dict[str, Any]:
    request, brand = listing.request, listing.brand
    facets = facets_of(brand)
    views = with_numbers(shown_views(listing, graph), facets)
    return {
        "brand": brand,
        "listing": listing,
        "facets": Beside(listing, graph, facets),
        "views": views,
        "view": next((view for view in views if view.is_current), None),
        "view_form": ViewForm(),
        "tabs": sort_tabs(request, listing.sort, hidden=listing.hides_counts),
        "sort": listing.sort,
        "may_act": can_answer(request.user, brand),
    }


def what_is_listed(listing: Listing) -> dict[str, Any]:
    request = listing.request
    found = ideas_page(
        brand=listing.brand, challenge=listing.challenge, sort=Sort(listing.sort),
        hidden=listing.hides_counts, filters=listing.filters, limit=ROWS,
        cursor=request.GET.get("cursor", ""), user_id=request.user.pk,
    )  # fmt: skip
    first = first_place(request)
    return {
        "chosen": listing.challenge,
        "ideas": list(enumerate(shown(marked(found.items), {}, request.user), start=first)),
        "first": first,
        "next": found.next,
        "next_place": first + ROWS,
        "is_first_page": "cursor" not in request.GET,
    }


def first_place(request: HttpRequest) -> int:
    """Where a further page begins to count; the link to it says so."""
    text = request.GET.get("from", "")
    return (
        int(text)
        if "cursor" in request.GET and text.isascii() and text.isdigit() and len(text) < 8
        else 1
    )
