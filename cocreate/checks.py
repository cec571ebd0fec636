"""What the system says about its settings before it starts: a sentence each, and what to do.

Errors stop every command. What is only unwise, or matters only where others reach the site, is for
`./run manage check --deploy`.
"""

import ipaddress
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Info, Tags, Warning, register
from django.core.exceptions import ImproperlyConfigured

SHORTEST_SECRET = 32  # characters: 24 random bytes as text
FEWEST_DIFFERENT = 10
PLACEHOLDERS = ("django-insecure", "changeme", "change-me", "secret", "example", "password")


@register(Tags.security)
def values(**_: Any) -> list[CheckMessage]:
    """Each variable whose value could not be read."""
    return [Error(sentence, id="cocreate.E001") for sentence in settings.PROBLEMS]


@register(Tags.security)
def secret_key(**_: Any) -> list[CheckMessage]:
    try:
        key = settings.SECRET_KEY
    except ImproperlyConfigured:
        key = ""
    if not key:
        remedy = "Set SECRET_KEY, or SECRET_KEY_FILE; ./run makes one by itself."
        return [Error("There is no SECRET_KEY.", remedy, id="cocreate.E002")]
    if is_weak(key):
        remedy = 'Set one made by: python3 -c "import secrets; print(secrets.token_urlsafe(50))"'
        return [Error("SECRET_KEY can be guessed.", remedy, id="cocreate.E003")]
    return []


def is_weak(key: str) -> bool:
    short = len(key) < SHORTEST_SECRET or len(set(key)) < FEWEST_DIFFERENT
    return short or key.lower().startswith(PLACEHOLDERS)


@register(Tags.security)
def debug(**_: Any) -> list[CheckMessage]:
    if not settings.DEBUG or is_local(settings.PUBLIC_HOST):
        return []
    return [
        Error(
            f"DEBUG is on at {settings.PUBLIC_URL}: errors show settings and code to everybody.",
            "Set DEBUG=0. DEBUG is for a PUBLIC_URL of this machine only.",
            id="cocreate.E004",
        )
    ]


@register(Tags.security)
def metrics_token(**_: Any) -> list[CheckMessage]:
    token = settings.METRICS_TOKEN
    if not token or len(token) >= SHORTEST_SECRET // 2:
        return []
    remedy = f"Make it {SHORTEST_SECRET // 2} characters or more; 404 is all that anybody gets."
    return [Error("METRICS_TOKEN can be guessed.", remedy, id="cocreate.E005")]


@register(Tags.security, deploy=True)
def public_address(**_: Any) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    if is_local(settings.PUBLIC_HOST):
        remedy = "Set PUBLIC_URL to the address people use, such as https://ideas.example."
        sentence = f"PUBLIC_URL is {settings.PUBLIC_URL}: links in mails lead to this machine only."
        found.append(Warning(sentence, remedy, id="cocreate.W001"))
    elif not settings.IS_HTTPS:
        remedy = "Put a proxy with a certificate in front (docs/operations.md) and write https://."
        sentence = "PUBLIC_URL is http: passwords and sessions travel in the clear."
        found.append(Warning(sentence, remedy, id="cocreate.W002"))
    elif not settings.TRUSTED_PROXIES:
        remedy = "Set TRUSTED_PROXIES to the number of your proxies, 1 for a single nginx or Caddy."
        sentence = (
            "PUBLIC_URL is https, and TRUSTED_PROXIES is 0: all visitors seem to have the "
            "proxy's address, and share its limits."
        )
        found.append(Info(sentence, remedy, id="cocreate.I003"))
    return found


@register(Tags.security, deploy=True)
def mail(**_: Any) -> list[CheckMessage]:
    if settings.EMAIL_URL:
        return []
    remedy = "Set EMAIL_URL, then try it with ./run manage send_test_mail YOUR-ADDRESS."
    sentence = f"No mail is sent: EMAIL_URL is not set, mails become files in {settings.VAR}/mail."
    return [Info(sentence, remedy, id="cocreate.I004")]


def is_local(host: str) -> bool:
    """Whether only this machine knows itself by that name."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
