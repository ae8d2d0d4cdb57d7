"""Two charts of the matching as SVG, written with nothing but text."""

from collections.abc import Iterable, Iterator
from html import escape
from math import log10

from bench.matching.measure import Results, wall
from bench.matching.plan import RANKS
from bench.plot import COLOURS, FONT, WIDTH, Bar, chart

SHORT = {
    "ours": "placement, all stages",
    "core": "placement, flow alone",
    "highs": "HiGHS, stage by stage",
    "cpsat": "CP-SAT, stage by stage",
    "flow": "OR-tools min-cost flow",
    "sparse": "scipy sparse matching",
    "dense": "scipy dense assignment",
}
COLOUR = {
    "ours": COLOURS[0],
    "core": "#41b6e6",
    "highs": COLOURS[1],
    "cpsat": COLOURS[2],
    "flow": "#d5281b",
    "sparse": "#ed8b00",
    "dense": "#768692",
}
SIZES = {"bare": 100, "1000": 1_000, "10000": 10_000, "100000": 100_000}
HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 420, 70, 200, 60, 50


def cohort_bars(results: Results) -> str:
    """Seconds to match a cohort of real shape, ours and those who know all rules."""
    bars = [
        Bar(f"{objective}: {SHORT[method]}", [one.solve for one in solved], COLOUR[method])
        for objective in RANKS
        for method in ("ours", "highs", "cpsat")
        if (solved := results.solved("cohort", method, objective))
    ]
    return chart("Seconds to match 100 leaders and 40 slots, every stage", bars)


def size_lines(results: Results) -> str:
    """Seconds to the least sum of ranks by size, both on a scale of powers of ten."""
    lines = {method: list(_points(results, method)) for method in SHORT}
    drawn = {method: points for method, points in lines.items() if points}
    seconds = [second for points in drawn.values() for _, second in points]
    low, high = log10(min(seconds)), log10(max(seconds))
    frame = _Frame(int(low // 1), int(-(-high // 1)))
    title = "Seconds to the least sum of ranks, without minimum numbers, by number of leaders"
    return (
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {WIDTH} {HEIGHT}' role='img' "
        f"aria-labelledby='title'>\n<title id='title'>{title}</title>\n"
        f"<rect width='{WIDTH}' height='{HEIGHT}' fill='#ffffff'/>\n"
        f"<text x='16' y='28' {FONT} font-weight='bold' fill='#212b32'>{title}</text>\n"
        f"{''.join(frame.grid())}{''.join(_drawn(frame, drawn))}</svg>\n"
    )


def _points(results: Results, method: str) -> Iterator[tuple[int, float]]:
    for group, leaders in SIZES.items():
        if solved := results.solved(group, method, "total-rank"):
            yield leaders, wall(solved)


def _drawn(frame: "_Frame", lines: dict[str, list[tuple[int, float]]]) -> Iterator[str]:
    """Each method's line, marks and name; names are kept apart, in the order of where their lines end."""
    ends = sorted(lines, key=lambda method: frame.y(lines[method][-1][1]))
    last = float(TOP) - 20
    for method in ends:
        places = [(frame.x(leaders), frame.y(seconds)) for leaders, seconds in lines[method]]
        colour = COLOUR[method]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        yield f"<polyline points='{path}' fill='none' stroke='{colour}' stroke-width='2'/>\n"
        yield from (f"<circle cx='{x:.1f}' cy='{y:.1f}' r='4' fill='{colour}'/>\n" for x, y in places)
        last = max(last + 18, places[-1][1] + 4)
        name = escape(SHORT[method])
        yield f"<text x='{WIDTH - RIGHT + 14}' y='{last:.1f}' {FONT} fill='{colour}'>{name}</text>\n"


class _Frame:
    """Where numbers are on the page; the scale of seconds goes from one power of ten to another."""

    def __init__(self, low: int, high: int) -> None:
        self.low, self.high = low, max(high, low + 1)

    def x(self, leaders: int) -> float:
        return LEFT + (log10(leaders) - 2) / 3 * (WIDTH - LEFT - RIGHT)

    def y(self, seconds: float) -> float:
        return (
            HEIGHT - BOTTOM - (log10(seconds) - self.low) / (self.high - self.low) * (HEIGHT - TOP - BOTTOM)
        )

    def grid(self) -> Iterable[str]:
        """Lines and words at the powers of ten."""
        for power in range(self.low, self.high + 1):
            y, word = self.y(10.0**power), _seconds_word(power)
            yield f"<line x1='{LEFT}' x2='{WIDTH - RIGHT}' y1='{y:.1f}' y2='{y:.1f}' stroke='#d8dde0'/>\n"
            yield (
                f"<text x='{LEFT - 8}' y='{y + 4:.1f}' text-anchor='end' {FONT} fill='#212b32'>"
                f"{word}</text>\n"
            )
        for leaders in SIZES.values():
            x = self.x(leaders)
            yield (
                f"<text x='{x:.1f}' y='{HEIGHT - BOTTOM + 22}' text-anchor='middle' {FONT} fill='#212b32'>"
                f"{leaders:,}</text>\n"
            )


def _seconds_word(power: int) -> str:
    return f"{10**power} s" if power >= 0 else f"{10.0 ** (power + 3):g} ms"
