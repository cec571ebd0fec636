"""May they? Pure predicates that page, template and API ask alike."""

from typing import Any

from accounts.enums import Role
from accounts.models import Brand

ANSWERING = {Role.OWNER, Role.MANAGER}


def role_in(user: Any, brand: Brand) -> Role | None:
    """The user's role in the brand's team, or None. One query a user and brand, remembered on
    the user.
    """
    if not getattr(user, "is_authenticated", False):
        return None
    roles = user.__dict__.setdefault("_roles", {})
    if brand.pk not in roles:
        roles[brand.pk] = (
            user.memberships.filter(brand=brand).values_list("role", flat=True).first()
        )
    return Role(roles[brand.pk]) if roles[brand.pk] else None


def can_see_desk(user: Any, brand: Brand) -> bool:
    """The whole team reads; what each may do there is asked again."""
    return role_in(user, brand) is not None


def can_answer(user: Any, brand: Brand) -> bool:
    """Answer, set status, hide, see who is behind a notice."""
    return role_in(user, brand) in ANSWERING
