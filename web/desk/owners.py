"""Who of the team sees to an idea."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cocreate.lib.errors import Invalid
from ideas.domain import owners
from ideas.domain.meanwhile import DecidedMeanwhile
from web.desk.ideas import acting_on, back, show, undo_of
from web.desk.meanwhile import of_owner
from web.desk.undo import say_before_telling, say_for_a_while
from web.pages import page


@page
@require_POST
def set_owner(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    found = acting_on(request, slug, code)
    owner = request.user.handle if "me" in request.POST else request.POST.get("owner", "")
    try:
        is_new = owners.set_owner(
            idea=found, owner=owner, actor=request.user, seen=request.POST.get("seen")
        )
    except DecidedMeanwhile:
        found.refresh_from_db(fields=["owner"])
        name = found.owner.user.display_name if found.owner else ""
        deeds = of_owner(name)
        return show(request, found, meanwhile=deeds, meanwhile_at="owner", wanted_owner=owner)
    except Invalid as error:
        return show(request, found, owner_problem=error.fields["owner"][0][1])
    if is_new:
        say_who(request, owner, found.owner.user.display_name if found.owner else "",
                undo_of(request, found, "owner"))  # fmt: skip
    return back(request, found)


@page
@require_POST
def undo_owner(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    found = acting_on(request, slug, code)
    try:
        owners.undo(idea=found, actor=request.user)
    except owners.TooLateToGiveBack as error:
        messages.error(request, error.message)
        return back(request, found)
    messages.success(request, _("Undone. Nobody was told."))
    return back(request, found)


def say_who(request: HttpRequest, owner: str, name: str, undo: str) -> None:
    """Only who is put in charge by somebody else hears of it."""
    if not owner:
        say_for_a_while(request, _("Nobody is in charge any more."), undo)
    elif owner == request.user.handle:
        say_for_a_while(request, _("You are in charge."), undo)
    else:
        say_before_telling(request, _("In charge: %(name)s.") % {"name": name}, undo)
