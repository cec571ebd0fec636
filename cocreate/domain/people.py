"""An account made by the operator of an install."""

from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from accounts.domain import activity, mailboxes
from accounts.domain.signup import clean_name
from accounts.models import User


@transaction.atomic
def create_account(
    *, email: str, handle: str, password: str | None, name: str = "", staff: bool = False
) -> User:
    """A login whose mailbox counts as proved. Records `user.created`. Raises ValidationError.

    `password` None: nobody can sign in with one. `staff` opens all of /admin/. The name defaults
    to the handle.
    """
    user = User(
        email=email.strip().lower(), handle=handle, display_name=clean_name(name or handle),
        is_staff=staff, is_superuser=staff,
    )  # fmt: skip
    user.set_password(password)
    user.full_clean()
    if EmailAddress.objects.filter(email__iexact=user.email, verified=True).exists():
        raise ValidationError({"email": "Somebody has proved this address as theirs."})
    try:
        with transaction.atomic():
            user.save(force_insert=True)
    except IntegrityError as error:  # somebody was faster, between the question and here
        raise ValidationError("Somebody has just taken this address or handle.") from error
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    mailboxes.prove(user=user, email=user.email)
    activity.record("user.created", subject=("user", user.handle), actor=user, private=True)
    return user
