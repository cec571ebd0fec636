"""One mailbox is one key, whatever the spelling of its address."""

import unicodedata
from contextlib import suppress

from cocreate.lib.tokens import keyed_hash

PLUS_AND_DOTS = {"gmail.com", "googlemail.com"}


def mailbox_key(email: str) -> str:
    """Keyed hash of the normalised address: case, Unicode form, +tags and Gmail's dots make no
    other mailbox.
    """
    local, _at, domain = unicodedata.normalize("NFKC", email).strip().lower().rpartition("@")
    with suppress(UnicodeError):  # a name that no server can have stays as it was written
        domain = domain.encode("idna").decode()
    local = local.split("+", 1)[0]
    if domain in PLUS_AND_DOTS:
        local, domain = local.replace(".", ""), "gmail.com"
    return keyed_hash(f"{local}@{domain}", purpose="mailbox")
