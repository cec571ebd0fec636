"""Whoever comes in from a brand's page stays with the brand: its name and its colour go along."""

from urllib.parse import urlsplit

from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest, HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import Resolver404, resolve

from accounts.access import brand_or_404
from accounts.models import Brand
from cocreate.lib.errors import DomainError
from web import wishes


def dress(request: HttpRequest, response: HttpResponseBase) -> None:
    """For who is not signed in; a member's pages are about the member."""
    is_page = isinstance(response, TemplateResponse) and not response.is_rendered
    if is_page and not request.user.is_authenticated:
        context = response.context_data or {}
        response.context_data = {"brand": brand_of(request)} | context


def brand_of(request: HttpRequest) -> Brand | None:
    """Of the vote that waits, or of the page that they go back to; none that they may not see."""
    if wish := wishes.wish_of(request):
        idea = wishes.idea_of(wish, request.user)
        return idea.brand if idea else None
    back = request.POST.get(REDIRECT_FIELD_NAME) or request.GET.get(REDIRECT_FIELD_NAME) or ""
    try:
        parts = urlsplit(back)
        slug = "" if parts.netloc else resolve(parts.path).kwargs.get("slug", "")
        return brand_or_404(request.user, slug) if slug else None
    except (ValueError, Resolver404, DomainError):
        return None
