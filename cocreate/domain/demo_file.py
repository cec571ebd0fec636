"""The private file of the demo: whom to sign in as, and the key of the page on another site.

The launcher reads it before Django is there, so nothing here needs Django.
"""

import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

NAME = "demo-accounts.txt"
ACCOUNTS = "Accounts of the demo: address, password, what to do there."
WIDGET = "A page of another site shows this brand's ideas with a key of its own:"


@dataclass(frozen=True)
class Account:
    email: str
    password: str
    does: str


@dataclass(frozen=True)
class Widget:
    """What the page at `origin` needs to embed an idea of the brand, and to sign its people in."""

    origin: str
    brand: str
    challenge: str
    idea: str
    key: str
    secret: str


def write(
    path: Path, accounts: Iterable[Account], widget: Widget | None, *, heading: str = ACCOUNTS
) -> None:
    """For the operator's eyes: the file is readable by its owner alone from its first byte."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".new")
    unfinished.unlink(missing_ok=True)
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(f"{heading}\n\n")
        file.writelines(f"{a.email:<24}{a.password:<20}{a.does}\n" for a in accounts)
        if widget is not None:
            file.write(f"\n{WIDGET}\n\n")
            file.writelines(f"{name:<12}{value}\n" for name, value in asdict(widget).items())
    unfinished.replace(path)


def accounts_of(path: Path) -> list[Account]:
    return [Account(*line.split(maxsplit=2)) for line in _lines(path) if "@" in line.split(" ")[0]]


def widget_of(path: Path) -> Widget | None:
    """None where there is no demo, or none that another page may show."""
    words = [line.split() for line in _lines(path)]
    found = {line[0]: line[1] for line in words if len(line) == 2}
    names = list(Widget.__dataclass_fields__)
    return Widget(*(found[name] for name in names)) if all(n in found for n in names) else None


def _lines(path: Path) -> list[str]:
    return path.read_text().splitlines() if path.exists() else []
