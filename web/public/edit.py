"""Changing what an idea says. What is typed stays: through a mistake, a session that ended, and
somebody else's change meanwhile, which is then shown beside it.
"""

from dataclasses import asdict
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts import limits
from cocreate.lib.errors import DomainError
from ideas.access import idea_or_404
from ideas.domain.differences import compared
from ideas.domain.ideas import ChangedMeanwhile, edit_idea, must_be_editable
from ideas.models import Idea
from ideas.rules import is_author, is_co_author
from web.forgery import is_from_elsewhere, is_stale
from web.links import idea_path
from web.pages import member_of, page, with_retry
from web.public.forms import EditForm
from web.public.preview import preview_of_change
from web.public.submit import typed


@csrf_exempt
@page
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, code: str) -> HttpResponse:
    if request.method == "POST" and is_from_elsewhere(request):
        return render(request, "403_csrf.html", status=403)
    if request.method == "POST" and not request.user.is_authenticated:
        context = {"words": typed(request), "revision": request.POST.get("revision", "")}
        return render(request, "public/edit_kept.html", context | {"code": code}, status=401)
    found = editable(request, code)
    if request.method == "POST":
        return sent(request, found)
    return show(request, found, form_of(request, found, initial=as_it_is(found)))


def editable(request: HttpRequest, code: str) -> Idea:
    """Raises NotAllowed, which tells its author why."""
    user = member_of(request)
    found = idea_or_404(user, code)
    must_be_editable(found, user)
    return found


def sent(request: HttpRequest, found: Idea) -> HttpResponse:
    if is_stale(request):
        again = asdict(typed(request)) | {"revision": request.POST.get("revision")}
        form = form_of(request, found, initial=again)
        return show(request, found, form, 403, is_stale=True)
    form = form_of(request, found, request.POST)
    is_valid = form.is_valid()
    if request.POST.get("act") == "preview":
        form.forgive()
        return show(request, found, form, preview=preview_of_change(request, form, found))
    if not is_valid:
        return show(request, found, form, 400)
    return changed(request, found, form)


def changed(request: HttpRequest, found: Idea, form: EditForm) -> HttpResponse:
    before = found.revision
    try:
        limits.edit_idea(user_id=request.user.pk)
        revision = form.cleaned_data["revision"]
        edit_idea(idea=found, actor=member_of(request), revision=revision, **form.content())
    except ChangedMeanwhile as error:
        return show_both(request, found, form, error)
    except DomainError as error:
        form.blame(error)
        return with_retry(show(request, found, form, error.status), error)
    if found.revision == before:
        messages.info(request, _("Nothing was changed."))
    else:
        words = _("Your change is public. What it said before stays in its history.")
        messages.success(request, words)
        form.remind()
    return HttpResponseRedirect(idea_path(found.code, found.title))


def show_both(
    request: HttpRequest, found: Idea, form: EditForm, error: DomainError
) -> HttpResponse:
    """What it says now, and what theirs would change in that; whoever saves again has seen it."""
    now = idea_or_404(request.user, found.code)
    words = form.words()
    form.data = form.data.copy()
    form.data["revision"] = str(now.revision)
    form.add_error(None, str(error.message))
    context = {
        "now": now,
        "title_change": compared(now.title, words.title),
        "body_change": compared(now.body, words.body),
    }
    return show(request, now, form, error.status, **context)


def form_of(request: HttpRequest, found: Idea, *args: Any, **kwargs: Any) -> EditForm:
    return EditForm(*args, request=request, brand=found.brand, idea=found, **kwargs)


def as_it_is(found: Idea) -> dict[str, Any]:
    texts = {name: getattr(found, name) for name in ("title", "body", "language", "revision")}
    return texts | {"tags": ", ".join(found.tags)}


def show(
    request: HttpRequest, found: Idea, form: EditForm, status: int = 200, **more: Any
) -> HttpResponse:
    user = request.user
    context = {
        "brand": found.brand,
        "full": found,
        "form": form,
        "for_brand": not (is_author(user, found) or is_co_author(user, found)),
    }
    return render(request, "public/edit.html", context | more, status=status)
