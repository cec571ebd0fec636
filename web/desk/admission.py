"""Who is let into a members-only brand."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.domain import admission, invitations
from accounts.models import Brand
from accounts.rules import can_manage_admission
from web.desk.common import desk_of
from web.desk.forms import AdmitForm
from web.desk.invitations import send_all
from web.pages import page

MOST_LINES = 200


@page
@require_http_methods(["GET", "HEAD"])
def people(request: HttpRequest, slug: str) -> HttpResponse:
    return show(request, desk_of(request, slug, can_manage_admission))


@page
@require_POST
def invite(request: HttpRequest, slug: str) -> HttpResponse:
    brand = desk_of(request, slug, can_manage_admission)
    form = AdmitForm(request.POST)
    if not form.is_valid():
        return show(request, brand, form=form, status=400)
    pasted = send_all(request, brand, form.cleaned_data["emails"], None, MOST_LINES)
    if not pasted.left:
        return back(brand)
    form = AdmitForm(initial={"emails": "\n".join(pasted.left)})
    return show(request, brand, form=form, problems=pasted.problems, status=400)


@page
@require_POST
def end(request: HttpRequest, slug: str, ref: str) -> HttpResponse:
    brand = desk_of(request, slug, can_manage_admission)
    admission.end_admission(brand=brand, ref=ref, actor=request.user)
    messages.success(request, _("They are not admitted any more. What they wrote stays."))
    return back(brand)


def show(request: HttpRequest, brand: Brand, status: int = 200, **context: Any) -> HttpResponse:
    listing = admission.admitted_people(brand, request.GET.get("cursor", ""))
    context = {
        "brand": brand,
        "people": listing.items,
        "next": listing.next,
        "is_first_page": "cursor" not in request.GET,
        "pending": invitations.pending(brand, team=False),
        "form": AdmitForm(),
    } | context
    return render(request, "desk/admission.html", context, status=status)


def back(brand: Brand) -> HttpResponse:
    return HttpResponseRedirect(reverse("desk_admission", args=[brand.slug]))
