"""An author deletes an idea, after a page that says what that does, and takes it back."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts import limits
from cocreate.lib.errors import NotAllowed, TooMany
from ideas.access import idea_or_404
from ideas.domain.challenges import rules_of
from ideas.domain.deleting import CannotBeDeleted, delete_idea, restore_idea
from ideas.models import Idea
from ideas.rules import KEPT, can_delete, can_restore, is_author, was_taken_back
from web.links import idea_path
from web.pages import member_of, page, with_retry


@page
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest, code: str) -> HttpResponse:
    user = member_of(request)
    found = idea_or_404(user, code)
    if not is_author(user, found):
        raise NotAllowed
    if found.deleted_at:
        return HttpResponseRedirect(idea_path(found.code, found.title))
    if not can_delete(user, found):
        raise CannotBeDeleted
    if request.method != "POST":
        return question(request, found)
    try:
        limits.delete_idea(user_id=user.pk)
    except TooMany as error:
        return question(request, found, error)
    delete_idea(idea=found, actor=user)
    messages.success(request, _("The idea is deleted."))
    if has_budget(found):
        messages.info(request, _("Whoever voted for it gets back what the vote had cost."))
    return HttpResponseRedirect(idea_path(found.code, found.title))


def question(request: HttpRequest, found: Idea, error: TooMany | None = None) -> HttpResponse:
    """Whether they mean it; with a refusal, the same page says when it can be tried again."""
    context = {
        "brand": found.brand,
        "full": found,
        "days": KEPT.days,
        "has_budget": has_budget(found),
        "error": error,
    }
    status = error.status if error else 200
    return with_retry(render(request, "public/delete.html", context, status=status), error)


def has_budget(found: Idea) -> bool:
    return rules_of(found.challenge).budget is not None


@page
@require_POST
def restore(request: HttpRequest, code: str) -> HttpResponse:
    user = member_of(request)
    found = idea_or_404(user, code)
    try:
        limits.restore_idea(user_id=user.pk)
    except TooMany as error:
        if found.deleted_at and is_author(user, found):
            return gone(request, found, error)
        raise
    restore_idea(idea=found, actor=user)
    if found.hidden:
        messages.warning(request, _("Your idea is back, but the team has hidden it meanwhile."))
    else:
        messages.success(request, _("Your idea is back, with its votes."))
    return HttpResponseRedirect(idea_path(found.code, found.title))


def gone(request: HttpRequest, found: Idea, error: TooMany | None = None) -> HttpResponse:
    """The page of a deleted idea, for its author; with a refusal of bringing it back."""
    deleted_at = found.deleted_at
    context = {
        "brand": found.brand,
        "full": found,
        "taken_back": was_taken_back(found),
        "may_restore": can_restore(request.user, found),
        "until": deleted_at + KEPT if deleted_at else None,
        "error": error,
    }
    status = error.status if error else 200
    return with_retry(render(request, "public/idea_deleted.html", context, status=status), error)
