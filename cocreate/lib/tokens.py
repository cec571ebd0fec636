"""Random codes, and secrets that are shown once and stored as prefix + keyed hash."""

import base64
import hashlib
import hmac
import json
import secrets
from functools import cache
from typing import Any

from cryptography.fernet import Fernet
from django.conf import settings

# No vowels, so no words; no 0/o, 1/l/i: a code can be read aloud.
ALPHABET = "23456789bcdfghjkmnpqrstvwxyz"
# 28^10 = 3e14: at 700,000 ideas the odds of a clash are 1 in 1,200; the constraint catches it.
CODE_LENGTH = 10
SECRET_BYTES = 24
# "cos_" and eight characters: enough to find the row and to recognise the key in a list.
PREFIX_LENGTH = 12


def random_code(length: int = CODE_LENGTH) -> str:
    """The public name of a row."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def new_secret(kind: str) -> str:
    """A secret such as `cos_…`: `kind` tells what it opens, so that it is recognised where it
    leaks.
    """
    return f"{kind}_{secrets.token_urlsafe(SECRET_BYTES)}"


def prefix_of(secret: str) -> str:
    return secret[:PREFIX_LENGTH]


def keyed_hash(value: str, *, purpose: str) -> str:
    """HMAC-SHA256 in hex under a key of its own per purpose: a stolen dump can neither be read
    nor searched.
    """
    return hmac.new(_key(purpose), value.encode(), hashlib.sha256).hexdigest()


def same(left: str, right: str) -> bool:
    """Equal, in constant time."""
    return hmac.compare_digest(left.encode(), right.encode())


def sealed(content: list[Any], *, purpose: str) -> str:
    """Plain values as text that only we can have written, and everybody can read."""
    raw = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    text = base64.urlsafe_b64encode(raw).decode().rstrip("=")
    return f"{text}.{keyed_hash(text, purpose=purpose)}"


def unsealed(text: str, *, purpose: str) -> list[Any] | None:
    """What was sealed for this purpose, or None for anything else."""
    body, _dot, mark = text.partition(".")
    if not same(mark, keyed_hash(body, purpose=purpose)):
        return None
    content: list[Any] = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return content


def encrypt(value: str, *, purpose: str) -> str:
    """For the few secrets that must be read again (HS256 needs the key itself)."""
    return _fernet(purpose).encrypt(value.encode()).decode()


def decrypt(value: str, *, purpose: str) -> str:
    return _fernet(purpose).decrypt(value.encode()).decode()


@cache
def _key(purpose: str) -> bytes:
    return hashlib.sha256(f"{purpose}:{settings.SECRET_KEY}".encode()).digest()


def _fernet(purpose: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(_key(purpose)))
