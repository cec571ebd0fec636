"""Posting an idea: one page, and nothing typed is lost."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import limits
from accounts.access import brand_or_404
from accounts.domain.participants import of_user
from accounts.models import Brand
from cocreate.lib.errors import DomainError, TooMany
from ideas.access import open_for_ideas
from ideas.domain.ideas import post_idea
from ideas.models import Challenge, Idea
from web.links import idea_path
from web.pages import member_of, page, with_retry
from web.public.forms import IdeaForm


@page
@require_http_methods(["GET", "HEAD", "POST"])
def submit(request: HttpRequest, slug: str) -> HttpResponse:
    brand = brand_or_404(request.user, slug)
    member_of(request)
    challenges = open_for_ideas(brand)
    if request.method != "POST":
        return show(
            request,
            brand,
            idea_form(brand, challenges, initial=beginning(request, challenges)),
            200,
        )
    form = idea_form(brand, challenges, request.POST)
    try:
        found = posted(request, brand, form)
    except TooMany as error:
        form.blame(error)
        return with_retry(show(request, brand, form, error.status), error)
    if found is None:
        return show(request, brand, form, 400)
    messages.success(
        request, _("Thank you. Your idea is public now: share it, so that people can vote for it.")
    )
    return HttpResponseRedirect(idea_path(found.code, found.title))


def idea_form(brand: Brand, challenges: list[Challenge], *args: Any, **kwargs: Any) -> IdeaForm:
    return IdeaForm(*args, challenges=challenges, languages=brand.languages, **kwargs)


def posted(request: HttpRequest, brand: Brand, form: IdeaForm) -> Idea | None:
    """The new idea, or None with the form's errors set. Raises TooMany."""
    if not form.is_valid():
        return None
    limits.post_idea_as_member(user_id=request.user.pk)
    try:
        author = of_user(brand=brand, user=member_of(request))
        return post_idea(
            challenge=form.chosen(), author=author, actor=author.user, **form.content()
        )
    except DomainError as error:
        form.blame(error)
        return None


def beginning(request: HttpRequest, challenges: list[Challenge]) -> dict[str, str]:
    """The question they came from, or the only one; else none is chosen for them."""
    wanted = request.GET.get("challenge", "")
    if len(challenges) == 1:
        wanted = challenges[0].slug
    spoken = (get_language() or settings.LANGUAGE_CODE)[:2]
    return {"challenge": wanted, "language": spoken, "title": request.GET.get("title", "")[:300]}


def show(request: HttpRequest, brand: Brand, form: IdeaForm, status: int) -> HttpResponse:
    return render(request, "public/submit.html", {"brand": brand, "form": form}, status=status)
