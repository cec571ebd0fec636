"""A brand's keys. A secret is in one answer and in no other: not kept, not cached, not mailed."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import key_or_404
from accounts.domain import keys
from accounts.enums import Scope
from accounts.models import ApiKey, Brand
from accounts.rules import can_manage_keys
from cocreate.lib.errors import DomainError
from web.desk.common import desk_of
from web.desk.forms import KeyForm, RotateForm
from web.pages import page


@page
@require_http_methods(["GET", "HEAD", "POST"])
def listing(request: HttpRequest, slug: str) -> HttpResponse:
    brand = desk_of(request, slug, can_manage_keys)
    if request.method != "POST":
        return show(request, brand)
    form = KeyForm(request.POST)
    if not form.is_valid():
        return show(request, brand, form=form, status=400)
    try:
        made = keys.create_key(brand=brand, actor=request.user, **form.content())
    except DomainError as error:
        form.blame(error)
        return show(request, brand, form=form, status=400)
    return show_once(request, brand, made)


@page
@require_POST
def rotate(request: HttpRequest, slug: str, prefix: str) -> HttpResponse:
    brand = desk_of(request, slug, can_manage_keys)
    key, form = key_or_404(brand, prefix), RotateForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose when the old key ends."))
        return back(brand)
    try:
        made = keys.rotate_key(key=key, overlap=form.span(), actor=request.user)
    except keys.KeyOver as error:
        messages.error(request, str(error.message))
        return back(brand)
    return show_once(request, brand, made, key_or_404(brand, prefix))


@page
@require_POST
def revoke(request: HttpRequest, slug: str, prefix: str) -> HttpResponse:
    brand = desk_of(request, slug, can_manage_keys)
    try:
        keys.revoke_key(key=key_or_404(brand, prefix), actor=request.user)
    except keys.KeyOver as error:
        messages.error(request, str(error.message))
    else:
        messages.success(request, _("The key works no more."))
    return back(brand)


def show(request: HttpRequest, brand: Brand, status: int = 200, **context: Any) -> HttpResponse:
    context = {
        "brand": brand,
        "keys": [line(key) for key in keys.keys_of(brand)],
        "form": KeyForm(initial={"scopes": ["read"]}),
        "rotate_form": RotateForm(),
    } | context
    return render(request, "desk/keys.html", context, status=status)


def line(key: ApiKey) -> dict[str, Any]:
    """A key as the list shows it. `state`: works, ending, ended or revoked."""
    if key.revoked_at:
        state = "revoked"
    elif key.expires_at is None:
        state = "works"
    else:
        state = "ending" if key.expires_at > timezone.now() else "ended"
    scopes = [Scope(scope).label for scope in key.scopes]
    return {"key": key, "state": state, "scopes": scopes}


def show_once(
    request: HttpRequest,
    brand: Brand,
    made: tuple[ApiKey, str, str],
    replaced: ApiKey | None = None,
) -> HttpResponse:
    key, secret, signing = made
    context = {
        "brand": brand,
        "key": key,
        "secret": secret,
        "signing": signing,
        "replaced": replaced,
        "works_on": replaced is not None and line(replaced)["state"] == "ending",
    }
    response = render(request, "desk/key_made.html", context, status=201)
    response["Cache-Control"] = "private, no-store"
    return response


def back(brand: Brand) -> HttpResponse:
    return HttpResponseRedirect(reverse("desk_keys", args=[brand.slug]))
