"""A file of rows as other programs write it: which letters, which separator, where the table is.

Read from a stream, row by row; `Shape` is what a first look finds out, so that nothing is guessed
twice. A `.pb` file (Pabulib) has three tables, of which PROJECTS is read.
"""

import codecs
import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import BinaryIO

from django.utils.translation import gettext_lazy as _

from cocreate.lib.errors import DomainError

SEPARATORS = ",;\t|"
SAMPLE_ROWS = 100
LOOK_AT_ONCE = 2**16
MOST_COLUMNS = 200
LONGEST_CELL = csv.field_size_limit()
# How the files begin that are no text, and what made them.
BOMS = {
    codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16",
}  # fmt: skip
SPREADSHEETS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
# Text has none of these, or the odd one that somebody pasted; of a picture they are a tenth.
CONTROL_SIGN = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
MOST_CONTROL_SIGNS = 1 / 100
PABULIB, PABULIB_TABLE, PABULIB_END = "META", "PROJECTS", "VOTES"


class NoTable(DomainError):
    code, status = "no_table", 400
    message = _("This file is no table that we can read.")


class Spreadsheet(NoTable):
    message = _("This is a spreadsheet. Save it as CSV and send that, please.")


class EmptyTable(NoTable):
    message = _("This file has no rows: the first line names the columns, the others are read.")


class TooManyColumns(NoTable):
    message = _("This file has more columns than we read. Is its separator a usual one?")


@dataclass(frozen=True)
class Shape:
    """`skips`: lines before the one that names the columns; `ends`: the line that ends the table,
    empty for the end of the file.
    """

    encoding: str
    separator: str
    columns: tuple[str, ...]
    skips: int = 0
    ends: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """`line`: on which it begins, in the file. `cells` is None where the text could not be read."""

    line: int
    cells: list[str] | None


def shape_of(file: BinaryIO) -> Shape:
    """Reads the file once, from its beginning. Raises NoTable."""
    encoding = _encoding_of(file)
    _check_is_text(file, encoding)
    skips, ends = _section_of(file, encoding)
    separator = _separator_of(_sample(file, encoding, skips, ends))
    shape = Shape(encoding, separator, (), skips, ends)
    head = next((row.cells for row in _records(file, shape) if row.cells), None)
    if head is None or not any(name.strip() for name in head):
        raise EmptyTable
    if len(head) > MOST_COLUMNS:
        raise TooManyColumns
    return Shape(encoding, separator, tuple(_named(head)), skips, ends)


def rows(file: BinaryIO, shape: Shape) -> Iterator[Row]:
    """All rows below the one that names the columns; empty lines are none."""
    found = _records(file, shape)
    next(found, None)
    return found


def _records(file: BinaryIO, shape: Shape) -> Iterator[Row]:
    lines = _lines(file, shape)
    reader = csv.reader(lines, delimiter=shape.separator)
    begins = shape.skips + 1
    while True:
        try:
            cells: list[str] | None = next(reader)
        except StopIteration:
            return
        except csv.Error:  # a quotation mark opens, and what follows is longer than any cell
            cells = None
        if cells is None or any(cell.strip() for cell in cells):
            yield Row(begins, cells)
        begins = shape.skips + reader.line_num + 1


def _lines(file: BinaryIO, shape: Shape) -> Iterator[str]:
    for line in islice(_text(file, shape.encoding), shape.skips, None):
        if shape.ends and line.strip() == shape.ends:
            return
        yield line.replace("\0", "")


def _text(file: BinaryIO, encoding: str) -> Iterator[str]:
    """Its lines with their ends. The file stays open for another look."""
    file.seek(0)
    text = io.TextIOWrapper(file, encoding=encoding, errors="replace", newline="")
    try:
        for line in text:  # noqa: UP028 - `yield from` would close the file with us
            yield line
    finally:
        text.detach()


def _encoding_of(file: BinaryIO) -> str:
    """UTF-8 where all of it is; else what Western spreadsheets write: any byte is a sign there."""
    file.seek(0)
    start = file.read(4)
    if start.startswith(SPREADSHEETS):
        raise Spreadsheet
    for bom, encoding in BOMS.items():
        if start.startswith(bom):
            return encoding
    decoder = codecs.getincrementaldecoder("utf-8")()
    file.seek(0)
    try:
        while piece := file.read(LOOK_AT_ONCE):
            decoder.decode(piece)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def _check_is_text(file: BinaryIO, encoding: str) -> None:
    """As far as its beginning shows. Raises NoTable."""
    file.seek(0)
    head = file.read(LOOK_AT_ONCE).decode(encoding, errors="replace")
    if len(CONTROL_SIGN.findall(head)) > len(head) * MOST_CONTROL_SIGNS:
        raise NoTable


def _section_of(file: BinaryIO, encoding: str) -> tuple[int, str]:
    first = True
    for number, line in enumerate(_text(file, encoding), start=1):
        if first and line.strip():
            first = False
            if line.strip() != PABULIB:
                return 0, ""
        if not first and line.strip() == PABULIB_TABLE:
            return number, PABULIB_END
    raise EmptyTable


def _sample(file: BinaryIO, encoding: str, skips: int, ends: str) -> list[str]:
    shape = Shape(encoding, ",", (), skips, ends)
    return list(islice(_lines(file, shape), SAMPLE_ROWS * 10))


def _separator_of(lines: list[str]) -> str:
    """The one that cuts most rows into as many cells as the first, and that into several."""
    return max(SEPARATORS, key=lambda separator: _fit_of(lines, separator))


def _fit_of(lines: list[str], separator: str) -> tuple[float, int]:
    found = csv.reader(lines, delimiter=separator)
    try:
        sample = [len(cells) for cells in islice(found, SAMPLE_ROWS) if cells]
    except csv.Error:
        sample = []
    if not sample or sample[0] < 2:
        return 0.0, 0
    return sum(length == sample[0] for length in sample) / len(sample), sample[0]


def _named(head: list[str]) -> Iterator[str]:
    """Every column has a name, and one of its own."""
    seen: set[str] = set()
    for place, cell in enumerate(head, start=1):
        name = wanted = " ".join(cell.replace("\ufeff", "").split())[:100] or f"#{place}"
        number = 2
        while name in seen:
            name, number = f"{wanted} ({number})", number + 1
        seen.add(name)
        yield name
