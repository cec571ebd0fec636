"""A page of another site, which shows how ideas are embedded: `./run` starts it beside the demo.

It is what a brand's own site would be: it knows its readers, and signs for whoever of them is
signed in. It listens on this machine alone, answers to one name, and keeps its readers in memory.
To a browser `localhost` and `127.0.0.1` are two sites; two ports of one name would be one.
"""

import base64
import hashlib
import hmac
import html
import json
import secrets
import sys
import time
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from string import Template
from urllib.parse import parse_qs, urlsplit

from cocreate.domain import demo_file
from cocreate.domain.demo_file import Widget

PAGES = Path(__file__).with_name("host_site")
LOOPBACK = "127.0.0.1"
TOKEN_LASTS = 120  # seconds; the product allows five minutes
COOKIE, LONGEST_FORM = "reader", 1000
READERS = {"ana": "Ana Souza", "jules": "Jules Moreau", "kenji": "Kenji Mori"}
TYPES = {"host.css": "text/css", "host.js": "text/javascript"}
WORDS = {
    "en": {
        "reads": "Signed in as", "nobody": "Read as", "enter": "Sign in", "leave": "Sign out",
        "fallback": "Support this idea", "ideas": "Ideas for the street", "back": "/",
        "all": "All ideas",
        "index": "You can say what you think of it here, without leaving this page.",
        "frames": "You can say what you think of it: the vote opens in a window of its own.",
    },
    "fr": {
        "reads": "Session de", "nobody": "Lire comme", "enter": "Se connecter",
        "leave": "Se déconnecter", "fallback": "Soutenir cette idée",
        "ideas": "Des idées pour la rue", "back": "/fr/", "all": "Toutes les idées",
        "index": "Dites ici ce que vous en pensez, sans quitter cette page.",
        "frames": "Dites ce que vous en pensez, par un vote qui s’ouvre dans une fenêtre à part.",
    },
}  # fmt: skip


def widget_beside(public_url: str, state: Path) -> Widget | None:
    """The demo's widget, if its page is to stand beside the site of this address: never beside one
    that others reach.
    """
    ours = urlsplit(public_url)
    widget = demo_file.widget_of(state / demo_file.NAME)
    if widget is None or ours.scheme != "http" or ours.hostname != LOOPBACK or not ours.port:
        return None
    return widget if widget.origin == f"http://localhost:{ours.port + 1}" else None


def signed(widget: Widget, site: str, reader: str) -> str:
    """The JWT by which this site says who its reader is: once, for two minutes, to `site` alone."""
    now = int(time.time())
    header = {"alg": "HS256", "typ": "JWT", "kid": widget.key}
    claims = {
        "aud": site, "sub": reader, "name": READERS[reader], "exp": now + TOKEN_LASTS,
        "jti": secrets.token_urlsafe(16),
    }  # fmt: skip
    text = ".".join(encoded(json.dumps(part).encode()) for part in (header, claims))
    mark = hmac.new(widget.secret.encode(), text.encode(), hashlib.sha256).digest()
    return f"{text}.{encoded(mark)}"


def encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


@dataclass
class Host:
    """The other site: what it shows, and who reads it in which browser."""

    widget: Widget
    site: str
    signed_in: dict[str, str] = field(default_factory=dict)

    @property
    def policy(self) -> str:
        """As strict as a careful host's: what the widget needs is on our side of docs/embed.md."""
        return (
            f"default-src 'none'; script-src 'self' {self.site}; connect-src 'self' {self.site}; "
            f"img-src {self.site}; frame-src {self.site}; style-src 'self'; form-action 'self'; "
            "base-uri 'none'; frame-ancestors 'none'"
        )

    def who(self, name: str, reader: str | None, words: dict[str, str]) -> str:
        """Where one signs in here. Frames know no readers: there is none."""
        if name == "frames":
            return ""
        return Template(read("in.html" if reader else "out.html")).substitute(words)

    def page(self, language: str, name: str, reader: str | None) -> str:
        """`name`: index, with the elements, or frames, which needs no script."""
        shown = {k: v for k, v in vars(self.widget).items() if k != "secret"}
        words = {key: html.escape(value) for key, value in shown.items()}
        words |= WORDS[language] | {"site": html.escape(self.site), "lang": language, "name": name}
        words["here"] = words[name]
        words["reader"] = html.escape(READERS[reader]) if reader else ""
        article = Template(read(f"{language}.html")).substitute(words)
        embeds = Template(read(f"{name}.html")).substitute(words)
        article, _gap, rest = article.partition("<!-- embeds -->")
        vote, _gap, board = embeds.partition("<!-- board -->")
        parts = {
            "who": self.who(name, reader, words),
            "article": article,
            "vote": vote,
            "rest": rest,
            "board": board,
        }
        lines = html.escape(embeds.replace("<!-- board -->", "").strip())
        return Template(read("frame.html")).substitute(words | parts, lines=lines)


def read(name: str) -> str:
    return (PAGES / name).read_text(encoding="utf-8")


class Handler(BaseHTTPRequestHandler):
    """One reader's request."""

    host: Host
    protocol_version = "HTTP/1.1"
    timeout = 10

    def do_GET(self) -> None:
        if not self.is_for_us():
            return
        match urlsplit(self.path).path.strip("/").split("/"):
            case [""] | ["fr"] | ["frames"] | ["fr", "frames"] as parts:
                language = "fr" if "fr" in parts else "en"
                name = "frames" if "frames" in parts else "index"
                page = self.host.page(language, name, self.reader())
                self.answer(200, page, "text/html", **{"Content-Security-Policy": self.host.policy})
            case ["session"]:
                self.vouch()
            case [name] if name in TYPES:
                self.answer(200, read(name), TYPES[name])
            case _:
                self.answer(404, "There is nothing here.\n")

    do_HEAD = do_GET

    def do_POST(self) -> None:
        """A reader signs in or out. A form of another site has no business here."""
        if not self.is_for_us() or not self.is_own_form():
            return
        length = min(int(self.headers.get("Content-Length") or 0), LONGEST_FORM)
        sent = parse_qs(self.rfile.read(length).decode())
        reader = sent.get("reader", [""])[0]
        self.host.signed_in.pop(self.cookie(), None)
        ticket = secrets.token_urlsafe(16)
        if reader in READERS:
            self.host.signed_in[ticket] = reader
        back = f"/{sent.get('back', [''])[0].lstrip('/')}"
        cookie = f"{COOKIE}={ticket}; HttpOnly; SameSite=Lax; Path=/"
        self.answer(303, "", Location=back if back.isascii() else "/", **{"Set-Cookie": cookie})

    def vouch(self) -> None:
        """For the elements' `session-url`: who is signed in here, said so that it can be proved."""
        reader = self.reader()
        if reader is None:
            return self.answer(204, "")
        token = signed(self.host.widget, self.host.site, reader)
        return self.answer(200, json.dumps({"token": token}), "application/json")

    def reader(self) -> str | None:
        return self.host.signed_in.get(self.cookie())

    def cookie(self) -> str:
        found = SimpleCookie(self.headers.get("Cookie", "")).get(COOKIE)
        return found.value if found else ""

    def is_for_us(self) -> bool:
        """A name of somebody else's that leads here would read what its readers may."""
        if self.headers.get("Host") == urlsplit(self.host.widget.origin).netloc:
            return True
        self.answer(421, f"This is {self.host.widget.origin} alone.\n")
        return False

    def is_own_form(self) -> bool:
        if self.headers.get("Origin") == self.host.widget.origin:
            return True
        self.answer(403, "Only our own pages send forms here.\n")
        return False

    def answer(self, status: int, text: str, kind: str = "text/plain", **headers: str) -> None:
        body = text.encode()
        self.send_response(status)
        if status != 204:
            self.send_header("Content-Type", f"{kind}; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
        always = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
        for name, value in {**always, **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """A demo's readers are nobody's business."""


def server(widget: Widget, site: str) -> ThreadingHTTPServer:
    port = urlsplit(widget.origin).port or 0
    handler = type("HandlerOfHost", (Handler,), {"host": Host(widget, site)})
    return ThreadingHTTPServer((LOOPBACK, port), handler)


def main(site: str, state: str) -> int:
    widget = widget_beside(site, Path(state))
    if widget is None:
        return 1
    server(widget, site).serve_forever()
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
