"""The whole demo, all or nothing."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import transaction

from accounts.models import Brand, User
from cocreate.domain import demo_file
from cocreate.domain.demo import inbox, people, widget
from cocreate.domain.demo.brands import Story
from cocreate.domain.demo.pictures import Shelf
from ideas.domain import alerts, orders, ranking, tally
from ideas.models import Idea, Vote
from insights.domain import daily

CONTENT = Path(__file__).with_name("content")
BRANDS = ["mio", "au-coin", "skerry"]
COUNT_SECONDS = 20.0  # for what takes a tenth of one
NEWS = 2  # ideas of each brand that its team will hear of as the site comes up


@dataclass(frozen=True)
class Loaded:
    brands: int
    ideas: int
    people: int
    votes: int
    accounts: Path


def is_empty() -> bool:
    """Nobody has begun to use this install."""
    return not (User.objects.exists() or Brand.objects.exists())


def load(*, folder: Path) -> Loaded:
    """All or nothing. The passwords of the personas are written to a file of `folder` alone."""
    path, shelf = folder / demo_file.NAME, Shelf()
    try:
        with transaction.atomic():
            _load(path, shelf)
    except BaseException:
        shelf.clear()
        raise
    tally.fold_until_settled()
    daily.count_new(COUNT_SECONDS)
    for brand in Brand.objects.all():
        orders.rebuild_all_of(brand.pk)
        ranking.adopt_top(brand=brand, but=NEWS)
        alerts.adopt(brand=brand)
    return Loaded(
        brands=Brand.objects.count(), ideas=Idea.objects.count(), people=User.objects.count(),
        votes=Vote.objects.exclude(value=0).count(), accounts=path,
    )  # fmt: skip


def _load(path: Path, shelf: Shelf) -> None:
    cast = read("people")
    personas = {table["key"]: people.create_persona(table) for table in cast["personas"]}
    users = {user.display_name: user for user, _account in personas.values()}
    manager, operator = personas["manager"][0], personas["operator"][0]
    for language, names in cast["names"].items():
        users |= people.create_crowd(names, language=language)
    crowd = {name: user for name, user in users.items() if user not in (manager, operator)}
    for name in BRANDS:
        Story(read(name), manager, crowd, shelf).tell()
    people.date_arrivals()
    inbox.fill(personas["member"][0])
    accounts = [account for _user, account in personas.values()]
    demo_file.write(path, accounts, widget.made(manager))


def read(name: str) -> dict[str, Any]:
    """One of the files of content/."""
    return tomllib.loads((CONTENT / f"{name}.toml").read_text(encoding="utf-8"))
