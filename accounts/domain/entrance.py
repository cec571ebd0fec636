"""Whoever reads a mailbox comes in: to the login that has its address, or to a new one.

Nothing of this happens before the code from the mail was typed: until then nobody asks whether the
address is known, so nothing can tell (docs/decisions/0089-a-vote-costs-an-address.md).
"""

from allauth.account.models import EmailAddress
from django.db import transaction
from django.utils import timezone

from accounts.domain import activity, signup
from accounts.models import User


@transaction.atomic
def open_for(*, email: str, language: str) -> EmailAddress:
    """The address, small letters, with its login in `user`; proved or not, that is `verified`.

    A login that nobody has proved may be anybody's who typed this address: the reader of the
    mailbox gets it without the password and the name that were typed with it. Records
    `password.dropped` where there was one.
    """
    if proved := _proved(email):
        return proved
    found = User.objects.select_for_update(no_key=True).filter(email=email).first()
    if proved := _proved(email):  # meanwhile, in another browser
        return proved
    if found is None:
        try:
            found = _new_login(email, language)
        except signup.AddressTaken:  # in this very moment, perhaps by a second press of the button
            return open_for(email=email, language=language)
    elif found.is_active:
        _forget_what_a_stranger_typed(found, language)
    address, _is_new = EmailAddress.objects.get_or_create(
        user=found, email=email, defaults={"primary": True}
    )
    return address


def _proved(email: str) -> EmailAddress | None:
    rows = EmailAddress.objects.filter(email=email, verified=True)
    return rows.select_related("user").first()


def _new_login(email: str, language: str) -> User:
    user = User(email=email, has_own_name=False)
    user.set_unusable_password()
    signup.complete(user=user, display_name=signup.neutral_name(), language=language)
    return user


def _forget_what_a_stranger_typed(user: User, language: str) -> None:
    had_one = user.has_usable_password()
    user.set_unusable_password()
    if user.last_login is None:
        user.has_own_name = False
        signup.complete(user=user, display_name=signup.neutral_name(), language=language)
    else:
        user.save(update_fields=["password"])
    user.sessions.all().delete()
    user.tokens.filter(revoked_at=None).update(revoked_at=timezone.now())
    if had_one:
        activity.record("password.dropped", subject=("user", user.handle), actor=user, private=True)
