"""Who may not take part in a brand any more, and why."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import participant_or_404
from accounts.domain import stopping
from accounts.models import Brand, Participant
from accounts.rules import can_answer
from cocreate.lib.errors import DomainError
from web.desk.common import desk_of
from web.desk.idea_forms import StopForm
from web.desk.undo import say
from web.pages import page, safe_path


@page
@require_http_methods(["GET", "HEAD"])
def stopped(request: HttpRequest, slug: str) -> HttpResponse:
    brand = desk_of(request, slug)
    listing = stopping.stopped_people(brand, request.GET.get("cursor", ""))
    context = {
        "brand": brand,
        "people": listing.items,
        "next": listing.next,
        "is_first_page": "cursor" not in request.GET,
        "may_act": can_answer(request.user, brand),
    }
    return render(request, "desk/people.html", context)


@page
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, slug: str, ref: str) -> HttpResponse:
    brand = desk_of(request, slug, can_answer)
    person, form = participant_or_404(brand, ref), StopForm(request.POST or None)
    if request.method != "POST":
        return show(request, brand, person, form)
    if not form.is_valid():
        return show(request, brand, person, form, status=400)
    try:
        stopping.stop(participant=person, actor=request.user, **form.cleaned_data)
    except DomainError as error:
        form.blame(error)
        return show(request, brand, person, form, status=400)
    undo = reverse("desk_allow", args=[brand.slug, ref])
    words = _("%(name)s is stopped, and reads why.") % {"name": name_of(person)}
    say(request, words, f"{undo}?{urlencode({'next': after(request, brand)})}")
    return HttpResponseRedirect(after(request, brand))


@page
@require_POST
def allow(request: HttpRequest, slug: str, ref: str) -> HttpResponse:
    brand = desk_of(request, slug, can_answer)
    person = participant_or_404(brand, ref)
    stopping.allow(participant=person, actor=request.user)
    messages.success(request, _("%(name)s may take part again.") % {"name": name_of(person)})
    return HttpResponseRedirect(after(request, brand))


def show(
    request: HttpRequest, brand: Brand, person: Participant, form: Any, status: int = 200
) -> HttpResponse:
    context = {
        "brand": brand,
        "person": person,
        "name": name_of(person),
        "form": form,
        "back": after(request, brand),
    }
    return render(request, "desk/stop.html", context, status=status)


def after(request: HttpRequest, brand: Brand) -> str:
    return safe_path(request, request.GET.get("next"), reverse("desk_people", args=[brand.slug]))


def name_of(person: Participant) -> str:
    return person.name or _("Somebody")
