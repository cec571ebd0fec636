"""The e-mail address of a login. allauth proves it; what must hold meanwhile is said here."""

from allauth.account.models import EmailAddress
from django.utils.translation import gettext_lazy

from accounts.domain import activity
from accounts.models import User
from cocreate.lib.errors import DomainError


class AddressMoved(DomainError):
    code, status = "address_moved", 409
    message = gettext_lazy(
        "Your address was changed in another window meanwhile. Look which one counts now."
    )


class AddressGone(DomainError):
    code, status = "address_gone", 409
    message = gettext_lazy("This address belongs to another account.")


def hold(*, user: User, replaces: str | None) -> str:
    """Lock the login until the transaction ends, and say its address as the database has it.

    `replaces` is the address at the time the change was asked for: raises AddressMoved where it is
    another one by now, so that of two changes at once one wins and the other is void.
    """
    now: str = (
        User.objects.select_for_update(no_key=True).values_list("email", flat=True).get(pk=user.pk)
    )
    if replaces is not None and replaces != now:
        raise AddressMoved
    return now


def is_taken(*, email: str, user: User) -> bool:
    """Whether another login has it."""
    proved = EmailAddress.objects.filter(email=email, verified=True).exclude(user=user)
    return proved.exists() or User.objects.filter(email=email).exclude(pk=user.pk).exists()


def note_change(*, user: User) -> None:
    """Records `email.changed`, without the addresses: the trail outlives them."""
    activity.record("email.changed", subject=("user", user.handle), actor=user, private=True)
