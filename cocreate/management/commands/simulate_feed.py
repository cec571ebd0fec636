import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import astuple
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from cocreate.bench.feed import (
    COUNTED_BIAS,
    FEWEST_IDEAS,
    FEWEST_VOTES,
    ORDERS,
    Outcome,
    Run,
    mean_and_error,
)
from cocreate.lib.errors import Invalid
from cocreate.management import base, table
from ideas.importers.polis_files import Conversation, read

SEEDS, MOST_SEEDS = 3, 100
HEAD = ("order", "own tenth", "best's tenth", "appeal shown", "< 10 looks", "Gini", "± tenth")


class Command(base.Command):
    help = (
        "Which order finds the good ideas: visitors who look at lists and vote as people really "
        "did, on conversations exported from Polis (folders with comments.csv and votes.csv)."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        add = parser.add_argument
        add("folders", nargs="*", type=Path, help="those of COCREATE_DATA/polis if none is given")
        add("--seeds", type=base.natural, default=SEEDS, help=f"{SEEDS} if not given")
        add("--deep", action="store_true", help="visitors open more pages than the first")
        add("--bias", type=float, default=COUNTED_BIAS, help="of the visitors' attention")

    def handle(
        self, *, folders: list[Path], seeds: int, bias: float, deep: bool, **options: Any
    ) -> None:
        if not (1 <= seeds <= MOST_SEEDS and 0 < bias <= 3):
            raise base.WrongArguments(f"1 to {MOST_SEEDS} seeds, a bias up to 3")
        conversations = dict(usable(folders or known_folders()))
        if not conversations:
            raise base.WrongArguments(f"no conversation has {FEWEST_IDEAS} ideas with enough votes")
        self.say(
            f"{len(conversations)} conversations × {seeds} seeds × counts seen or not,"
            f" attention r^-{bias:g}, {'all pages' if deep else 'the first page'}:"
            f" {', '.join(conversations)}"
        )
        rows = []
        for name, key in ORDERS.items():
            runs = [
                Run(key, appeals, visible, seed, bias, deep)
                for appeals in conversations.values()
                for seed in range(seeds)
                for visible in (True, False)
            ]
            rows.append((name, *figures([run.outcome() for run in runs])))
        for line in table.lines(HEAD, rows, right=range(1, len(HEAD))):
            self.say(line)


def known_folders() -> list[Path]:
    data = os.environ.get("COCREATE_DATA")
    return sorted(Path(data, "polis").glob("*/")) if data else []


def usable(folders: list[Path]) -> Iterator[tuple[str, list[float]]]:
    """Name and approval rates of each conversation that has enough ideas with enough votes."""
    for folder in folders:
        try:
            conversation = read(folder)
        except Invalid as error:
            raise base.WrongArguments(f"{folder}: {error.message}") from error
        rates = approval_rates(conversation)
        if len(rates) >= FEWEST_IDEAS:
            yield conversation.name, rates


def approval_rates(conversation: Conversation) -> list[float]:
    """Of each idea that enough people judged: the share of those who agreed. A later vote of a
    person replaces the earlier one; a pass is no vote.
    """
    last = {(ballot.comment, ballot.voter): ballot.value for ballot in conversation.ballots}
    ups, cast = Counter[str](), Counter[str]()
    for (comment, _voter), value in last.items():
        ups[comment] += value > 0
        cast[comment] += value != 0
    return [ups[idea] / cast[idea] for idea in sorted(cast) if cast[idea] >= FEWEST_VOTES]


def figures(outcomes: list[Outcome]) -> list[str]:
    columns = list(zip(*map(astuple, outcomes), strict=True))
    means = [f"{mean_and_error(column)[0]:.2f}" for column in columns]
    return [*means, f"{mean_and_error(columns[0])[1]:.2f}"]
