"""The orders that a reader may choose."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from ideas.domain.narrowing import SHOWS_COUNTS
from ideas.enums import Mode, Sort

TABS = {
    Sort.DISCOVER: _("Discover"),
    Sort.HOT: _("Hot"),
    Sort.RISING: _("Rising"),
    Sort.BEST: _("Best liked"),
    Sort.TOP: _("Most support"),
    Sort.NEW: _("New"),
    Sort.DISCUSSED: _("Discussed"),
    Sort.RANDOM: _("Random"),
    Sort.UNSEEN: _("Not voted yet"),
}


# Where there are more than so many, these are shown; the others are behind "More".
FEW = 5
FIRST = {Sort.DISCOVER, Sort.HOT, Sort.TOP, Sort.NEW}


@dataclass(frozen=True)
class Tab:
    label: str
    query: str
    is_current: bool
    key: str = ""
    is_first: bool = True


def wanted_sort(request: HttpRequest, default: Sort) -> Sort:
    """The order in the address where it is one for this reader, else the default: an old link opens
    a list.
    """
    value = request.GET.get("sort", "")
    is_for_them = value in TABS and (value != Sort.UNSEEN or request.user.is_authenticated)
    return Sort(value) if is_for_them else default


def sort_tabs(
    request: HttpRequest, current: Sort, *, hidden: bool, mode: Mode = Mode.UP_DOWN
) -> tuple[Tab, ...]:
    """Without those that would tell what a phase hides, and without a second name of one order:
    where nobody can say no, the best liked ideas are those with most support. Filters stay, the
    page begins anew.
    """
    left_out = set(SHOWS_COUNTS) if hidden else set()
    if mode != Mode.UP_DOWN:
        left_out.add(Sort.BEST)
    if not request.user.is_authenticated:
        left_out.add(Sort.UNSEEN)
    rest = request.GET.copy()
    for name in ("cursor", "sort"):
        rest.pop(name, None)
    before = f"{rest.urlencode()}&" if rest else ""
    offered = [sort for sort in TABS if sort not in left_out or sort == current]
    shown = FIRST | {current} if len(offered) > FEW else set(offered)
    return tuple(
        Tab(str(TABS[one]), f"{before}sort={one.value}", one == current, one.value, one in shown)
        for one in offered
    )
