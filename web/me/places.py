"""The brands that a member works for or takes part in, and the way out."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.domain import places as verbs
from accounts.enums import Role, Visibility
from cocreate.lib.errors import NotFound
from web.pages import member_of, named, page


@page
@require_safe
def places(request: HttpRequest) -> HttpResponse:
    user = member_of(request)
    teams = verbs.teams_of(user)
    own = {place.brand_id for place in teams}
    communities = [
        (found, is_closed(found) and not found.admitted and found.brand_id not in own)
        for found in verbs.communities_of(user)
    ]
    context = {"teams": teams, "communities": communities, "owner": Role.OWNER}
    return render(request, "me/places.html", context)


def is_closed(found: verbs.Participant) -> bool:
    return found.brand.visibility == Visibility.MEMBERS


@page
@require_POST
def leave_team(request: HttpRequest) -> HttpResponse:
    user = member_of(request)
    try:
        place = verbs.leave_team(user=user, slug=named(request, "brand"))
    except NotFound:  # pressed twice, or removed meanwhile
        messages.info(request, _("You are not in that team."))
    else:
        messages.success(request, _("You have left the team of {brand}.").format(brand=place.brand))
    return HttpResponseRedirect(reverse("places"))


@page
@require_POST
def leave_community(request: HttpRequest) -> HttpResponse:
    user = member_of(request)
    try:
        found = verbs.leave_community(user=user, slug=named(request, "brand"))
    except NotFound:
        messages.info(request, _("You are not in that community."))
    else:
        message = _("You have left the community of {brand}.").format(brand=found.brand)
        messages.success(request, message)
    return HttpResponseRedirect(reverse("places"))
