"""Sending invitations: the link leaves by mail alone, in the transaction that made it."""

from collections.abc import Sequence

from django.db import transaction
from django.utils import translation

from accounts.domain import invitations
from accounts.domain.invitations import Batch, Issued
from accounts.enums import Role
from accounts.models import Brand, Invitation, User
from notifications.domain import outbox, rendering, texts


@transaction.atomic
def invite(*, brand: Brand, emails: Sequence[str], role: Role | None, actor: User) -> Batch:
    """Invite and queue a mail for each address that can be; the batch names the others. Raises as
    `accounts.domain.invitations.invite`.
    """
    batch = invitations.invite(brand=brand, emails=emails, role=role, actor=actor)
    for issued in batch.issued:
        _queue(issued, actor)
    return batch


@transaction.atomic
def send_again(*, invitation: Invitation, actor: User) -> Invitation:
    """A new link by a new mail; the old one is dead. Raises as `renew`."""
    issued = invitations.renew(invitation=invitation, actor=actor)
    _queue(issued, actor)
    return issued.invitation


def _queue(issued: Issued, actor: User) -> None:
    """In the brand's language: nobody knows the reader's yet."""
    invitation = issued.invitation
    with translation.override(invitation.brand.language):
        context = {
            "brand": invitation.brand,
            "brand_name": texts.unlinked(invitation.brand.name),
            "inviter": texts.unlinked(actor.display_name),
            "role": Role(invitation.role).label if invitation.role else "",
            "url": texts.absolute(f"/invitations/{issued.secret}/"),
            "days": invitations.LASTS.days,
        }
        rendered = rendering.render("invitation", context)
    outbox.queue(to=invitation.email, rendered=rendered)
