"""Who signs an idea: its author invites, who is invited answers, who has signed may leave."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.enums import Visibility
from accounts.models import Participant
from cocreate.lib.errors import DomainError, NotAllowed, NotFound
from ideas.access import idea_or_404
from ideas.domain import coauthors
from ideas.enums import Answer
from ideas.models import CoAuthor, Idea
from ideas.rules import can_be_signed, can_delete, can_edit, is_author
from notifications.domain.coauthors import invite
from web.links import idea_path
from web.pages import member_of, named, page, with_retry
from web.public.forms import OwnWords


@dataclass(frozen=True)
class Signed:
    """Who signs an idea beside its author, and what its reader may do as one who does."""

    others: list[Participant]
    is_author: bool
    is_co_author: bool
    is_asked: bool
    may_edit: bool
    may_delete: bool


def signed(request: HttpRequest, found: Idea) -> Signed:
    user = request.user
    own = coauthors.own(found, user) if user.is_authenticated else None
    return Signed(
        others=coauthors.of(found),
        is_author=is_author(user, found),
        is_co_author=own is not None and own.answer == Answer.ACCEPTED,
        is_asked=own is not None and own.answer == Answer.WAITING,
        may_edit=can_edit(user, found),
        may_delete=can_delete(user, found),
    )


class InviteForm(OwnWords):
    whom = forms.CharField(
        label=gettext_lazy("Handle or e-mail address"),
        required=False,
        max_length=coauthors.LONGEST,
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "ltr"}),
    )

    def __init__(self, *args: Any, idea: Idea, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if idea.brand.visibility != Visibility.PUBLIC:
            self.fields["whom"].label = _("Handle of a member, such as @ana")


@page
@require_http_methods(["GET", "HEAD", "POST"])
def authors(request: HttpRequest, code: str) -> HttpResponse:
    """For the author, and for whoever was invited by handle or has signed it."""
    user = member_of(request)
    found = idea_or_404(user, code)
    if is_author(user, found) and not found.deleted_at:
        return managed(request, found)
    own = coauthors.own(found, user)
    if own is None:
        raise NotAllowed
    if request.method == "POST":
        return answered(request, found, own)
    return show_invitation(request, found, own)


def managed(request: HttpRequest, found: Idea) -> HttpResponse:
    if request.method != "POST":
        return show(request, found, InviteForm(idea=found))
    if request.POST.get("act") == "withdraw":
        coauthors.withdraw(idea=found, code=named(request, "code"), actor=member_of(request))
        messages.success(request, _("Withdrawn."))
        return HttpResponseRedirect(request.path)
    form = InviteForm(request.POST, idea=found)
    if not form.is_valid():
        return show(request, found, form, 400)
    try:
        invite(idea=found, whom=form.cleaned_data["whom"], actor=member_of(request))
    except DomainError as error:
        form.blame(error)
        return with_retry(show(request, found, form, error.status), error)
    messages.success(request, _("Invited. Their name stands on the idea once they accept."))
    return HttpResponseRedirect(request.path)


@page
@require_http_methods(["GET", "HEAD", "POST"])
def by_mail(request: HttpRequest, code: str, secret: str) -> HttpResponse:
    """The link of a mail. Looking changes nothing: mail programs look at links too."""
    found = idea_or_404(request.user, code)
    try:
        row = coauthors.by_secret(found, secret)
        if request.method == "POST":
            member_of(request)
            response = answered(request, found, row)
        else:
            response = show_invitation(request, found, row)
    except NotFound as error:
        context = {"error": error, "full": found, "brand": found.brand}
        response = render(request, "public/authors_over.html", context, status=404)
    response["Cache-Control"] = "private, no-store"
    response["Referrer-Policy"] = "same-origin"
    return response


def answered(request: HttpRequest, found: Idea, row: CoAuthor) -> HttpResponse:
    user = member_of(request)
    match request.POST.get("act"):
        case "accept":
            coauthors.accept(row=row, user=user)
            messages.success(request, _("Your name stands on the idea now. Thank you."))
        case "decline":
            coauthors.decline(row=row, user=user)
            messages.success(request, _("Declined. Your name does not appear."))
        case "leave":
            coauthors.leave(idea=found, user=user)
            messages.success(request, _("You sign this idea no more."))
    return HttpResponseRedirect(idea_path(found.code, found.title))


def show(request: HttpRequest, found: Idea, form: InviteForm, status: int = 200) -> HttpResponse:
    rows = coauthors.invitations_of(found)
    context = {
        "brand": found.brand,
        "full": found,
        "form": form,
        "rows": rows,
        "has_room": sum(row.answer != Answer.DECLINED for row in rows) < coauthors.MOST,
        "most": coauthors.MOST,
        "may_invite": can_be_signed(found),
        "no_more": coauthors.CannotBeSigned.message,
        "by_handle_alone": found.brand.visibility != Visibility.PUBLIC,
    }
    return render(request, "public/authors.html", context, status=status)


def show_invitation(request: HttpRequest, found: Idea, row: CoAuthor) -> HttpResponse:
    context = {
        "brand": found.brand,
        "full": found,
        "row": row,
        "has_signed": row.answer == Answer.ACCEPTED,
        "is_own": is_author(request.user, found),
    }
    return render(request, "public/authors_invitation.html", context)
