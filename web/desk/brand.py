"""A brand's settings: what it says, where it stands, how it looks, who sees it."""

from typing import Any

from django.conf import settings as django_settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts import limits
from accounts.access import former_slugs
from accounts.domain import admission, brands
from accounts.models import Brand
from accounts.rules import can_manage_settings
from cocreate.lib.accents import is_own, verdicts
from cocreate.lib.colour import readable_hue
from cocreate.lib.errors import DomainError, Invalid, NotFound
from cocreate.lib.uploads import picture_in
from web.desk.common import desk_of
from web.desk.forms import AddressForm, SettingsForm
from web.pages import page


@page
@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: HttpRequest, slug: str) -> HttpResponse:
    brand = desk_of(request, slug, can_manage_settings)
    if request.method != "POST":
        return show(request, brand)
    form = SettingsForm(request.POST)
    is_sound = form.is_valid()
    if "look" in request.POST:
        # No more than a look: nothing is kept, and nothing but the colour judged.
        form.forgive_all_but_the_colour()
        return show(request, brand, form, status=200, is_look=True)
    if not is_sound:
        return show(request, brand, form=form)
    sent = form.changes(brand)
    try:
        changed = brands.change_settings(brand=brand, actor=request.user, **sent)
    except DomainError as error:
        form.blame(error)
        return show(request, brand, form=form)
    if changed:
        messages.success(request, _("Saved."))
    moved = "hue" in sent and readable_hue(sent["hue"]) != sent["hue"]
    if moved or ("colour" in changed and is_corrected(brand.colour)):
        messages.warning(
            request,
            _("Your colour was hard to read on our pages, so we took the nearest that is not."),
        )
    return back(brand)


@page
@require_POST
def address(request: HttpRequest, slug: str) -> HttpResponse:
    brand = desk_of(request, slug, can_manage_settings)
    form = AddressForm(request.POST)
    if not form.is_valid():
        return show(request, brand, address_form=form)
    try:
        brands.change_address(brand=brand, slug=form.cleaned_data["slug"], actor=request.user)
    except DomainError as error:
        form.blame(error)
        brand = desk_of(request, slug, can_manage_settings)
        return show(request, brand, address_form=form)
    if brand.slug != slug:
        messages.success(request, _("Your pages moved. Links to the old address lead here."))
    return back(brand)


@page
@require_POST
def picture(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    """A new logo or cover, or with `remove` none."""
    brand = desk_of(request, slug, can_manage_settings)
    if kind not in brands.PICTURES:
        raise NotFound
    is_removal = "remove" in request.POST
    if not is_removal:
        limits.change_picture(user_id=request.user.pk)
    try:
        source = None if is_removal else sent_picture(request)
        brands.set_picture(brand=brand, kind=kind, source=source, actor=request.user)
    except DomainError as error:
        return show(request, brand, **{f"{kind}_wrong": error.message})
    messages.success(request, _("Removed.") if is_removal else _("Saved."))
    return back(brand, f"#{kind}")


def sent_picture(request: HttpRequest) -> bytes:
    """Raises Invalid where nothing was sent, and PictureRefused."""
    source = picture_in(request, "picture")
    if not source:
        raise Invalid(_("Choose a picture first.") if source is None else _("This file is empty."))
    return source


def is_corrected(colour: str) -> bool:
    return is_own(colour) and any(one.is_changed for one in verdicts(colour))


def back(brand: Brand, anchor: str = "") -> HttpResponse:
    return HttpResponseRedirect(reverse("desk_settings", args=[brand.slug]) + anchor)


def show(
    request: HttpRequest,
    brand: Brand,
    form: SettingsForm | None = None,
    status: int = 400,
    **sent: Any,
) -> HttpResponse:
    """The whole page, with what somebody has just sent, where it needs a correction."""
    look = form.look(brand) if form else brand.look
    context = {
        "brand": brand,
        "form": form or SettingsForm.of(brand),
        "address_form": AddressForm(initial={"slug": brand.slug}),
        "look": look,
        "verdicts": verdicts(look),
        "site_address": django_settings.PUBLIC_URL,
        "former": former_slugs(brand),
        "taking_part": admission.taking_part(brand),
    }
    status = status if form or sent else 200
    return render(request, "desk/settings.html", context | sent, status=status)
