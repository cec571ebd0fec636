"""Telling the team that a text should not stand there."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import limits
from accounts.domain.participants import of_user
from cocreate.lib.errors import DomainError, NotAllowed, NotFound, SignInRequired
from ideas.domain import reports
from ideas.models import Comment, Idea
from ideas.rules import can_report
from web.links import comment_path, idea_path
from web.pages import member_of, page, with_retry
from web.public.comments import named, talked_about
from web.public.forms import ReportForm


@page
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, code: str) -> HttpResponse:
    """The idea, or one of its comments (`?comment=`)."""
    found = talked_about(request, code)
    text = named(request, found, request.GET.get("comment", ""))
    if request.method == "POST":
        return posted(request, found, text)
    if not can_report(member_of(request), text or found):
        raise NotAllowed
    return show(request, found, text, ReportForm())


def posted(request: HttpRequest, found: Idea, text: Comment | None) -> HttpResponse:
    form = ReportForm(request.POST)
    if not form.is_valid():
        return show(request, found, text, form, status=400)
    try:
        user = member_of(request)
        if not can_report(user, text or found):
            raise NotAllowed
        limits.report_as_member(user_id=user.pk)
        reporter = of_user(brand=found.brand, user=user)
        reports.report(idea=found, comment=text, reporter=reporter, **form.cleaned_data)
    except NotFound:
        raise
    except DomainError as error:
        form.blame(error)
        return with_retry(show(request, found, text, form, status=error.status), error)
    messages.success(request, _("Thank you. The team looks at it."))
    path = comment_path(text) if text else idea_path(found.code, found.title)
    return HttpResponseRedirect(path)


def show(
    request: HttpRequest,
    found: Idea,
    text: Comment | None,
    form: ReportForm,
    status: int = 200,
) -> HttpResponse:
    context = {
        "brand": found.brand,
        "full": found,
        "text": text,
        "form": form,
        "is_signed_out": status == SignInRequired.status,
    }
    return render(request, "public/report.html", context, status=status)
