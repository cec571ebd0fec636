"""A brand of the demo with all that happened there, from its file in content/."""

from datetime import datetime
from itertools import chain
from random import Random
from typing import Any

from django.utils import timezone

from accounts.domain import teams
from accounts.enums import Role
from accounts.models import Activity, Brand, Participant, User
from cocreate.domain.brands import create_brand
from cocreate.domain.demo import arrivals, people, posts, questions, showings, talk
from cocreate.domain.demo.arrivals import Ballot, Offer, Room, Site
from cocreate.domain.demo.clock import ago
from cocreate.domain.demo.pictures import Shelf
from ideas.domain import saved_views
from ideas.domain.challenges import rules_of
from ideas.enums import Mode, Source
from ideas.importers.replay import PastVote, replay
from ideas.models import Challenge, Idea
from ideas.models.challenge import PERMANENT_SLUG

SEED = 2009  # the same crowd everywhere
APPEAL, AGAINST = 0.22, 0.07  # of an idea of which the content says nothing else

Table = dict[str, Any]


class Story:
    """One brand while it is written."""

    def __init__(self, table: Table, manager: User, crowd: dict[str, User], shelf: Shelf) -> None:
        self.table, self.manager, self.crowd, self.shelf = table, manager, crowd, shelf
        self.brand = create_brand(
            slug=table["slug"], name=table["name"], owner=manager, tagline=table["tagline"],
            language=table["language"], hue=table["hue"],
        )  # fmt: skip
        self.known = self._named()
        self.places: list[tuple[Challenge, Table]] = []
        self.ideas: list[tuple[Idea, Table]] = []

    def tell(self) -> None:
        """All of it."""
        Brand.objects.filter(pk=self.brand.pk).update(created_at=ago(self.table["days"]))
        self.shelf.set_logo(self.brand, self.table["logo"])
        rooms = [self._ask(table) for table in self._questions()]
        self._vote(self._ballots([room for room in rooms if room.offers]))
        asked = [challenge for challenge, _table in self.places]
        showings.keep([*zip(asked, rooms, strict=True)], [idea for idea, _table in self.ideas])
        said = (talk.tell(*one, self.manager, self.known) for one in self.ideas)
        talk.date([*chain.from_iterable(said)])
        for challenge, table in self.places:
            if not challenge.is_permanent:
                questions.conclude(challenge, table, self.manager)
        for name in self.table.get("team", []):
            teams.add_member(
                brand=self.brand, user=self.crowd[name], role=Role.MANAGER, actor=self.manager
            )
        for name, query in self.table["views"]:
            saved_views.keep(
                brand=self.brand, user=self.manager, name=name, query=query, for_team=True
            )
        self._date()

    def _named(self) -> dict[str, Participant]:
        """Everybody who says something."""
        ideas = [idea for table in self._questions() for idea in table["ideas"]]
        names = {name for idea in ideas for name in (idea["author"], *idea.get("with", []))}
        names |= {who for idea in ideas for who, *_rest in idea.get("talk", [])}
        users = {name: self.crowd[name] for name in names}
        found = people.participants(self.brand, users.values())
        return {name: found[user.pk] for name, user in users.items()}

    def _questions(self) -> list[Table]:
        return [*self.table["challenges"], {"slug": PERMANENT_SLUG, **self.table["open"]}]

    def _ask(self, table: Table) -> Room:
        span: tuple[datetime, datetime | None]
        if table["slug"] == PERMANENT_SLUG:
            challenge = Challenge.objects.get(brand=self.brand, slug=PERMANENT_SLUG)
            span = ago(self.table["days"]), None
        else:
            challenge = questions.ask(self.brand, table, self.manager)
            span = questions.voting_span(table)
        if "cover" in table:
            self.shelf.set_cover(challenge, table["cover"])
        self.places.append((challenge, table))
        found = [self._post(challenge, idea) for idea in table["ideas"]]
        return _room(challenge, span, found, table.get("weight", 1.0))

    def _post(self, challenge: Challenge, table: Table) -> Offer:
        idea = posts.post(challenge, table, self.known, self.shelf)
        self.ideas.append((idea, table))
        ends = talk.voting_ends(idea.created_at, table)
        appeal, against = table.get("appeal", APPEAL), table.get("against", AGAINST)
        return Offer(idea.code, idea.created_at, ends, appeal, against)

    def _ballots(self, rooms: list[Room]) -> list[Ballot]:
        chance = Random(f"{SEED}:{self.brand.slug}")  # noqa: S311 - chance for a show
        site = Site(
            rooms=rooms,
            people=_who_knows_it([*self.crowd.values()], self.table["crowd"], chance),
            begins=ago(self.table["days"]),
            visits=self.table["visits"],
            mails=[ago(days) for days in self.table["mails"]],
            chance=chance,
            onlookers=Random(f"{SEED}:{self.brand.slug}:onlookers"),  # noqa: S311 - the same
        )
        return arrivals.simulated(site, now=timezone.now())

    def _vote(self, ballots: list[Ballot]) -> None:
        voters = {ballot.person for ballot in ballots}
        users = [user for user in self.crowd.values() if user.pk in voters]
        found = people.participants(self.brand, users)
        votes = [
            PastVote(place, ballot.code, found[ballot.person].pk, ballot.value, ballot.at)
            for place, ballot in enumerate(ballots)
        ]
        replay(votes, source=Source.SELF, actor="self")

    def _date(self) -> None:
        """What the verbs wrote as of now has happened long ago, and everybody has heard of it."""
        rows = Activity.objects.filter(brand=self.brand)
        rows.filter(dispatched_at=None).update(dispatched_at=timezone.now())
        begun = ("brand.created", "member.added")
        rows.filter(kind__in=begun).update(at=ago(self.table["days"]))


def _room(
    challenge: Challenge, span: tuple[datetime, datetime | None], offers: list[Offer], weight: float
) -> Room:
    rules = rules_of(challenge)
    return Room(
        offers=offers, opens=span[0], closes=span[1], budget=rules.budget, weight=weight,
        largest=rules.max_points if rules.mode == Mode.POINTS else 1,
        is_signed=rules.mode == Mode.UP_DOWN,
    )  # fmt: skip


def _who_knows_it(users: list[User], shares: dict[str, float], chance: Random) -> list[int]:
    """Of those who speak each language that share."""
    return [user.pk for user in users if chance.random() < shares.get(user.language, 0)]
