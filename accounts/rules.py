"""May they? Pure predicates that page, template and API ask alike (docs/roles.md has the table)."""

from functools import cache
from typing import Any

from accounts.enums import Role
from accounts.models import Brand, Membership
from cocreate.lib import written
from cocreate.lib.written import SOMEBODY, SOMETHING

ANSWERING = {Role.OWNER, Role.MANAGER}
INVITABLE = {Role.MANAGER, Role.ANALYST}


def role_in(user: Any, brand: Brand) -> Role | None:
    """The user's role in the brand's team, or None. One query a user and brand, remembered on
    the user until `forget_roles()`.
    """
    if not getattr(user, "is_authenticated", False):
        return None
    roles = user.__dict__.setdefault("_roles", {})
    if brand.pk not in roles:
        row = written.first(_role(), {SOMEBODY: user.pk, SOMETHING: brand.pk})
        roles[brand.pk] = row[0] if row else None
    return Role(roles[brand.pk]) if roles[brand.pk] else None


@cache
def _role() -> written.Written:
    return written.write(
        Membership.objects.filter(user=SOMEBODY, brand=SOMETHING).values_list("role")
    )


def forget_roles(*users: Any) -> None:
    """Whoever changes a role calls this: the user at hand may be asked again in this request."""
    for user in users:
        user.__dict__.pop("_roles", None)


def can_see_desk(user: Any, brand: Brand) -> bool:
    """The whole team reads; what each may do there is asked again."""
    return role_in(user, brand) is not None


def can_see_team(user: Any, brand: Brand) -> bool:
    return can_see_desk(user, brand)


def can_answer(user: Any, brand: Brand) -> bool:
    """Answer, set status, hide, see who is behind a notice."""
    return role_in(user, brand) in ANSWERING


def can_manage_settings(user: Any, brand: Brand) -> bool:
    return role_in(user, brand) in ANSWERING


def can_import(user: Any, brand: Brand) -> bool:
    """Bring ideas in from a file, and take them back."""
    return role_in(user, brand) in ANSWERING


def can_manage_keys(user: Any, brand: Brand) -> bool:
    return role_in(user, brand) in ANSWERING


def can_invite(user: Any, brand: Brand) -> bool:
    """Managers and analysts into the team; see, send again and withdraw what waits."""
    return role_in(user, brand) in ANSWERING


def can_manage_admission(user: Any, brand: Brand) -> bool:
    return role_in(user, brand) in ANSWERING


def can_hand_over(user: Any, brand: Brand) -> bool:
    return role_in(user, brand) == Role.OWNER


def can_remove(user: Any, brand: Brand, role: Role) -> bool:
    """Whether the user may remove somebody of this role. Nobody removes the owner."""
    return _is_below(role_in(user, brand), role)


def can_give_role(user: Any, brand: Brand, before: Role, after: Role) -> bool:
    """To make a manager an analyst takes as much as to remove a manager; who may invite managers
    may make some. The owner's place is handed over, never given.
    """
    mine = role_in(user, brand)
    return mine in ANSWERING and after in INVITABLE and (_is_below(mine, before) or before == after)


def _is_below(mine: Role | None, role: Role) -> bool:
    """Whether somebody of the role is at the mercy of mine."""
    if mine == Role.OWNER:
        return role != Role.OWNER
    return mine == Role.MANAGER and role == Role.ANALYST
