"""The editor of statuses: rows of a form, and the steps that they mean."""

from collections.abc import Collection
from dataclasses import dataclass, field

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from cocreate.lib.errors import DomainError
from cocreate.lib.text import slug_of
from ideas.domain.statuses import FIRST, MOST_STATUSES, Graph, Step
from ideas.enums import Lock, Status, Tone
from ideas.models.status import STATUS_LENGTH, STATUS_SHAPE

NEW = "new"  # what the row of a status is called that has no key yet
LANGUAGES = [code for code, _name in settings.LANGUAGES]
LARGEST_PLACE = 999


@dataclass
class Row:
    """One status as the form shows it. `number` of ideas have it."""

    key: str
    names: dict[str, str] = field(default_factory=dict)
    tone: str = Tone.PLAIN
    place: int = 0
    next: list[str] = field(default_factory=list)
    locks: list[str] = field(default_factory=list)
    needs_reason: bool = False
    remove: bool = False
    problems: list[str] = field(default_factory=list)
    number: int = 0

    @property
    def is_new(self) -> bool:
        return self.key == NEW

    @property
    def is_empty(self) -> bool:
        """The row for a new status, in which nobody wrote a name."""
        return self.is_new and not any(name.strip() for name in self.names.values())

    @property
    def is_first(self) -> bool:
        return self.key == FIRST

    @property
    def label(self) -> str:
        return Step(self.key, labels=self.names).label if not self.is_new else str(_("A new one"))

    @property
    def ends(self) -> list[str]:
        return [str(label) for lock, label in Lock.choices if lock in self.locks]

    @property
    def fields(self) -> list[tuple[str, str, str]]:
        """A name for each language: its code, its own name, what is written."""
        return [(code, name, self.names.get(code, "")) for code, name in settings.LANGUAGES]

    @property
    def own_labels(self) -> dict[str, str]:
        """None where they are the product's own words: those follow the product."""
        given = {language: name for language, name in self.names.items() if name.strip()}
        return {} if self.key in Status.values and given == own_words(self.key) else given


class Editor:
    """`rows` in their order; the last is for a new status. `problems` concern the whole list."""

    def __init__(self, rows: list[Row]) -> None:
        self.rows, self.problems = rows, list[str]()

    @classmethod
    def of(cls, graph: Graph) -> "Editor":
        rows = [row_of(step, place) for place, step in enumerate(graph.steps.values(), 1)]
        return cls([*rows, Row(NEW, place=len(rows) + 1)])

    @classmethod
    def sent(cls, data: QueryDict) -> "Editor":
        keys = [key for key in dict.fromkeys(data.getlist("key")) if is_key(key)]
        rows = [sent_row(data, key) for key in keys[:MOST_STATUSES] if key != NEW]
        return cls([*rows, sent_row(data, NEW)])

    @property
    def steps(self) -> list[Step]:
        """What the rows mean: without those that go, the new one where it has a name."""
        kept = [
            row
            for row in self.rows
            if not row.remove and (not row.is_new or any(row.names.values()))
        ]
        keys = {row.key: row.key for row in kept}
        if NEW in keys:
            keys[NEW] = self.new_key
        return [
            Step(
                keys[row.key], row.tone, tuple(keys[one] for one in row.next if one in keys),
                frozenset(row.locks), row.needs_reason, row.own_labels,
            )
            for row in sorted(kept, key=lambda row: row.place)
        ]  # fmt: skip

    @property
    def new_key(self) -> str:
        """From its name; a name without Latin letters gives a number."""
        taken = {row.key for row in self.rows}
        name = next((slug_of(name) for name in self.rows[-1].names.values() if name), "")
        stem = name.replace("-", "_").lstrip("_0123456789")[: STATUS_LENGTH - 3].rstrip("_")
        stem = stem or "status"
        names = [stem, *(f"{stem}_{n}" for n in range(2, MOST_STATUSES + 3))]
        return next(name for name in names if name not in taken)

    def blame(self, error: DomainError) -> None:
        """Put each refusal beside the status it names, else above them all."""
        rows = {row.key: row for row in self.rows} | {self.new_key: self.rows[-1]}
        for key, problems in error.fields.items():
            sentences = [str(message) for _code, message in problems]
            (rows[key].problems if key in rows else self.problems).extend(sentences)
        if not error.fields:
            self.problems.append(str(error.message))

    def with_usage(self, usage: dict[str, int]) -> list[Row]:
        for row in self.rows:
            row.number = usage.get(row.key, 0)
        return self.rows


def row_of(step: Step, place: int) -> Row:
    names = own_words(step.key) | step.labels if not step.labels else dict(step.labels)
    return Row(
        step.key, names, step.tone, place, list(step.next), sorted(step.locks), step.needs_reason
    )


def own_words(key: str) -> dict[str, str]:
    """What the product calls a status, in each of its languages."""
    found = {}
    for language in LANGUAGES:
        with translation.override(language):
            found[language] = Step(key).label
    return found


def sent_row(data: QueryDict, key: str) -> Row:
    def chosen(name: str, known: Collection[str]) -> list[str]:
        return [one for one in data.getlist(f"{key}-{name}") if one in known]

    tone = data.get(f"{key}-tone", "")
    place = data.get(f"{key}-place", "")
    return Row(
        key,
        {
            language: data.get(f"{key}-name-{language}", "").replace("\0", "")
            for language in LANGUAGES
        },
        tone if tone in Tone.values else Tone.PLAIN,
        int(place) if place.isascii() and place.isdigit() and len(place) < 5 else LARGEST_PLACE,
        [one for one in chosen("next", data.getlist("key")) if one != key],
        chosen("locks", Lock.values),
        f"{key}-needs_reason" in data,
        f"{key}-remove" in data,
    )


def is_key(text: str) -> bool:
    try:
        STATUS_SHAPE(text)
    except ValidationError:
        return False
    return True
