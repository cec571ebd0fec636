"""Views of the list that somebody has saved: opened by one press, named, ordered and deleted."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from accounts.rules import can_answer
from cocreate.lib.errors import Invalid
from ideas.domain import saved_views as verbs
from ideas.domain.facets import Facets
from ideas.domain.statuses import Graph, graph_of
from ideas.models import SavedView
from web.desk.common import desk_of
from web.desk.facets import Written, numbers_of
from web.desk.idea_forms import IdeaForm
from web.desk.listing import KEPT, ME, NOBODY, Listing
from web.desk.many import why
from web.desk.undo import cannot_undo, say_for_a_while
from web.pages import page

KEYS = 9  # the first views have the keys 1 to 9


class ViewForm(IdeaForm):
    own = "view"

    name = forms.CharField(
        label=gettext_lazy("Name of the view"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "maxlength": 60}),
    )
    for_team = forms.BooleanField(label=gettext_lazy("For the whole team"), required=False)


@dataclass(frozen=True)
class Shown:
    """A view as the list offers it. `listing`: what it opens. `problem`: what of it is gone, in a
    sentence.
    """

    view: SavedView
    query: str
    listing: Listing
    key: str
    problem: str
    is_current: bool
    may_change: bool
    number: Written | None = None


@page
@require_http_methods(["GET", "HEAD", "POST"])
def views(request: HttpRequest, slug: str) -> HttpResponse:
    """All of them, to be arranged; a POST saves what the list showed, which the address names."""
    brand = desk_of(request, slug)
    listing = Listing(request, brand)
    form = ViewForm(request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        return show(request, listing, form=form)
    try:
        view = verbs.keep(brand=brand, user=request.user, query=listing.kept, **form.cleaned_data)
    except Invalid as error:
        form.blame(error)
        return show(request, listing, form=form)
    messages.success(request, _("The view “%(name)s” is saved.") % {"name": view.name})
    return HttpResponseRedirect(listing.path)


@page
@require_POST
def change(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    brand = desk_of(request, slug)
    view, listing = verbs.view_or_404(brand, request.user, code), Listing(request, brand)
    act = request.POST.get("act", "")
    if act == "remove":
        removed = verbs.remove(view=view, actor=request.user)
        words = _("The view “%(name)s” is deleted.") % {"name": view.name}
        say_for_a_while(request, words, undo_of(listing, removed))
    elif act in ("up", "down"):
        verbs.move(view=view, by=-1 if act == "up" else 1, actor=request.user)
    else:
        name = request.POST.get("name", "")
        try:
            verbs.rename(view=view, name=name, actor=request.user)
        except Invalid as error:
            return show(request, listing, wrong=code, typed=name, problem=why(error))
        messages.success(request, _("The view is now called “%(name)s”.") % {"name": view.name})
    return back(listing)


@page
@require_POST
def undo(request: HttpRequest, slug: str) -> HttpResponse:
    """Brings back the deleted view that the address holds."""
    brand = desk_of(request, slug)
    removed = request.GET.get("view", "")
    try:
        view = verbs.bring_back(brand=brand, user=request.user, removed=removed)
    except verbs.TooLateToBringBack:
        cannot_undo(request)
    except Invalid as error:
        messages.error(request, _("The view did not come back. %(why)s") % {"why": why(error)})
    else:
        messages.success(request, _("The view “%(name)s” is back.") % {"name": view.name})
    return back(Listing(request, brand))


def undo_of(listing: Listing, removed: str) -> str:
    asked = [*listing.pairs, ("view", removed)]
    return f"{reverse('desk_undo_view', args=[listing.brand.slug])}?{urlencode(asked)}"


def back(listing: Listing) -> HttpResponse:
    return HttpResponseRedirect(reverse("desk_views", args=[listing.brand.slug]) + listing.tail)


def show(request: HttpRequest, listing: Listing, **sent: Any) -> HttpResponse:
    is_wrong = "wrong" in sent or request.method == "POST"
    found = list(shown_views(listing, graph_of(listing.brand)))
    context = {
        "brand": listing.brand,
        "listing": listing,
        "teams": [one for one in found if one.view.member_id is None],
        "own": [one for one in found if one.view.member_id is not None],
        "may_act": can_answer(request.user, listing.brand),
        "form": ViewForm(),
    } | sent
    return render(request, "desk/views.html", context, status=400 if is_wrong else 200)


def shown_views(listing: Listing, graph: Graph) -> Iterator[Shown]:
    user, now = listing.request.user, dict(QueryDict(listing.kept).items())
    for place, view in enumerate(verbs.views_of(listing.brand, user), 1):
        view.brand = listing.brand
        asked = QueryDict(view.query, mutable=True)
        for name in asked.keys() - KEPT:
            del asked[name]
        yield Shown(
            view=view,
            query=asked.urlencode(),
            listing=listing.opened_by(asked),
            key=str(place) if place <= KEYS else "",
            problem=problem_of(listing, graph, asked),
            is_current=dict(asked.items()) == now,
            may_change=verbs.can_change(user, view),
        )


def with_numbers(views: Iterable[Shown], facets: Facets) -> list[Shown]:
    """How many ideas each finds, if nothing of it is gone."""
    views = list(views)
    whole = {one.view.pk: one.listing for one in views if not one.problem}
    numbers = dict(zip(whole, numbers_of(list(whole.values()), facets), strict=True))
    return [replace(one, number=numbers.get(one.view.pk)) for one in views]


def problem_of(listing: Listing, graph: Graph, asked: QueryDict) -> str:
    """A view names what there was: none of it is held for its sake."""
    handles = {place.user.handle for place in listing.members}
    status, owner = asked.get("status", ""), asked.get("owner", "")
    if status and status not in graph.steps:
        return _("Its status is no more: “%(status)s”.") % {"status": graph.step(status).label}
    if asked.get("challenge") and asked["challenge"] not in {c.slug for c in listing.challenges}:
        return _("Its question is no more.")
    if owner and owner not in {ME, NOBODY, *handles}:
        return _("Nobody in the team is called @%(handle)s any more.") % {"handle": owner}
    return ""
