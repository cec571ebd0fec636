"""The link of an invitation. Looking changes nothing: mail programs look at links too."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.domain import invitations
from accounts.enums import Role
from accounts.models import Invitation
from cocreate.lib.errors import DomainError
from web.pages import page, to_sign_in


@page
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, secret: str) -> HttpResponse:
    """Who invites to what, and a button; a wrong account is told neither."""
    try:
        response = answer(request, secret)
    except DomainError as error:
        context = {"error": error}
        response = render(request, "public/invitation_over.html", context, status=error.status)
    response["Cache-Control"] = "private, no-store"
    response["Referrer-Policy"] = "same-origin"
    return response


def answer(request: HttpRequest, secret: str) -> HttpResponse:
    user: Any = request.user
    if user.is_authenticated and (done := invitations.accepted_by(secret, user)):
        return HttpResponseRedirect(target_of(done))
    found = invitations.open_invitation(secret)
    if request.method == "POST":
        return accepted(request, secret) if user.is_authenticated else to_sign_in(request.path)
    if user.is_authenticated and not invitations.is_addressed_to(found, user):
        raise invitations.WrongAccount
    role = Role(found.role).label if found.role else ""
    # `brand` would colour the page and put the brand into its head: they may not see it yet.
    context = {"invitation": found, "inviting": found.brand, "role": role}
    return render(request, "public/invitation.html", context)


def accepted(request: HttpRequest, secret: str) -> HttpResponse:
    user: Any = request.user
    taken = invitations.accept(secret=secret, user=user)
    words = {"brand": taken.brand.name}
    messages.success(
        request,
        _("Welcome to the team of %(brand)s.") % words
        if taken.role
        else _("Welcome to %(brand)s.") % words,
    )
    return HttpResponseRedirect(target_of(taken))


def target_of(taken: Invitation) -> str:
    return reverse("desk" if taken.role else "brand", args=[taken.brand.slug])
