"""What operators change about an account."""

from django.db import transaction

from accounts.domain import activity, keys
from accounts.models import User
from cocreate.lib.errors import DomainError


class LastOperator(DomainError):
    code, message = "last_operator", "Somebody has to operate this install: name another one first."


@transaction.atomic
def set_standing(*, user: User, is_active: bool, is_staff: bool, actor: User) -> User:
    """Whether they may sign in, and operate. Ends all their sessions when either is taken away,
    and with the account the keys they made.

    Records `user.standing`. Raises LastOperator.
    """
    operators = User.objects.select_for_update(no_key=True).filter(is_staff=True, is_active=True)
    others = {each.pk for each in operators.order_by("pk")} - {user.pk}
    if not (others or (is_active and is_staff)):
        raise LastOperator
    user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    loses = (user.is_active and not is_active) or (user.is_staff and not is_staff)
    user.is_active, user.is_staff, user.is_superuser = is_active, is_staff, is_staff
    user.save(update_fields=["is_active", "is_staff", "is_superuser"])
    if loses:
        user.sessions.all().delete()
    if not is_active:
        keys.revoke_keys_of(user, reason=keys.DEACTIVATED)
    activity.record(
        "user.standing",
        subject=("user", user.handle),
        actor=actor,
        private=True,
        data={"active": is_active, "staff": is_staff},
    )
    return user
