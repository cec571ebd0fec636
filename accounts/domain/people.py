"""What people choose for themselves."""

from django.conf import settings

from accounts.models import User
from cocreate.lib.errors import Invalid


def choose_language(*, user: User, language: str) -> None:
    """The language of the pages and mails that this member gets from now on."""
    if language not in dict(settings.LANGUAGES):
        raise Invalid
    user.language = language
    user.save(update_fields=["language"])
