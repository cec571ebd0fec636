"""How the cost grows, as an SVG without scripts that is readable on light and on dark pages."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import escape

WIDTH, HEAD, GAP, MARGIN = 720, 64, 28, 24
COLUMNS = 2
TOP, BAR_HEIGHT, BAR_STEP, LABEL = 34, 18, 26, 64
STYLE = """
    text { font: 13px system-ui, sans-serif; fill: #1c2430; }
    .title { font-size: 17px; font-weight: 600; }
    .panel { font-weight: 600; }
    .soft { fill: #56606e; }
    .bar { fill: #2f6f9f; }
    @media (prefers-color-scheme: dark) {
        text { fill: #e8ecf1; }
        .soft { fill: #a9b3c0; }
        .bar { fill: #6fb1e0; }
    }
"""

Figures = dict[str, dict[str, float]]  # by size, then by name


@dataclass(frozen=True)
class Panel:
    name: str
    title: str
    shown: Callable[[float], str]


PANELS = [
    Panel("votes", "Votes a second, 8 clients", lambda value: f"{value:,.0f}"),
    Panel("vote_ms", "CPU of a vote, all servers", lambda value: f"{value:.2f} ms"),
    Panel("list_p95", "List of the largest brand, p95", lambda value: f"{value:.1f} ms"),
    Panel("lag", "Oldest uncounted vote, p99", lambda value: f"{value:.2f} s"),
    Panel("disk", "Database on disk", lambda value: f"{value:,.0f} MB"),
    Panel("web", "Memory of a web worker", lambda value: f"{value:,.0f} MB"),
    Panel("tally", "Memory of the tally worker", lambda value: f"{value:,.0f} MB"),
]


def draw(figures: Figures) -> str:
    """A panel for each figure, a bar for each size."""
    high = TOP + BAR_STEP * len(figures)
    rows = (len(PANELS) + COLUMNS - 1) // COLUMNS
    height = HEAD + rows * (high + GAP)
    said = ", ".join(figures)
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img"'
            ' aria-labelledby="title about">',
            '<title id="title">How the cost grows</title>',
            f'<desc id="about">{escape(_in_words(figures))}</desc>',
            f"<style>{STYLE}</style>",
            f'<text class="title" x="{MARGIN}" y="30">How the cost grows</text>',
            f'<text class="soft" x="{MARGIN}" y="50">at {escape(said)} of 700,000 ideas and'
            " 8 million votes</text>",
            *(
                line
                for place, panel in enumerate(PANELS)
                for line in _panel(panel, figures, *_corner(place, high))
            ),
            "</svg>\n",
        ]
    )


def _corner(place: int, high: int) -> tuple[float, float]:
    row, column = divmod(place, COLUMNS)
    return MARGIN + column * WIDTH / COLUMNS, HEAD + row * (high + GAP)


def _panel(panel: Panel, figures: Figures, x: float, y: float) -> Iterator[str]:
    yield f'<text class="panel" x="{x:g}" y="{y + 20:g}">{escape(panel.title)}</text>'
    most = max(found[panel.name] for found in figures.values()) or 1
    widest = WIDTH / COLUMNS - MARGIN - LABEL - 90  # room for the figure behind it
    for place, (size, found) in enumerate(figures.items()):
        top, value = y + TOP + place * BAR_STEP, found[panel.name]
        wide = max(widest * value / most, 1)
        middle = top + BAR_HEIGHT - 5
        yield f'<text class="soft" x="{x:g}" y="{middle:g}">{escape(size)}</text>'
        yield (
            f'<rect class="bar" x="{x + LABEL:g}" y="{top:g}" width="{wide:.1f}"'
            f' height="{BAR_HEIGHT}" rx="3"/>'
        )
        at = x + LABEL + wide + 8
        yield f'<text x="{at:.1f}" y="{middle:g}">{escape(panel.shown(value))}</text>'


def _in_words(figures: Figures) -> str:
    """For whoever does not see it."""
    said = []
    for panel in PANELS:
        each = [f"{panel.shown(found[panel.name])} at {size}" for size, found in figures.items()]
        said.append(f"{panel.title}: {', '.join(each)}")
    return ". ".join(said)
