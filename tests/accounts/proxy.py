"""A shared cache as it stands in front of a site: it keeps what it may, as RFC 9111 says, and sends
others what it kept.
"""

from dataclasses import dataclass, field
from typing import Any

from django.test import Client


@dataclass
class Kept:
    body: str
    cookies: list[str]
    asked_with: dict[str, str]


@dataclass
class Proxy:
    kept: dict[str, list[Kept]] = field(default_factory=dict)
    hits: int = 0

    def get(self, client: Client, path: str, **headers: str) -> str:
        sent = {"cookie": cookies_of(client)} | headers
        for page in self.kept.get(path, []):
            if all(sent.get(name, "") == value for name, value in page.asked_with.items()):
                self.hits += 1
                return page.body
        response = client.get(path, headers=headers)
        if may_be_shared(response):
            self.kept.setdefault(path, []).append(
                Kept(text(response), list(response.cookies), self.asked_with(response, sent))
            )
        return text(response)

    def asked_with(self, response: Any, sent: dict[str, str]) -> dict[str, str]:
        names = [name.strip().lower() for name in response.get("Vary", "").split(",")]
        return {name: sent.get(name, "") for name in names if name}


def cookies_of(client: Client) -> str:
    return "; ".join(f"{name}={morsel.value}" for name, morsel in sorted(client.cookies.items()))


def may_be_shared(response: Any) -> bool:
    rules = {rule.strip().partition("=")[0] for rule in response["Cache-Control"].split(",")}
    return response.status_code == 200 and "public" in rules and not rules & {"private", "no-store"}


def text(response: Any) -> str:
    return str(response.content.decode())
