"""The orders that a reader may choose."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from ideas.enums import Sort

TABS = {
    Sort.HOT: _("Hot"),
    Sort.TOP: _("Most support"),
    Sort.NEW: _("New"),
    Sort.DISCUSSED: _("Discussed"),
    Sort.RANDOM: _("Random"),
}
BY_COUNTS = {Sort.HOT, Sort.TOP}


@dataclass(frozen=True)
class Tab:
    label: str
    query: str
    is_current: bool


def wanted_sort(request: HttpRequest, default: Sort) -> Sort:
    """The order in the address where it is one, else the default: an old link opens a list."""
    value = request.GET.get("sort", "")
    return Sort(value) if value in TABS else default


def sort_tabs(request: HttpRequest, current: Sort, *, hidden: bool) -> list[Tab]:
    """Without those that would tell what a phase hides. Filters stay, the page begins anew."""
    tabs = []
    for sort in TABS:
        if hidden and sort in BY_COUNTS:
            continue
        query = request.GET.copy()
        query.pop("cursor", None)
        query["sort"] = sort.value
        tabs.append(Tab(str(TABS[sort]), query.urlencode(), sort == current))
    return tabs
