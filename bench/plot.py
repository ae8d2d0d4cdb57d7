"""A bar chart as SVG, written with nothing but text."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from statistics import median

from bench.job import Figures

WIDTH = 760
LEFT = 310
RIGHT = 110
ROW = 22
TOP = 56
COLOURS = ("#005eb8", "#007f3b", "#7c2855")
FONT = "font-family='Arial, sans-serif' font-size='13'"


@dataclass(frozen=True)
class Bar:
    """One bar: its median is drawn, and a thin line from the least to the most."""

    label: str
    seconds: Sequence[float]
    colour: str


def bars(all_figures: Sequence[Figures]) -> str:
    """Median seconds of a match run per cohort and objective."""
    return chart("Seconds per match run, every stage", list(_rows(all_figures)))


def chart(title: str, rows: Sequence[Bar], *, unit: str = "s") -> str:
    """A bar for each row, whose figures are in `unit`."""
    longest = max(second for row in rows for second in row.seconds)
    height = TOP + ROW * len(rows) + 20
    drawn = "".join(_bar(place, row, longest=longest, unit=unit) for place, row in enumerate(rows))
    return (
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {WIDTH} {height}' role='img' "
        "aria-labelledby='title'>\n"
        f"<title id='title'>{escape(title)}</title>\n"
        f"<rect width='{WIDTH}' height='{height}' fill='#ffffff'/>\n"
        f"<text x='16' y='28' {FONT} font-weight='bold' fill='#212b32'>"
        f"{escape(title)} (median; line: fastest to slowest)</text>\n"
        f"{drawn}</svg>\n"
    )


def _rows(all_figures: Sequence[Figures]) -> Iterator[Bar]:
    for place, figures in enumerate(all_figures):
        for objective, matched in figures.matched.items():
            colour = COLOURS[place % len(COLOURS)]
            yield Bar(f"{figures.name}, {objective}", [one.wall for one in matched.taken], colour)


def _bar(place: int, row: Bar, *, longest: float, unit: str) -> str:
    scale = (WIDTH - LEFT - RIGHT) / longest
    y, middle = TOP + ROW * place, TOP + ROW * place + 8
    least, most = min(row.seconds), max(row.seconds)
    after, words = LEFT + most * scale + 8, f"{median(row.seconds):.2f} {unit}"
    return (
        f"<text x='{LEFT - 8}' y='{y + 13}' text-anchor='end' {FONT} fill='#212b32'>"
        f"{escape(row.label)}</text>\n"
        f"<rect x='{LEFT}' y='{y + 2}' width='{median(row.seconds) * scale:.1f}' height='13' "
        f"fill='{row.colour}'/>\n"
        f"<line x1='{LEFT + least * scale:.1f}' x2='{LEFT + most * scale:.1f}' y1='{middle}' y2='{middle}' "
        "stroke='#212b32' stroke-width='1.5'/>\n"
        f"<text x='{after:.1f}' y='{y + 13}' {FONT} fill='#212b32'>{words}</text>\n"
    )
