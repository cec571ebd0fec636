"""An origin: the scheme, host and port of a site, as browsers name it."""

import re
from urllib.parse import urlsplit

HOST = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)(\.(?!-)[a-z0-9-]{1,63}(?<!-))*")
DEFAULT_PORTS = {"http": 80, "https": 443}
LONGEST = 200


def clean_origin(text: str) -> str:
    """`https://shop.example` or `http://host:port` as a browser would write it: small letters,
    names of other scripts in their ASCII form, no default port. Raises ValueError with the text.
    """
    try:
        parts = urlsplit(text.strip().lower())
        host = (parts.hostname or "").encode("idna").decode()
        port = parts.port
    except (ValueError, UnicodeError) as error:
        raise ValueError(text) from error
    if port == DEFAULT_PORTS.get(parts.scheme):
        port = None
    clean = f"{parts.scheme}://{host}" + (f":{port}" if port else "")
    is_one = (
        parts.scheme in DEFAULT_PORTS
        and HOST.fullmatch(host)
        and parts.path in {"", "/"}
        and not (parts.query or parts.fragment or "@" in parts.netloc)
    )
    if not is_one or port == 0 or len(clean) > LONGEST or set(text) & set("?#"):
        raise ValueError(text)
    return clean
