"""What an idea said once, taken away from the public and given back."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cocreate.lib.errors import Invalid
from ideas.domain import revisions
from ideas.models import Idea
from web.desk.ideas import acting_on
from web.desk.undo import say
from web.pages import page


@page
@require_POST
def hide(request: HttpRequest, slug: str, code: str, number: int) -> HttpResponse:
    found, reason = acting_on(request, slug, code), request.POST.get("reason", "")
    try:
        is_new = revisions.set_hidden(
            idea=found, number=number, hidden=True, actor=request.user, reason=reason
        )
    except Invalid as error:
        messages.error(request, error.fields["reason"][0][1])
        return back(found, number)
    if is_new:
        undo = reverse("desk_show_revision", args=[slug, code, number])
        words = _("This version is hidden from the public. The log below says why.")
        say(request, words, undo)
    else:
        messages.info(request, _("Somebody has hidden it already."))
    return back(found, number)


@page
@require_POST
def show(request: HttpRequest, slug: str, code: str, number: int) -> HttpResponse:
    found = acting_on(request, slug, code)
    revisions.set_hidden(idea=found, number=number, hidden=False, actor=request.user)
    messages.success(request, _("Everybody can read this version again."))
    return back(found, number)


def back(found: Idea, number: int) -> HttpResponse:
    """To the version, where it stands among the others."""
    path = reverse("history", args=[found.code])
    return HttpResponseRedirect(f"{path}?at={number}#revision-{number}")
