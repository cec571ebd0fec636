"""allauth says that an address was proved: by a code, a link or a reset of the password."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.account.signals import email_confirmed
from django.contrib import messages
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts.domain import mailboxes


@receiver(email_confirmed)
def prove_mailbox(request: HttpRequest, email_address: EmailAddress, **_kwargs: Any) -> None:
    if not mailboxes.prove(user=email_address.user, email=email_address.email):
        messages.warning(
            request,
            _(
                "This mailbox already votes through another account, so votes from this one wait."
                " Sign in with the other account to vote."
            ),
        )
