"""Who speaks: a member as themselves; a key as its brand, or as the person it names."""

from typing import Any

from django.utils.translation import gettext as _

from accounts.domain.participants import claimed, of_user
from accounts.models import Brand, Participant
from api.callers import Caller
from cocreate.lib.errors import Invalid


def author_of(caller: Caller, brand: Brand, named: dict[str, Any] | None) -> Participant | None:
    """None: the brand. Creates the participant: inside the transaction of what they do."""
    if caller.user is not None:
        if named is not None:
            raise Invalid(fields={"author": [("not_yours", _("You post as yourself."))]})
        return of_user(brand=brand, user=caller.user)
    if named is None:
        return None
    author = person(named)
    if not author["external_id"] and not author["email"]:
        raise Invalid(
            fields={"author": [("required", _("Name the author by external_id or email."))]}
        )
    return claimed(brand=brand, key=caller.key, **author)


def person(sent: dict[str, Any]) -> dict[str, Any]:
    """Somebody a key names, in the words of the domain."""
    return {
        "external_id": sent.get("external_id") or None,
        "email": sent.get("email") or None,
        "name": sent.get("name", ""),
    }
