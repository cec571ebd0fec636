"""The variables that every process of the product gets."""

import os
import secrets
from pathlib import Path

from cocreate.embedded import places


def for_children(state: Path) -> dict[str, str]:
    """Our own environment, with what nobody chose filled in."""
    environment = {**os.environ, "COCREATE_VAR": str(state), "PYTHONUNBUFFERED": "1"}
    environment.setdefault("DJANGO_SETTINGS_MODULE", "cocreate.settings")
    if not (environment.get("SECRET_KEY") or environment.get("SECRET_KEY_FILE")):
        environment["SECRET_KEY_FILE"] = str(secret_key_file(state))
    return environment


def secret_key_file(state: Path) -> Path:
    """Sessions and signed links outlive a restart, so the key does too."""
    path = state / "secret_key"
    if not path.exists():
        state.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(f".{os.getpid()}")
        with os.fdopen(
            os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w"
        ) as file:
            file.write(secrets.token_urlsafe(50))
        unfinished.replace(path)
    return path


def public_url(host: str, port: int) -> str:
    """Where a browser on this machine finds the site."""
    name = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104
    return f"http://{name}:{port}"


def manage_py() -> str:
    return str(places.ROOT / "manage.py")
