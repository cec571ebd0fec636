"""What is said about rows. Kept by code, so that everybody reads it in their own language."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _

from ideas.importers.columns import COLUMNS

MOST_REMARKS = 200  # of a batch: as many as a page can show
LONGEST_DETAIL = 80

# Rows that are not taken.
SKIPPED = {
    "cells_few": _("the row ends before this column; is a quotation mark open?"),
    "cells_many": _("the row has more cells than the first line names; is a separator unquoted?"),
    "quote_open": _("a quotation mark opens here, and the text behind it does not end"),
    "no_title": _("there is no title"),
    "no_date": _("“{detail}” is no date of this form"),
    "early_date": _("{detail} is too long ago"),
    "future_date": _("{detail} lies in the future"),
    "no_count": _("“{detail}” is no number of votes"),
    "long_id": _("“{detail}” is longer than the number of an idea may be"),
    "twice": _("the same idea stands on line {detail}"),
    "other_title": _("the idea with this number has another title here: “{detail}”"),
    "refused": _("the database refuses it: {detail}"),
}
# Rows that are taken all the same.
NOTED = {
    "title_cut": _("the title is longer than {detail} signs: all of it begins the text"),
    "body_cut": _("the text is longer than {detail} signs, and is cut there"),
    "tags_cut": _("only the first {detail} tags are kept, of 40 signs each"),
    "number_twice": _("line {detail} has the same number, and is left out"),
    "no_status": _("“{detail}” is no status of yours: it begins as all ideas do"),
    "no_language": _("“{detail}” is no code of a language such as “en”"),
    "no_email": _("“{detail}” is no e-mail address"),
    "no_against": _("people vote only for ideas here: {detail} votes against are left out"),
}


class Remark(NamedTuple):
    """`column` is one of ours, empty for the row; `detail` goes into the sentence."""

    line: int
    column: str
    code: str
    detail: str = ""

    @property
    def is_skip(self) -> bool:
        return self.code in SKIPPED

    @property
    def sentence(self) -> str:
        said = SKIPPED.get(self.code) or NOTED.get(self.code) or self.code
        return str(said).format(detail=self.detail)

    @property
    def label(self) -> str:
        """What its column is called, for people."""
        return str(COLUMNS[self.column].label) if self.column in COLUMNS else ""


def remark(line: int, column: str, code: str, detail: object = "") -> Remark:
    text = str(detail)
    short = text if len(text) <= LONGEST_DETAIL else text[:LONGEST_DETAIL] + "…"
    return Remark(line, column, code, short)


@dataclass(frozen=True)
class Left:
    """A row that is left out, and all that is wrong with it."""

    line: int
    remarks: list[Remark]


@dataclass
class Report:
    """What became of the rows. `counts`: rows, new (hidden of them as hidden ideas), known,
    changed, skipped, noted (remarks beside the first of each row that is skipped), and the votes
    that came (or left), votes_unseen of them on hidden ideas, which no page counts.
    """

    counts: dict[str, int] = field(default_factory=dict)
    remarks: list[Remark] = field(default_factory=list)

    def add(self, name: str, number: int = 1) -> None:
        self.counts[name] = self.counts.get(name, 0) + number

    def note(self, remarks: Iterable[Remark]) -> None:
        """The first are kept; all are counted. Of a row all at once."""
        said = list(remarks)
        skipped = len({each.line for each in said if each.is_skip})
        for name, number in (("skipped", skipped), ("noted", len(said) - skipped)):
            if number:
                self.add(name, number)
        self.remarks += said[: max(MOST_REMARKS - len(self.remarks), 0)]

    def leave_out(self, rows: Iterable[Left]) -> None:
        self.note(each for row in rows for each in row.remarks)

    def as_json(self) -> dict[str, Any]:
        """As the columns of a batch."""
        return {"counts": self.counts, "report": [list(each) for each in self.remarks]}
