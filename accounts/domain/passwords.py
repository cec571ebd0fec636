"""A new password, and what ends with the old one."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy

from accounts.domain import activity, sessions
from accounts.models import User
from cocreate.lib.errors import DomainError


class PasswordMoved(DomainError):
    code, status = "password_moved", 409
    message = gettext_lazy(
        "Your password was changed in another window meanwhile. Sign in with that one."
    )


def change_password(*, user: User, password: str, key: str | None) -> None:
    """Save the password, sign out every session but the one with this key, revoke all personal
    tokens. Records `password.changed`.

    Raises PasswordMoved when another change came first. Whoever calls this tells the owner by mail.
    """
    before = user.password
    user.set_password(password)  # slow on purpose: done before any row is locked
    with transaction.atomic():
        if User.objects.select_for_update(no_key=True).get(pk=user.pk).password != before:
            raise PasswordMoved
        user.save(update_fields=["password"])
        ended = sessions.delete_others(user=user, key=key)
        revoked = user.tokens.filter(revoked_at=None).update(revoked_at=timezone.now())
        activity.record(
            "password.changed",
            subject=("user", user.handle),
            actor=user,
            private=True,
            data={"sessions": ended, "tokens": revoked},
        )
