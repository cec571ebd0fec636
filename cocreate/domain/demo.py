"""What an empty install shows: two brands, their questions, and people who vote (demo.toml)."""

import os
import secrets
import tomllib
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.db import connection, transaction
from django.utils import timezone
from django.utils.text import slugify

from accounts.domain.participants import of_user
from accounts.models import Brand, Mailbox, User
from cocreate.domain import demo_talk
from cocreate.domain.brands import create_brand
from cocreate.domain.people import create_account
from cocreate.lib.mailboxes import mailbox_key
from ideas.domain import alerts, challenges, follows, ideas, orders, ranking, tally
from ideas.enums import Answer, Source
from ideas.importers.replay import PastVote, replay
from ideas.models import Challenge, CoAuthor, Idea, Rules
from ideas.models.challenge import PERMANENT_SLUG

CONTENT = Path(__file__).with_name("demo.toml")
ACCOUNTS_FILE = "demo-accounts.txt"
DOMAIN = "example.org"  # reserved: a mail to it reaches nobody
PASSWORD_BYTES = 12
SEED = 2009  # the same demo everywhere
OLDER_THAN_ALL = timedelta(days=60)
NEWS = 2  # ideas of each brand that its team will hear of as the site comes up

PARTICIPANTS = "SELECT participant_of_user(%s, id) FROM unnest(%s::bigint[]) AS id"

Table = dict[str, Any]


@dataclass(frozen=True)
class Persona:
    """Somebody to sign in as."""

    user: User
    password: str
    does: str


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
    content = tomllib.loads(CONTENT.read_text(encoding="utf-8"))
    accounts = folder / ACCOUNTS_FILE
    with transaction.atomic():
        personas = {table["key"]: _create_persona(table) for table in content["personas"]}
        people = _create_people(content["people"])
        manager, voters = personas["manager"].user, [*people.values(), personas["member"].user]
        chance, votes = Random(SEED), 0  # noqa: S311 - chance for a show
        for table in content["brands"]:
            votes += _load_brand(table, manager, people, voters, chance)
        _write_accounts(accounts, [*personas.values()])
    tally.fold_until_settled()
    for brand in Brand.objects.all():
        orders.rebuild_all_of(brand.pk)
        ranking.adopt_top(brand=brand, but=NEWS)
        alerts.adopt(brand=brand)
    return Loaded(
        Brand.objects.count(), Idea.objects.count(), User.objects.count(), votes, accounts
    )


def _create_persona(table: Table) -> Persona:
    """With a password made now: there is none that others know."""
    password = secrets.token_urlsafe(PASSWORD_BYTES)
    user = create_account(
        email=f"{table['key']}@{DOMAIN}", handle=table["key"], name=table["name"],
        password=password, staff=table.get("staff", False),
    )  # fmt: skip
    return Persona(user, password, table["does"])


def _create_people(names: list[str]) -> dict[str, User]:
    """Accounts by name. Nobody can sign in as one of them."""
    locked = make_password(None)
    users = [
        User(
            email=f"{slugify(name)}@{DOMAIN}",
            handle=slugify(name)[:30],
            display_name=name,
            password=locked,
        )
        for name in names
    ]
    User.objects.bulk_create(users)
    User.objects.update(date_joined=timezone.now() - OLDER_THAN_ALL)
    EmailAddress.objects.bulk_create(
        EmailAddress(user=user, email=user.email, primary=True, verified=True) for user in users
    )
    Mailbox.objects.bulk_create(Mailbox(key=mailbox_key(user.email), user=user) for user in users)
    return {user.display_name: user for user in users}


def _load_brand(
    table: Table, manager: User, people: dict[str, User], voters: list[User], chance: Random
) -> int:
    """The brand with its challenges, ideas and votes. Returns the number of votes."""
    brand = create_brand(
        slug=table["slug"], name=table["name"], owner=manager, tagline=table["tagline"],
        language=table["language"], hue=table["hue"],
    )  # fmt: skip
    Brand.objects.filter(pk=brand.pk).update(created_at=_ago(OLDER_THAN_ALL.days))
    crowd = _crowd(brand, voters)
    places = [(_create_challenge(brand, one, manager), one["ideas"]) for one in table["challenges"]]
    places.append((Challenge.objects.get(brand=brand, slug=PERMANENT_SLUG), table["open"]))
    votes = 0
    for challenge, found in places:
        posted = [(_create_idea(challenge, idea, people), idea) for idea in found]
        ballots = [vote for idea, one in posted for vote in _ballots(idea, one, crowd, chance)]
        ballots.sort(key=lambda vote: vote.at)
        votes += replay(ballots, source=Source.SELF, actor="self").outcomes["new"]
        for idea, one in posted:
            demo_talk.tell(idea, one, manager, people)
    return votes


def _crowd(brand: Brand, voters: list[User]) -> list[int]:
    """Everybody's participant, as a first vote would create it."""
    with connection.cursor() as cursor:
        cursor.execute(PARTICIPANTS, [brand.pk, [user.pk for user in voters]])
        return [participant for (participant,) in cursor.fetchall()]


def _create_challenge(brand: Brand, table: Table, manager: User) -> Challenge:
    phases = [
        {
            "title": phase["title"], "verbs": phase["verbs"],
            "opens_at": _on_the_hour(phase["opens"]),
            "closes_at": _on_the_hour(phase["closes"]),
            "hides_counts": phase.get("hides_counts", False),
        }
        for phase in table["phases"]
    ]  # fmt: skip
    is_draft = table.get("draft", False)
    challenge = challenges.create_challenge(
        brand=brand, slug=table["slug"], title=table["title"], body=table["body"].strip(),
        actor=manager, phases=phases, published=not is_draft, **_rules(table),
    )  # fmt: skip
    asked = _ago(table["days"])
    Rules.objects.filter(challenge=challenge).update(created_at=asked)
    Challenge.objects.filter(pk=challenge.pk).update(
        created_at=asked, published_at=None if is_draft else asked
    )
    for change in table.get("changes", []):
        version = challenges.change_rules(
            challenge=challenge, actor=manager, reason=change["reason"].strip(), **_rules(change)
        )
        Rules.objects.filter(pk=version.pk).update(created_at=_ago(change["days"]))
    return challenge


def _rules(table: Table) -> Table:
    rules: Table = {name: table[name] for name in ("mode", "max_points", "budget") if name in table}
    if "licence" in table:
        rules["licence"] = table["licence"].strip()
    if "half_life_days" in table:
        rules["half_life"] = timedelta(days=table["half_life_days"])
    return rules


def _create_idea(challenge: Challenge, table: Table, people: dict[str, User]) -> Idea:
    """Dated, whatever the round allows now."""
    idea = ideas.import_idea(
        challenge=challenge,
        author=of_user(brand=challenge.brand, user=people[table["author"]]),
        external_id=f"demo:{slugify(table['title'])}"[:200],
        title=table["title"],
        body=table.get("body", "").strip(),
        at=_ago(table["days"]),
        hidden=False,
    )
    idea.tags = table.get("tags", [])
    idea.language = table.get("language", challenge.language)
    idea.save(update_fields=["tags", "language"])
    for name in table.get("with", []):
        _sign_too(idea, people[name])
    return idea


def _sign_too(idea: Idea, user: User) -> None:
    """As if they had been invited by handle and had accepted on the day of the idea."""
    participant = of_user(brand=idea.brand, user=user)
    CoAuthor.objects.create(
        idea=idea, participant=participant, invited_by=idea.author, answer=Answer.ACCEPTED,
        at=idea.created_at, answered_at=idea.created_at,
    )  # fmt: skip
    follows.begin(idea=idea, participant=participant)


def _ballots(idea: Idea, table: Table, crowd: list[int], chance: Random) -> list[PastVote]:
    """Different people, each at a moment of the idea's life: early on, or lately where it rises."""
    values = [1] * table["for"] + [-1] * table.get("against", 0)
    voters = chance.sample(crowd, len(values))
    now = timezone.now()
    lately, votes = table.get("rising", False), []
    for place, (voter, value) in enumerate(zip(voters, values, strict=True)):
        part = chance.random() ** 2
        age = (now - idea.created_at) * (part if lately else 1 - part)
        votes.append(PastVote(place, idea.code, voter, value, now - age))
    return votes


def _write_accounts(path: Path, personas: list[Persona]) -> None:
    """For the operator's eyes: the file is readable by its owner alone from its first byte."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    lines = [f"{p.user.email:<24}{p.password:<20}{p.does}\n" for p in personas]
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write("Accounts of the demo: address, password, what to do there.\n\n")
        file.writelines(lines)


def _ago(days: float) -> datetime:
    return timezone.now() - timedelta(days=days)


def _on_the_hour(days: float) -> datetime:
    return _ago(days).replace(minute=0, second=0, microsecond=0)
