"""Drafts: saved as one types, listed, deleted."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import limits
from accounts.access import brand_or_404, visible_ids
from cocreate.lib.errors import DomainError
from ideas.domain import drafts, images
from web.pages import member_of, named, page, with_retry
from web.public.picture_fields import alts_in
from web.public.submit import typed


@page
@require_POST
def save(request: HttpRequest, slug: str) -> HttpResponse:
    """What static/js/draft.js sends. Answers in JSON, refusals too."""
    try:
        user = member_of(request)
        brand = brand_or_404(user, slug)
        limits.save_draft(user_id=user.pk)
        draft = drafts.store(
            brand=brand, user=user, name=named(request, "draft"), words=typed(request)
        )
        images.describe_waiting(brand=brand, user=user, alts=alts_in(request))
    except DomainError as error:
        body = {"code": error.code, "message": str(error.message)}
        return with_retry(JsonResponse(body, status=error.status), error)
    return JsonResponse({"saved": draft.updated_at.isoformat() if draft else None})


@page
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    user = member_of(request)
    found = drafts.of(user)
    visible = visible_ids(user, {draft.brand_id for draft in found})
    rows = [(draft, draft.brand_id in visible) for draft in found]
    return render(request, "me/drafts.html", {"drafts": rows, "days": drafts.KEPT.days})


@page
@require_POST
def delete(request: HttpRequest) -> HttpResponse:
    drafts.delete(user=member_of(request), code=named(request, "draft"))
    messages.success(request, _("The draft is deleted."))
    return HttpResponseRedirect(reverse("drafts"))
