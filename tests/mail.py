"""A mail server for the tests: real SMTP that can be slow, refuse, or vanish after DATA."""

import asyncio
import email
import email.policy
import socket
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from django.core.cache import cache

HOST = "127.0.0.1"
TAKEN = "250 2.0.0 Taken"


@dataclass
class Letter:
    """What the server holds: the envelope and the message."""

    sender: str
    to: list[str]
    message: EmailMessage

    @property
    def subject(self) -> str:
        return str(self.message["Subject"]).strip()  # a folded line leaves a blank

    @property
    def id(self) -> str:
        return str(self.message["Message-ID"])

    @property
    def text(self) -> str:
        return self._part("plain")

    @property
    def html(self) -> str:
        return self._part("html")

    def _part(self, kind: str) -> str:
        part = self.message.get_body((kind,))
        return part.get_content().replace("\r\n", "\n") if part else ""


class Sink:
    """The server's behaviour and what it has taken. Change the attributes at any time.

    `replies` maps MAIL, DATA or an address to what is answered instead of yes; `pauses` maps MAIL,
    RCPT or DATA to seconds; the next `vanishes` letters are taken, then the connection breaks.
    """

    def __init__(self) -> None:
        self.letters: list[Letter] = []
        self.replies: dict[str, str] = {}
        self.pauses: dict[str, float] = {}
        self.vanishes = 0
        self.commands: Counter[str] = Counter()
        self._changed = threading.Condition()

    def wait_for(self, command: str, times: int = 1, seconds: float = 90) -> None:
        """Until a client has got so far: the command is known, its answer is not given yet."""
        with self._changed:
            assert self._changed.wait_for(lambda: self.commands[command] >= times, seconds), command

    def to(self, address: str) -> list[Letter]:
        return [letter for letter in self.letters if address in letter.to]

    async def handle_MAIL(
        self, _server: Any, _session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return await self._answer("MAIL")

    async def handle_RCPT(
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: list[str]
    ) -> str:
        reply = await self._answer("RCPT", self.replies.get(address))
        if reply == TAKEN:
            envelope.rcpt_tos.append(address)
        return reply

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:
        reply = await self._answer("DATA")
        if reply == TAKEN:
            message = email.message_from_bytes(envelope.content, policy=email.policy.default)
            assert isinstance(message, EmailMessage)
            self.letters.append(Letter(envelope.mail_from, list(envelope.rcpt_tos), message))
        if self.vanishes:
            self.vanishes -= 1
            server.transport.abort()
        return reply

    async def _answer(self, command: str, reply: str | None = None) -> str:
        with self._changed:
            self.commands[command] += 1
            self._changed.notify_all()
        await asyncio.sleep(self.pauses.get(command, 0))
        return reply or self.replies.get(command, TAKEN)


class Server(Sink):
    """A sink that listens; `stop()` and `start()` take the server away and bring it back."""

    def __init__(self) -> None:
        super().__init__()
        self.port = free_port()
        self.url = f"smtp://{HOST}:{self.port}"
        self._controller: Controller | None = None

    def start(self) -> None:
        self._controller = Controller(self, hostname=HOST, port=self.port)
        self._controller.start()

    def stop(self) -> None:
        if self._controller:
            self._controller.stop()
        self._controller = None


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def mail_server(settings: Any) -> Iterator[Server]:
    """A running server, to which this process's mail goes."""
    server = Server()
    server.start()
    settings.EMAIL_URL = server.url
    settings.EMAIL_BACKEND = "notifications.smtp.Backend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = HOST, server.port
    cache.delete("mail-server-away")
    yield server
    server.stop()
