"""A bar chart as SVG, written with nothing but text."""

from collections.abc import Iterator, Sequence
from html import escape

from bench.job import Figures, wall
from bench.limits import Taken

WIDTH = 760
LEFT = 230
RIGHT = 110
ROW = 22
TOP = 56
COLOURS = ("#005eb8", "#007f3b", "#7c2855")
FONT = "font-family='Arial, sans-serif' font-size='13'"


def bars(all_figures: Sequence[Figures]) -> str:
    """Median seconds of a match run per cohort and objective; a thin line spans fastest to slowest."""
    rows = list(_rows(all_figures))
    longest = max(one.wall for _, taken, _ in rows for one in taken)
    height = TOP + ROW * len(rows) + 20
    drawn = "".join(_bar(place, *row, longest=longest) for place, row in enumerate(rows))
    return (
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {WIDTH} {height}' role='img' "
        "aria-labelledby='title'>\n"
        "<title id='title'>Seconds per match run, by cohort and objective</title>\n"
        f"<rect width='{WIDTH}' height='{height}' fill='#ffffff'/>\n"
        f"<text x='16' y='28' {FONT} font-weight='bold' fill='#212b32'>"
        "Seconds per match run, every stage (median; line: fastest to slowest)</text>\n"
        f"{drawn}</svg>\n"
    )


def _rows(all_figures: Sequence[Figures]) -> Iterator[tuple[str, list[Taken], str]]:
    for place, figures in enumerate(all_figures):
        for objective, matched in figures.matched.items():
            yield f"{figures.name}, {objective}", matched.taken, COLOURS[place % len(COLOURS)]


def _bar(place: int, label: str, taken: list[Taken], colour: str, *, longest: float) -> str:
    scale = (WIDTH - LEFT - RIGHT) / longest
    y, middle = TOP + ROW * place, TOP + ROW * place + 8
    least, most = min(one.wall for one in taken), max(one.wall for one in taken)
    after, words = LEFT + most * scale + 8, f"{wall(taken):.2f} s"
    return (
        f"<text x='{LEFT - 8}' y='{y + 13}' text-anchor='end' {FONT} fill='#212b32'>{escape(label)}</text>\n"
        f"<rect x='{LEFT}' y='{y + 2}' width='{wall(taken) * scale:.1f}' height='13' fill='{colour}'/>\n"
        f"<line x1='{LEFT + least * scale:.1f}' x2='{LEFT + most * scale:.1f}' y1='{middle}' y2='{middle}' "
        "stroke='#212b32' stroke-width='1.5'/>\n"
        f"<text x='{after:.1f}' y='{y + 13}' {FONT} fill='#212b32'>{words}</text>\n"
    )
