"""A new login gets a name, a handle of its own and a language."""

import unicodedata

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.models.user import HANDLE_LENGTH
from cocreate.lib.errors import DomainError, Unavailable
from cocreate.lib.text import slug_of
from cocreate.lib.tokens import random_code

SUFFIX_LENGTH = 4
# Handles that would read as the site speaking.
RESERVED_HANDLES = {
    "about", "account", "accounts", "admin", "administrator", "all", "anonymous", "api", "brand",
    "brands", "cocreate", "contact", "desk", "everybody", "everyone", "help", "info", "login",
    "logout", "mail", "me", "moderator", "nobody", "null", "official", "postmaster", "privacy",
    "root", "security", "settings", "signup", "staff", "support", "system", "team", "undefined",
    "user", "users", "vote", "webmaster",
}  # fmt: skip


class AddressTaken(DomainError):
    code, status = "address_taken", 409
    message = gettext_lazy("This address has just been signed up. Sign in with it.")


def clean_name(name: str) -> str:
    """One line of visible characters: no control, no bidirectional override, no invisible
    joiner.
    """
    name = " ".join(unicodedata.normalize("NFC", name).split())
    if any(unicodedata.category(letter) in {"Cc", "Cf", "Co", "Cs"} for letter in name) or not name:
        raise ValidationError(_("Use letters, digits and ordinary signs."), code="name_unprintable")
    return name


def complete(*, user: User, display_name: str, language: str) -> None:
    """Save the name and a free handle made from it. Saves the user.

    Raises AddressTaken when somebody signed up with the address in this very moment.
    """
    user.display_name, user.language = display_name, language[:2]
    for handle in _candidates(display_name):
        user.handle = handle
        try:
            with transaction.atomic():
                user.save()
                return
        except IntegrityError as error:
            if User.objects.filter(email=user.email).exclude(pk=user.pk).exists():
                raise AddressTaken from error
    raise Unavailable


def neutral_name() -> str:
    """Shown until somebody chooses a name, in the language of the request."""
    return _("Member {code}").format(code=random_code(SUFFIX_LENGTH))


def free_handle(name: str) -> str:
    """One made from the name that nobody has at the moment."""
    wanted = _candidates(name)
    taken = set(User.objects.filter(handle__in=wanted).values_list("handle", flat=True))
    return next((handle for handle in wanted if handle not in taken), wanted[-1])


def _candidates(name: str) -> list[str]:
    """The plain handle first, then with a random end; two people of one name must both get in."""
    stem = slug_of(name)[: HANDLE_LENGTH - SUFFIX_LENGTH - 1].strip("-_") or "member"
    plain = [] if stem in RESERVED_HANDLES else [stem]
    return [*plain, *(f"{stem}-{random_code(SUFFIX_LENGTH)}" for _n in range(5))]
