"""The pages of a desk, as this reader may open them; a brand's own pictures."""

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts import rules
from accounts.enums import Visibility
from accounts.models import Brand
from web.desk import undo
from web.desk.facets import Written

register = template.Library()


@dataclass(frozen=True)
class DeskPage:
    label: str
    path: str
    is_current: bool


@register.simple_tag(takes_context=True)
def desk_pages(context: template.Context, brand: Brand) -> list[DeskPage]:
    user, here = context["request"].user, context["request"].path
    pages = [
        (_("Ideas"), "desk", True),
        (_("Questions"), "desk_challenges", True),
        (_("Reports"), "desk_reports", True),
        (_("How it goes"), "desk_insights", True),
        (pgettext("tab", "Stopped people"), "desk_people", True),
        (_("Team"), "desk_team", rules.can_see_team(user, brand)),
    ]
    if brand.visibility == Visibility.MEMBERS:
        pages.append((_("Admission"), "desk_admission", rules.can_manage_admission(user, brand)))
    pages.append((_("Alerts"), "desk_alerts", rules.can_manage_settings(user, brand)))
    pages.append((_("Statuses"), "desk_statuses", rules.can_manage_settings(user, brand)))
    pages.append((_("Imports"), "desk_imports", rules.can_import(user, brand)))
    pages.append((_("Keys"), "desk_keys", rules.can_manage_keys(user, brand)))
    pages.append((_("Settings"), "desk_settings", rules.can_manage_settings(user, brand)))
    found = []
    for label, name, is_open in pages:
        path = reverse(name, args=[brand.slug])
        within = tuple(path + part for part in ("ideas/", "many/", "views/"))
        is_current = here == path or here.startswith(within if name == "desk" else path)
        is_current |= name == "desk_keys" and here == reverse("desk_embeds", args=[brand.slug])
        if is_open:
            found.append(DeskPage(label, path, is_current))
    return found


@register.filter
def undo_path(message: Any) -> str:
    """Where the button of a message posts to that takes back what was just done."""
    return undo.undo_path(message)


@register.filter
def picture(brand: Any, kind: str) -> str:
    """The address of a brand's logo or cover; empty where it has none."""
    file = getattr(brand, kind, None)
    if not file:
        return ""
    return reverse(kind, args=[brand.slug, PurePosixPath(file.name).stem])


@register.simple_tag
def number(of: str, found: Written | None) -> SafeString:
    """How many ideas one finds there: seen after the name, heard as a part of it. `of` names it for
    static/js/facets.js, which renews it.
    """
    if found is None:
        return format_html('<span class="number-of" data-number="{}"></span>', of)
    return format_html(
        '<span class="number-of" data-number="{}"><b class="{}" aria-hidden="true">{}</b>'
        '<span class="visually-hidden">, {}</span></span>',
        of, "none" if found.is_none else "some", found.text, found.words,
    )  # fmt: skip
