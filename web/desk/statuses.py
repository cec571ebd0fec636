"""The editor of a brand's statuses."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import Brand
from accounts.rules import can_manage_settings
from cocreate.lib.errors import DomainError
from ideas.domain.statuses import (
    DEFAULT,
    Effects,
    Step,
    change_graph,
    checked,
    graph_of,
    usage_of,
)
from ideas.enums import Lock, Tone
from web.desk.common import desk_of
from web.desk.status_rows import Editor
from web.pages import page


@page
@require_http_methods(["GET", "HEAD", "POST"])
def statuses(request: HttpRequest, slug: str) -> HttpResponse:
    brand = desk_of(request, slug, can_manage_settings)
    if request.method != "POST":
        return show(request, brand, Editor.of(graph_of(brand)))
    editor = Editor.sent(request.POST)
    return change(request, brand, editor, editor.steps, _("Saved."))


@page
@require_POST
def standard(request: HttpRequest, slug: str) -> HttpResponse:
    """Back to the statuses that every brand starts with."""
    brand = desk_of(request, slug, can_manage_settings)
    editor, steps = Editor.of(graph_of(brand)), list(DEFAULT.steps.values())
    return change(request, brand, editor, steps, _("The standard statuses are back."))


def change(
    request: HttpRequest, brand: Brand, editor: Editor, steps: list[Step], done: str
) -> HttpResponse:
    """Refused, warned of, or done, in this order: nobody agrees to what is then refused."""
    try:
        checked(brand=brand, steps=steps)
        effects = usage_of(brand).effects_of(steps)
        if is_unsaid(request, effects):
            own = effects if steps == editor.steps else None  # else beside the standard list
            return show(request, brand, editor, effects=own, status=400)
        change_graph(brand=brand, steps=steps, actor=request.user)
    except DomainError as error:
        editor.blame(error)
        return show(request, brand, editor, status=400)
    messages.success(request, done)
    return back(brand)


def is_unsaid(request: HttpRequest, effects: Effects) -> bool:
    """Whether ideas would close or open, and whoever sends the form has not read how many."""
    nothing = effects == Effects(closing=0, opening=0)
    return not nothing and request.POST.get("known") != in_one_word(effects)


def in_one_word(effects: Effects) -> str:
    return f"{effects.closing}-{effects.opening}"


def show(
    request: HttpRequest,
    brand: Brand,
    editor: Editor,
    effects: Effects | None = None,
    status: int = 200,
) -> HttpResponse:
    usage = usage_of(brand)
    of_standard = usage.effects_of(DEFAULT.steps.values())
    context: dict[str, Any] = {
        "brand": brand,
        "editor": editor,
        "rows": editor.with_usage(usage.of_statuses()),
        "tones": Tone.choices,
        "locks": Lock.choices,
        "effects": effects,
        "known": in_one_word(effects) if effects else "",
        "of_standard": of_standard,
        "known_of_standard": in_one_word(of_standard),
        "is_standard": graph_of(brand) == DEFAULT,
        "asks_for_standard": status != 200 and not effects,
    }
    return render(request, "desk/statuses.html", context, status=status)


def back(brand: Brand) -> HttpResponse:
    return HttpResponseRedirect(reverse("desk_statuses", args=[brand.slug]))
