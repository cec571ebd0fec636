"""Writing, changing and deleting a comment. A refused text is shown again, with the reason."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import limits
from accounts.domain.participants import of_user
from accounts.domain.people import choose_name
from accounts.rules import can_answer
from cocreate.lib.errors import DomainError, NotAllowed, NotFound, SignInRequired
from ideas.access import comment_or_404, idea_or_404
from ideas.domain import comments
from ideas.models import Comment, Idea
from ideas.rules import can_change, is_comment_author
from web.links import comment_path
from web.pages import member_of, page, with_retry
from web.public.forms import CommentForm
from web.public.talk import refusal


@page
@require_http_methods(["GET", "HEAD", "POST"])
def write(request: HttpRequest, code: str) -> HttpResponse:
    """A page of its own for a comment or a reply (`?reply=`): where links without a script, and
    refusals, lead.
    """
    found = talked_about(request, code)
    if request.method == "POST":
        return posted(request, found)
    member_of(request)
    parent = named(request, found, request.GET.get("reply", ""))
    return show(request, found, CommentForm(), parent=parent)


def posted(request: HttpRequest, found: Idea) -> HttpResponse:
    form = CommentForm(request.POST)
    form.is_valid()
    parent: Comment | None = None
    try:
        member_of(request)
        parent = wanted_parent(request, found)
        comment = said(request, found, form, parent)
    except NotFound:
        raise
    except DomainError as error:
        form.blame(error)
        return with_retry(show(request, found, form, parent=parent, status=error.status), error)
    messages.success(request, thanks(comment))
    return HttpResponseRedirect(comment_path(comment))


def wanted_parent(request: HttpRequest, found: Idea) -> Comment | None:
    """Raises ParentGone, so that what is typed can stay."""
    try:
        return named(request, found, request.POST.get("parent", ""))
    except NotFound as error:
        raise comments.ParentGone from error


def said(request: HttpRequest, found: Idea, form: CommentForm, parent: Comment | None) -> Comment:
    """Raises a DomainError."""
    user, body = request.user, form.cleaned_data.get("body", "")  # none where it was unreadable
    limits.comment_as_member(user_id=user.pk)
    if not form.cleaned_data["official"]:
        if not user.has_own_name:
            choose_name(user=user, name=form.cleaned_data.get("display_name", ""))
        author = of_user(brand=found.brand, user=user)
        return comments.post(idea=found, author=author, body=body, actor=user, parent=parent)
    if not can_answer(user, found.brand):
        raise NotAllowed
    if parent is None:
        return comments.answer(idea=found, body=body, actor=user)
    return comments.post(
        idea=found, author=None, body=body, actor=user, parent=parent, official=True
    )


def thanks(comment: Comment) -> str:
    if not comment.official:
        return _("Your comment is public. We tell you what follows.")
    n = settings.UNDO_SECONDS
    return ngettext(
        "The answer is public. People are told in %(n)s second; delete it before, and nobody hears"
        " of it.",
        "The answer is public. People are told in %(n)s seconds; delete it before, and nobody"
        " hears of it.",
        n,
    ) % {"n": n}


@page
@require_safe
def comment(request: HttpRequest, code: str, comment_code: str) -> HttpResponse:
    """A comment's own address leads to its place in the discussion."""
    found = named(request, talked_about(request, code), comment_code)
    assert found is not None  # noqa: S101 - the address has a code
    return HttpResponseRedirect(comment_path(found))


@page
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, code: str, comment_code: str) -> HttpResponse:
    found = talked_about(request, code)
    if request.method != "POST":
        own = changeable(request, found, comment_code)
        return show(request, found, CommentForm(initial={"body": own.body}), changed=own)
    form = CommentForm(request.POST)
    form.is_valid()
    own = None
    try:
        member_of(request)
        own = named(request, found, comment_code)
        limits.comment_as_member(user_id=request.user.pk)
        own = comments.edit(comment=own, body=form.cleaned_data["body"], actor=request.user)
    except NotFound:
        raise
    except DomainError as error:
        form.blame(error)
        return with_retry(show(request, found, form, changed=own, status=error.status), error)
    messages.success(request, _("Your change is public."))
    return HttpResponseRedirect(comment_path(own))


@page
@require_POST
def delete(request: HttpRequest, code: str, comment_code: str) -> HttpResponse:
    found = talked_about(request, code)
    member_of(request)
    own = named(request, found, comment_code)
    comments.delete(comment=own, actor=request.user)
    messages.success(request, _("The comment is deleted. Its place stays, for the replies."))
    return HttpResponseRedirect(comment_path(own))


def changeable(request: HttpRequest, found: Idea, code: str) -> Comment:
    """Raises TooLateToChange for somebody who could have changed it earlier."""
    user = member_of(request)
    own = named(request, found, code)
    if not can_change(user, own):
        raise comments.TooLateToChange if is_comment_author(user, own) else NotAllowed
    return own


def talked_about(request: HttpRequest, code: str) -> Idea:
    """The idea, or the one that it became."""
    found = idea_or_404(request.user, code)
    return idea_or_404(request.user, found.merged_into.code) if found.merged_into else found


def named(request: HttpRequest, found: Idea, code: str) -> Any:
    """A comment on the idea; none without a code. Raises NotFound."""
    if not code:
        return None
    if not (code.isascii() and code.isalnum()):
        raise NotFound
    comment = comment_or_404(request.user, code)
    if comment.idea_id != found.pk:
        raise NotFound
    return comment


def show(
    request: HttpRequest,
    found: Idea,
    form: CommentForm,
    *,
    parent: Comment | None = None,
    changed: Comment | None = None,
    status: int = 200,
) -> HttpResponse:
    """The form alone, with what it answers; whoever was signed out meanwhile reads their words."""
    context = {
        "brand": found.brand,
        "full": found,
        "form": form,
        "parent": parent,
        "changed": changed,
        "ends_at": comments.ends_at(changed) if changed and not changed.official else None,
        "refusal": None if form.errors else refusal(request.user, found),
        "may_answer": can_answer(request.user, found.brand),
        "is_signed_out": status == SignInRequired.status,
    }
    return render(request, "public/comment.html", context, status=status)
