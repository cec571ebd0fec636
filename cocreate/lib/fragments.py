"""Parts of pages that are remembered by everything they were made of.

The template of a fragment sees what it is given and nothing else: no request, no reader, no row of
the database that changes behind its back. What it is given is what it is remembered by, together
with language and time zone. So nothing has to be thrown away when something changes, and nobody
can see what was made for another. Whoever forgets to give something learns it at once: `NotGiven`.

What differs from page to page is put in afterwards, where the template names it: the token of
forms, the address to come `back` to, and `here`, the page's own. And what goes by the clock ("3
days ago") says how long it is true (`true_until`).
"""

import re
import secrets
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from threading import Lock
from typing import Any
from urllib.parse import quote

from django.template import Context, Template
from django.utils import timezone, translation
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString

MOST_BYTES = 10_000_000  # of a process
BOOKKEEPING = 1_000  # bytes of an entry beside its text, about
HEAD = 5  # parts of a key that are no values: template, language, zone, names, types
PLAIN = (str, int, float, bool, type(None), datetime, date, timedelta)
LONGEST = datetime.max.replace(tzinfo=UTC)

# No text of anybody's holds these marks: nobody but this process has ever seen them.
MARK = secrets.token_hex(16)
FILLED_LATER = ("csrf_token", "back", "here", "here_quoted")
LATER = {name: SafeString(f"\x02{MARK}:{name}\x03") for name in FILLED_LATER}
HOLES = re.compile(f"\x02{MARK}:([a-z_]+)\x03")


class NotGiven(Exception):
    """The template of a fragment names what it was not given."""


class OnlyGiven(Context):
    """Complains where Django's would show nothing."""

    def __getitem__(self, name: Any) -> Any:
        try:
            return super().__getitem__(name)
        except KeyError:
            raise not_given(name) from None


@dataclass(frozen=True, slots=True)
class Fragment:
    """Texts, and between each two of them the name of what stands there."""

    pieces: tuple[str, ...]
    until: datetime
    size: int

    def filled(self, later: Mapping[str, str]) -> SafeString:
        if len(self.pieces) == 1:
            return SafeString(self.pieces[0])
        pieces = list(self.pieces)
        for n in range(1, len(pieces), 2):
            pieces[n] = later[pieces[n]]
        return SafeString("".join(pieces))


class Shelf:
    """What was used lately, up to so many bytes: whatever is not asked for while half of them come
    new is let go.
    """

    def __init__(self, most_bytes: int) -> None:
        self.most_bytes = most_bytes
        self._lock = Lock()
        self.clear()

    def clear(self) -> None:
        self._new: dict[Any, Fragment] = {}
        self._old: dict[Any, Fragment] = {}
        self._bytes = 0

    def get(self, key: Any, now: datetime) -> Fragment | None:
        found = self._new.get(key)
        if found is None and (found := self._old.get(key)):
            self.put(key, found)
        return found if found and now < found.until else None

    def put(self, key: Any, fragment: Fragment) -> None:
        with self._lock:
            if self._bytes + fragment.size > self.most_bytes // 2:
                self._old, self._new, self._bytes = self._new, {}, 0
            self._new[key] = fragment
            self._bytes += fragment.size

    def __len__(self) -> int:
        return len(self._new.keys() | self._old.keys())


shelf = Shelf(MOST_BYTES)


@dataclass
class Making:
    """What is learnt of a fragment while it is made."""

    until: datetime = LONGEST
    missing: list[str] = field(default_factory=list)


_making: ContextVar[Making | None] = ContextVar("making", default=None)


def true_until(moment: datetime) -> None:
    """Whoever says something that the clock changes says when."""
    making = _making.get()
    if making is not None:
        making.until = min(making.until, moment)


def not_given(name: str) -> NotGiven:
    """To be raised. It is noted, too: `{% if %}` swallows every complaint."""
    making = _making.get()
    if making is not None:
        making.missing.append(name)
    return NotGiven(name)


@contextmanager
def _watched() -> Iterator[Making]:
    making = Making()
    token = _making.set(making)
    try:
        yield making
    finally:
        _making.reset(token)


def fragment_of(template: Template, given: Mapping[str, Any]) -> Fragment:
    """As it was remembered, else made now. `given`: plain values, or objects with `kept_by`, a
    tuple of plain values, from which `from_kept` makes what the template sees.
    """
    key = (
        template, translation.get_language(), timezone.get_current_timezone(), tuple(given),
        tuple(map(type, given.values())),  # True equals 1
        *(getattr(value, "kept_by", value) for value in given.values()),
    )  # fmt: skip
    found = shelf.get(key, timezone.now())
    if found is None:
        found = _made(template, given, key)
        shelf.put(key, found)
    true_until(found.until)
    return found


def _made(template: Template, given: Mapping[str, Any], key: tuple[Any, ...]) -> Fragment:
    for part in key[HEAD:]:
        _refuse_what_may_change(part)
    seen = {
        name: value.from_kept(value.kept_by) if hasattr(value, "kept_by") else value
        for name, value in given.items()
    }
    context = OnlyGiven(LATER | seen)
    with _watched() as making:
        text = template.render(context)
    if making.missing:
        raise NotGiven(", ".join(making.missing))
    pieces = tuple(str(piece) for piece in HOLES.split(text))
    if any(MARK in piece for piece in pieces):
        raise NotGiven(f"{template.name} changes what is put in afterwards")
    return Fragment(pieces, making.until, BOOKKEEPING + _size(pieces) + _size(key[HEAD:]))


def _refuse_what_may_change(part: Any) -> None:
    """Remembered by its value: it must have one, and nothing beside it. A SafeString equals the
    text that is not safe.
    """
    if type(part) in PLAIN or isinstance(part, Enum):
        return
    is_frozen = getattr(getattr(part, "__dataclass_params__", None), "frozen", False)
    if not is_frozen and type(part) not in {tuple, frozenset}:
        raise TypeError(f"a fragment cannot be remembered by a {type(part).__name__}")
    for one in _inner(part):
        _refuse_what_may_change(one)


def _inner(part: Any) -> Iterable[Any]:
    if is_dataclass(part):
        return [getattr(part, one.name) for one in fields(part)]
    return part if type(part) in {tuple, frozenset} else ()


def _size(part: Any) -> int:
    return sys.getsizeof(part) + sum(map(_size, _inner(part)))


def later_from(context: Context, memo: dict[str, tuple[Any, str]]) -> Mapping[str, str]:
    """What a page puts in, escaped; each is looked at when it is wanted, since a token that nobody
    wants must not be made: it would come with a cookie.
    """
    return _Later(context, memo)


class _Later(dict[str, str]):
    def __init__(self, context: Context, memo: dict[str, tuple[Any, str]]) -> None:
        super().__init__()
        self.context, self.memo = context, memo

    def __missing__(self, name: str) -> str:
        value: Any = self._value(name)
        known = self.memo.get(name)
        if known is None or known[0] is not value:
            known = self.memo[name] = value, str(conditional_escape(value))
        self[name] = known[1]
        return known[1]

    def _value(self, name: str) -> Any:
        if isinstance(self.context, OnlyGiven):
            return self.context[name]  # a fragment in a fragment: filled with the outer one
        if name.startswith("here"):
            here = self.context["request"].get_full_path()
            return here if name == "here" else quote(here, safe="")
        return self.context.get(name, "")
