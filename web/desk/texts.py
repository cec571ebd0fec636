"""What people reported, and comments that a team hides or shows again."""

from itertools import groupby

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import Brand
from accounts.rules import can_answer
from ideas.access import comment_or_404
from ideas.domain import comments, ideas
from ideas.domain.reports import open_reports, report_or_404, settle
from ideas.enums import ReportState
from ideas.models import Comment, Report
from web.desk.common import desk_of
from web.desk.undo import say
from web.pages import named, page, safe_path

HIDE, KEEP = "hide", "keep"


@page
@require_http_methods(["GET", "HEAD"])
def reports(request: HttpRequest, slug: str) -> HttpResponse:
    brand = desk_of(request, slug)
    context = {
        "brand": brand,
        "texts": by_text(open_reports(brand)),
        "may_act": can_answer(request.user, brand),
        "here": request.path,
    }
    return render(request, "desk/reports.html", context)


@page
@require_POST
def settle_report(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """Hide the text, or let it stay; every open report of it is answered."""
    brand = desk_of(request, slug, can_answer)
    report, act = report_or_404(brand, code), request.POST.get("act")
    if act not in {HIDE, KEEP} or report.state != ReportState.OPEN:
        messages.info(request, _("Somebody has settled this already."))
        return after(request, brand)
    settle(report=report, hide=act == HIDE, actor=request.user)
    if act == KEEP:
        messages.success(request, _("It stays. The reports of it are settled."))
        return after(request, brand)
    say(request, _("The text is hidden, and its author hears of it."), undo_of(request, report))
    return after(request, brand)


@page
@require_POST
def hide_comment(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    brand, comment = comment_of(request, slug, code)
    reason = named(request, "reason")[: ideas.REASON_LENGTH]
    comments.set_hidden(comment=comment, hidden=True, actor=request.user, reason=reason)
    undo = reverse("desk_show_comment", args=[brand.slug, code])
    say(request, _("The comment is hidden."), undo + tail(request))
    return after(request, brand)


@page
@require_POST
def show_comment(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    brand, comment = comment_of(request, slug, code)
    comments.set_hidden(comment=comment, hidden=False, actor=request.user)
    messages.success(request, _("Everybody can read the comment again."))
    return after(request, brand)


def comment_of(request: HttpRequest, slug: str, code: str) -> tuple[Brand, Comment]:
    brand = desk_of(request, slug, can_answer)
    return brand, comment_or_404(request.user, code, brand=brand)


def by_text(found: list[Report]) -> list[list[Report]]:
    """All reports of one text together, the text that waits longest first."""
    first: dict[tuple[int, int | None], int] = {}
    for place, report in enumerate(found):
        first.setdefault((report.idea_id, report.comment_id), place)

    def place_of(report: Report) -> int:
        return first[report.idea_id, report.comment_id]

    return [list(group) for _place, group in groupby(sorted(found, key=place_of), place_of)]


def undo_of(request: HttpRequest, report: Report) -> str:
    if report.comment is not None:
        path = reverse("desk_show_comment", args=[report.brand.slug, report.comment.code])
        return path + tail(request)
    return reverse("desk_undo_hide", args=[report.brand.slug, report.idea.code])


def tail(request: HttpRequest) -> str:
    back = request.GET.get("next", "")
    return f"?{urlencode({'next': back})}" if back else ""


def after(request: HttpRequest, brand: Brand) -> HttpResponse:
    default = reverse("desk_reports", args=[brand.slug])
    return HttpResponseRedirect(safe_path(request, request.GET.get("next"), default))
