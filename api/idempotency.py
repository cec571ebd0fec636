"""`Idempotency-Key`: the same POST sent again is answered as the first was, and done once.

The answer is kept in the transaction of what was done, so there is never one without the other. A
refusal has done nothing and is not kept: sent again, it is judged again. Of two at once the second
is told to come back (`in_progress`): it would hold a thread of the web server else. Why the answers
are sealed: docs/decisions/0064-an-answer-is-kept-sealed.md.
"""

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from cryptography.fernet import Fernet
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from api.callers import Caller
from api.models import KeptAnswer
from cocreate.lib.errors import DomainError, Invalid
from cocreate.lib.tokens import keyed_hash, same

HEADER, REPLAYED = "Idempotency-Key", "Idempotency-Replayed"
LONGEST_KEY = 255
KEPT_HEADERS = ("Content-Type", "Location", "ETag")


class InProgress(DomainError):
    code, status = "in_progress", 409
    message = gettext_lazy("A request with this Idempotency-Key is being answered. Ask again soon.")


class KeyReused(DomainError):
    code, status = "key_reused", 422
    message = gettext_lazy("This Idempotency-Key was sent with another request: take a new one.")


@dataclass(frozen=True)
class Slot:
    """The place of one request among those that a caller may repeat."""

    caller: str
    key: str
    request: str

    @cached_property
    def name(self) -> str:
        return keyed_hash(f"{self.caller} {self.key}", purpose="idempotency")

    def kept(self) -> HttpResponse | None:
        """The answer to the request that came first. Raises KeyReused."""
        row = KeptAnswer.living(self.name)
        if row is None:
            return None
        if not same(row.request, self.request):
            raise KeyReused
        return self._open(row.answer)

    def claim(self) -> HttpResponse | None:
        """Inside the transaction of what is to be done: from now on nobody else does it. The answer
        if somebody has. Raises InProgress, KeyReused.
        """
        if not KeptAnswer.hold(self.name):
            raise InProgress(retry_after=1)
        return self.kept()

    def keep(self, response: HttpResponse) -> None:
        """Inside that transaction, once it is done."""
        headers = {name: response[name] for name in KEPT_HEADERS if name in response}
        text = json.dumps([response.status_code, headers, response.content.decode()])
        sealed = self._seal.encrypt(text.encode()).decode()
        KeptAnswer.keep(slot=self.name, request=self.request, answer=sealed)

    def _open(self, sealed: str) -> HttpResponse:
        status, headers, content = json.loads(self._seal.decrypt(sealed.encode()))
        return HttpResponse(content.encode(), status=status, headers=headers | {REPLAYED: "true"})

    @cached_property
    def _seal(self) -> Fernet:
        secret = keyed_hash(f"{self.caller} {self.key}", purpose="idempotency-seal")
        return Fernet(base64.urlsafe_b64encode(bytes.fromhex(secret)))


def once(
    request: HttpRequest, caller: Caller, sent: Any, act: Callable[[], HttpResponse]
) -> HttpResponse:
    """What `act` answers, or what it answered when this request came first. The caller may do it:
    that is asked before. Raises InProgress, KeyReused, Invalid, and what `act` does.
    """
    slot = slot_of(request, caller, sent)
    if slot is None:
        return act()
    with transaction.atomic():
        response = slot.claim()
        if response is None:
            response = act()
            slot.keep(response)
    return response


def slot_of(request: HttpRequest, caller: Caller, sent: Any) -> Slot | None:
    """None: the caller sent no key. `sent` is the body as we read it. Raises Invalid."""
    key = request.META.get("HTTP_IDEMPOTENCY_KEY")
    if key is None:
        return None
    if not (0 < len(key) <= LONGEST_KEY and key.isascii() and key.isprintable()):
        message = _("A key has 1 to {n} ordinary characters.").format(n=LONGEST_KEY)
        raise Invalid(fields={HEADER: [("invalid", message)]})
    body = json.dumps(sent, sort_keys=True)
    fingerprint = keyed_hash(f"{request.path}\n{body}", purpose="idempotency")
    return Slot(name_of(caller), key, fingerprint)


def name_of(caller: Caller) -> str:
    """A member is one caller, by whichever session or token; each key of a brand is one."""
    if caller.user is not None:
        return f"user:{caller.user.pk}"
    assert caller.key is not None  # noqa: S101 - visitors do nothing that could be done twice
    return f"key:{caller.key.pk}"
