"""The people who run a brand, and those invited to."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts import limits, rules
from accounts.access import member_or_404
from accounts.domain import invitations, teams
from accounts.enums import Role
from accounts.models import Brand, Membership
from cocreate.lib.errors import DomainError
from web.account.again import raise_if_stale
from web.desk.common import desk_of
from web.desk.forms import HandOverForm, InviteForm, RoleForm
from web.desk.invitations import send_all
from web.pages import page

MOST_LINES = 20


@page
@require_http_methods(["GET", "HEAD"])
def team(request: HttpRequest, slug: str) -> HttpResponse:
    return show(request, desk_of(request, slug, rules.can_see_team))


@page
@require_POST
def invite(request: HttpRequest, slug: str) -> HttpResponse:
    brand = desk_of(request, slug, rules.can_invite)
    form = InviteForm(request.POST)
    if not form.is_valid():
        return show(request, brand, form=form, status=400)
    role = Role(form.cleaned_data["role"])
    pasted = send_all(request, brand, form.cleaned_data["emails"], role, MOST_LINES)
    if not pasted.left:
        return back(brand)
    form = InviteForm(initial={"emails": "\n".join(pasted.left), "role": role})
    return show(request, brand, form=form, problems=pasted.problems, status=400)


@page
@require_POST
def change_role(request: HttpRequest, slug: str, handle: str) -> HttpResponse:
    brand = desk_of(request, slug, rules.can_invite)
    user, form = member_or_404(brand, handle), RoleForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose one of these roles."))
        return back(brand)
    role = Role(form.cleaned_data["role"])
    teams.change_role(brand=brand, user=user, role=role, actor=request.user)
    words = {"name": user.display_name, "role": role.label}
    messages.success(request, _("%(name)s is now: %(role)s.") % words)
    return back(brand)


@page
@require_POST
def remove(request: HttpRequest, slug: str, handle: str) -> HttpResponse:
    brand = desk_of(request, slug, rules.can_invite)
    user = member_or_404(brand, handle)
    teams.remove_member(brand=brand, user=user, actor=request.user)
    messages.success(
        request,
        _("%(name)s is not in the team any more. Keys they made are revoked.")
        % {"name": user.display_name},
    )
    return back(brand)


@page
@require_http_methods(["GET", "HEAD", "POST"])
def hand_over(request: HttpRequest, slug: str) -> HttpResponse:
    brand = desk_of(request, slug, rules.can_hand_over)
    if not request.user.has_usable_password():
        raise_if_stale(request)
    others = [one for one in teams.members_of(brand) if one.user_id != request.user.pk]
    form = HandOverForm(request.POST or None, owner=request.user, others=others)
    if request.method != "POST":
        return show_hand_over(request, brand, form)
    limits.retype_password(user_id=request.user.pk)
    if not form.is_valid():
        return show_hand_over(request, brand, form, status=400)
    to = member_or_404(brand, form.cleaned_data["member"])
    try:
        teams.hand_over(brand=brand, to=to, actor=request.user)
    except DomainError as error:
        form.blame(error)
        return show_hand_over(request, brand, form, status=400)
    words = {"brand": brand.name, "name": to.display_name}
    messages.success(request, _("%(brand)s belongs to %(name)s now. You are a manager.") % words)
    return back(brand)


def show_hand_over(
    request: HttpRequest, brand: Brand, form: HandOverForm, status: int = 200
) -> HttpResponse:
    context = {"brand": brand, "form": form, "nobody": len(form.fields["member"].choices) == 1}
    return render(request, "desk/hand_over.html", context, status=status)


def show(request: HttpRequest, brand: Brand, status: int = 200, **context: Any) -> HttpResponse:
    may_invite = rules.can_invite(request.user, brand)
    context = {
        "brand": brand,
        "members": [line(request, brand, one) for one in teams.members_of(brand)],
        "may_invite": may_invite,
        "may_hand_over": rules.can_hand_over(request.user, brand),
        "pending": invitations.pending(brand, team=True) if may_invite else [],
        "form": InviteForm(),
    } | context
    return render(request, "desk/team.html", context, status=status)


def line(request: HttpRequest, brand: Brand, place: Membership) -> dict[str, Any]:
    """Somebody of the team, and what this reader may do about them."""
    role = Role(place.role)
    other = Role.ANALYST if role == Role.MANAGER else Role.MANAGER
    is_me = place.user_id == request.user.pk
    return {
        "place": place,
        "is_me": is_me,
        "other": other,
        "may_change": not is_me and rules.can_give_role(request.user, brand, role, other),
        "may_remove": not is_me and rules.can_remove(request.user, brand, role),
    }


def back(brand: Brand) -> HttpResponse:
    return HttpResponseRedirect(reverse("desk_team", args=[brand.slug]))
