"""What a member hears of by mail, how often, and what became of each mail."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from notifications.access import deliveries_of, notice_of
from notifications.domain import addresses, headlines, inbox, subscriptions
from notifications.enums import Frequency
from web.pages import member_of, page

AHEAD = {"Sec-Purpose", "Purpose", "X-Moz"}  # of a browser that fetches what nobody has pressed
FIELD = "frequency-"  # and the brand's slug


@page
@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    """One choice a brand; what the form does not name stays as it is."""
    user = member_of(request)
    if request.method == "POST":
        wanted = {
            name.removeprefix(FIELD): value
            for name, value in request.POST.items()
            if name.startswith(FIELD)
        }
        if subscriptions.choose_all(user=user, wanted={k: str(v) for k, v in wanted.items()}):
            messages.success(request, _("Your choice is saved. It holds for what waits, too."))
        return HttpResponseRedirect(request.path)
    context = {
        "choices": subscriptions.choices_of(user),
        "frequencies": Frequency.choices,
        "refused": addresses.refused(user),
    }
    return render(request, "me/notifications.html", context)


@page
@require_safe
def open_notice(request: HttpRequest, code: str) -> HttpResponse:
    """Leads to what it tells of. Whoever goes there has read it; a browser that only looks ahead
    has not.
    """
    user = member_of(request)
    notice = notice_of(user, code)
    (line,) = headlines.lines_of([notice])
    if request.method == "GET" and not AHEAD & {*request.headers}:
        inbox.mark_read(user=user, codes=[code])
    return HttpResponseRedirect(line.path)


@page
@require_safe
def deliveries(request: HttpRequest) -> HttpResponse:
    user = member_of(request)
    found = deliveries_of(user, request.GET.get("cursor"))
    context = {
        "deliveries": found.items,
        "next": found.next,
        "refused": addresses.refused(user),
    }
    return render(request, "me/deliveries.html", context)


@page
@require_POST
def try_again(request: HttpRequest) -> HttpResponse:
    user = member_of(request)
    if addresses.try_again(user=user):
        words = {"email": user.email}
        messages.success(request, _("The next mail goes to %(email)s again.") % words)
    return HttpResponseRedirect(reverse("me"))
