"""The register of personal data: every model says what it holds of a person, how it gives that out
and how it forgets it, or why it holds nothing. tests/test_personal_data.py fails for one that does
neither.

An app's `domain/privacy.py` writes here; `accounts.domain.privacy` reads.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

Rows = Iterable[Mapping[str, Any]]


@dataclass(frozen=True)
class Entry:
    """`model` is its label, such as "ideas.Idea". `goes` says why there is nothing to erase."""

    model: str
    export: Callable[[Any], Rows] | None
    erase: Callable[[Any], object] | None
    goes: str


_entries: dict[str, Entry] = {}


def holds(
    model: str,
    *,
    export: Callable[[Any], Rows],
    erase: Callable[[Any], object] | None = None,
    goes: str = "",
) -> None:
    """The model holds something of a person. Both functions take the user; either `erase` forgets,
    or `goes` says what does it instead.
    """
    assert bool(erase) != bool(goes), f"{model}: say either how it is erased or why not"  # noqa: S101
    _entries[model] = Entry(model, export, erase, goes)


def holds_nothing(*models: str, because: str) -> None:
    """These hold nothing of a person."""
    for model in models:
        _entries[model] = Entry(model, None, None, because)


def entries() -> list[Entry]:
    """In the order of the house: what stands right of a model comes after it."""
    return list(_entries.values())
