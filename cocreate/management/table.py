"""Rows in columns, for a terminal."""

from collections.abc import Sequence


def lines(
    head: Sequence[str], rows: Sequence[Sequence[object]], *, right: Sequence[int] = ()
) -> list[str]:
    """Head, rule and rows; the columns `right` are aligned there. No rows: nothing."""
    if not rows:
        return []
    cells = [[str(cell) for cell in row] for row in [head, *rows]]
    widths = [max(len(row[n]) for row in cells) for n in range(len(head))]
    shown = [_line(row, widths, right) for row in cells]
    return [shown[0], "  ".join("-" * width for width in widths), *shown[1:]]


def _line(row: Sequence[str], widths: Sequence[int], right: Sequence[int]) -> str:
    cells = zip(row, widths, strict=True)
    return "  ".join(
        cell.rjust(width) if n in right else cell.ljust(width)
        for n, (cell, width) in enumerate(cells)
    ).rstrip()
