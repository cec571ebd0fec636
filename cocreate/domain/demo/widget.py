"""The key of a page on another site, which shows how ideas are embedded.

`localhost` and `127.0.0.1` are two sites to a browser, so the page stands beside this one, on the
next port.
"""

from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction

from accounts.domain import keys
from accounts.enums import Scope
from accounts.models import ApiKey, User
from cocreate.domain import demo_file
from cocreate.domain.demo_file import Widget
from cocreate.lib.errors import DomainError
from ideas.models import Idea

BRAND, CHALLENGE, IDEA = "mio", "street", "Let the street borrow the parked light"
NAME = "Page of another site"


def origin_beside() -> str | None:
    """Of the page, beside a site on this machine; there is none beside any other."""
    ours = urlsplit(settings.PUBLIC_URL)
    if ours.scheme != "http" or ours.hostname != "127.0.0.1" or not ours.port:
        return None
    return f"http://localhost:{ours.port + 1}"


def made(manager: User) -> Widget | None:
    """A key for the page, with all that the page has to know."""
    origin = origin_beside()
    idea = Idea.objects.filter(brand__slug=BRAND, title=IDEA, deleted_at=None).first()
    if origin is None or idea is None:
        return None
    _row, key, secret = keys.create_key(
        brand=idea.brand, scopes=[Scope.WIDGET], origins=[origin], rate=0, actor=manager, name=NAME
    )
    return Widget(origin, BRAND, CHALLENGE, idea.code, key, secret)


def renew(*, folder: Path) -> bool:
    """The site has moved to another port since the key was made: a new key for the page that
    stands beside it now. Nothing where the team has revoked the key, or there was none.
    """
    path = folder / demo_file.NAME
    old = demo_file.widget_of(path)
    if old is None or old.origin == origin_beside():
        return False
    row = keys.find_key(old.key)
    try:
        new = _replaced(row) if row else None
    except DomainError:
        return False
    if new is not None:
        demo_file.write(path, demo_file.accounts_of(path), new)
    return new is not None


@transaction.atomic
def _replaced(row: ApiKey) -> Widget | None:
    new = made(row.created_by) if row.created_by else None
    if new is not None:
        keys.revoke_key(key=row, actor=row.created_by)
    return new
