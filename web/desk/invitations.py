"""Invitations as a team handles them: sent, sent again, withdrawn."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts.domain import invitations
from accounts.enums import Role
from accounts.models import Brand, Invitation
from accounts.rules import can_invite
from cocreate.lib.errors import TooMany
from notifications.domain import invitations as mailing
from web.desk.addresses import Pasted, read_addresses
from web.desk.common import desk_of
from web.pages import page


def send_all(
    request: HttpRequest, brand: Brand, text: str, role: Role | None, most_lines: int
) -> Pasted:
    """Invite whom we can; what comes back names the rest, and why."""
    pasted = read_addresses(text, most_lines)
    if not pasted.emails:
        if not pasted.left:
            pasted.keep("", _("Write at least one address."))
        return pasted
    batch = mailing.invite(brand=brand, emails=pasted.emails, role=role, actor=request.user)
    for refused in batch.refused:
        pasted.keep(refused.email, f"{refused.email}: {refused.message}")
    if sent := len(batch.issued):
        messages.success(
            request,
            ngettext("%(n)s invitation is on its way.", "%(n)s invitations are on their way.", sent)
            % {"n": sent},
        )
    return pasted


@page
@require_POST
def resend(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    brand = desk_of(request, slug, can_invite)
    invitation = invitations.waiting_or_404(brand, code)
    try:
        mailing.send_again(invitation=invitation, actor=request.user)
    except TooMany as error:
        messages.error(request, str(error.message))
    else:
        words = {"email": invitation.email}
        messages.success(request, _("%(email)s gets a new link. The old one is dead.") % words)
    return back(brand, invitation)


@page
@require_POST
def withdraw(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    brand = desk_of(request, slug, can_invite)
    invitation = invitations.waiting_or_404(brand, code)
    invitations.revoke(invitation=invitation, actor=request.user)
    words = {"email": invitation.email}
    messages.success(request, _("The invitation to %(email)s is withdrawn.") % words)
    return back(brand, invitation)


def back(brand: Brand, invitation: Invitation) -> HttpResponse:
    name = "desk_team" if invitation.role else "desk_admission"
    return HttpResponseRedirect(reverse(name, args=[brand.slug]))
