"""Querysets that every page asks, put into SQL once in a process and prepared once in a connection:
to do that anew each time costs several times the query.

Whoever writes one down puts stand-ins where values will be (`SOMEBODY`, `SOME_TEXT` …), so the rule
stays in one place, the queryset; a moment is the database's (`Now()`), never Python's. What it
selects is read as rows, or made into objects as the queryset would make them, with all that
`select_related` names. `prefetch_related` is not followed: see `at_hand`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, models
from django.db.models import QuerySet
from django.db.models.query import get_related_populators

from cocreate.lib import prepared

# Keys of nobody and of nothing, and what no column of text can hold.
SOMEBODY, SOMETHING, SOME_TEXT = -1, -2, "\0"

Row = Sequence[Any]
Meant = Mapping[Any, Any]


class Maker:
    """Makes objects out of rows, as django.db.models.query.ModelIterable does."""

    def __init__(self, compiler: Any) -> None:
        kind, columns = compiler.klass_info, compiler.select
        first, last = kind["select_fields"][0], kind["select_fields"][-1]
        self.model: type[models.Model] = kind["model"]
        self.own = slice(first, last + 1)
        self.names = [column[0].target.attname for column in columns[self.own]]
        self.related = get_related_populators(kind, columns, DEFAULT_DB_ALIAS)  # type: ignore[call-arg]
        self.annotated = list((compiler.annotation_col_map or {}).items())

    def made_of(self, row: Row) -> Any:
        made = self.model.from_db(DEFAULT_DB_ALIAS, self.names, row[self.own])
        for one in self.related:
            one.populate(row, made)
        for name, place in self.annotated:
            setattr(made, name, row[place])
        return made


@dataclass(frozen=True)
class Written:
    text: str
    values: tuple[Any, ...]
    maker: Maker | None = None  # None: it selects no objects
    converters: tuple[tuple[int, Any], ...] = ()  # of columns that Django reads in its own way


def write(rows: "QuerySet[Any, Any]") -> Written:
    compiler: Any = rows.query.get_compiler(DEFAULT_DB_ALIAS)
    text, values = compiler.as_sql()
    converters = compiler.get_converters([column[0] for column in compiler.select])
    maker = Maker(compiler) if compiler.klass_info else None
    return Written(text, tuple(values), maker, tuple(converters.items()))


def first(query: Written, meant: Meant) -> Row | None:
    """The first row. `meant`: what the stand-ins stand for."""
    found = prepared.one(query.text, _values(query, meant))
    return _read(query, found) if found else None


def rows(query: Written, meant: Meant) -> list[Row]:
    return [_read(query, row) for row in prepared.rows(query.text, _values(query, meant))]


def one(query: Written, meant: Meant) -> Any:
    """The first object, or None."""
    found = first(query, meant)
    return _maker(query).made_of(found) if found else None


def objects(query: Written, meant: Meant) -> list[Any]:
    return [_maker(query).made_of(row) for row in rows(query, meant)]


def at_hand(owner: models.Model, relation: str, found: Sequence[models.Model]) -> None:
    """What `owner.<relation>.all()` gives from now on, as if it had been prefetched."""
    held = getattr(owner, relation).get_queryset()
    held._result_cache, held._prefetch_done = list(found), True
    vars(owner).setdefault("_prefetched_objects_cache", {})[relation] = held


def _values(query: Written, meant: Meant) -> list[Any]:
    return [_as(value, meant) if value in meant else value for value in query.values]


def _as(stand_in: Any, meant: Meant) -> Any:
    """A number in the width of its column, so that it is one statement whatever it is."""
    value = meant[stand_in]
    return type(stand_in)(value) if isinstance(stand_in, int) and value is not None else value


def _read(query: Written, row: Row) -> Row:
    return list(_converted(query, row)) if query.converters else row


def _converted(query: Written, row: Row) -> Iterator[Any]:
    known = dict(query.converters)
    for place, value in enumerate(row):
        converters, expression = known.get(place, ((), None))
        for convert in converters:
            value = convert(value, expression, connection)
        yield value


def _maker(query: Written) -> Maker:
    assert query.maker is not None  # noqa: S101 - whoever asks for objects has written down objects
    return query.maker
