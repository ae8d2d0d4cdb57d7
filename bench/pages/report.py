"""Figures of pages as a part of docs/benchmarks.md, and what they must reach."""

from collections.abc import Sequence
from datetime import date

from bench.goals import Goal
from bench.pages.visits import Visit
from bench.plot import COLOURS, Bar, chart
from bench.report import goals_table, table

SLOWEST = 0.1  # seconds within which 95 of 100 visits are answered
FIRST_VIEW = 1.0  # seconds within which a page is answered whose cohort has changed
FIRST, NEXT = 60_000, 20_000  # octets on the wire, of a first page with all files and of any other
SHOWN = 25

INTRODUCTION = """\
Every page that a person of some role can open, in a cohort of {leaders:,} leaders with one run confirmed and
a later one waiting: {pages} pages, each opened up to {repeats} times in one process, signed in, through the
whole application, on SQLite. What a page works out once for each state of the cohort (`match_stamp`) is
worked out by the first view after a change, which has a column of its own; after that it is kept. Pages of
events, replies, tasks and notes are not among them, because this cohort has none.

Taken on {day}: {machine}. Load of the machine: {load}.

![Milliseconds per page]({plot})
"""


def judged(visits: Sequence[Visit], *, shared: int, crowded: bool) -> list[Goal]:
    """Every goal, and what was measured; what goes by the clock is not judged on a `crowded` machine."""
    quick = [one for one in visits if one.high <= SLOWEST]
    soon = [one for one in visits if one.first <= FIRST_VIEW]
    heaviest = max(one.octets for one in visits)
    return [
        Goal(
            f"pages answered within {SLOWEST * 1000:.0f} ms, 95 of 100 times",
            f"{len(visits)} of {len(visits)}",
            f"{len(quick)} of {len(visits)}",
            None if crowded else len(quick) == len(visits),
        ),
        Goal(
            f"pages answered within {FIRST_VIEW:.0f} s at the first view after a change of the cohort",
            f"{len(visits)} of {len(visits)}",
            f"{len(soon)} of {len(visits)}",
            None if crowded else len(soon) == len(visits),
        ),
        Goal(
            "heaviest page at a first visit, with all files",
            f"≤ {FIRST:,} octets",
            f"{heaviest + shared:,} octets",
            heaviest + shared <= FIRST,
        ),
        Goal("heaviest page after that", f"≤ {NEXT:,} octets", f"{heaviest:,} octets", heaviest <= NEXT),
    ]


def page(
    visits: Sequence[Visit],
    goals: Sequence[Goal],
    *,
    leaders: int,
    machine: str,
    load: str,
    day: date,
    plot: str,
) -> str:
    """The whole part, as Markdown."""
    head = INTRODUCTION.format(
        leaders=leaders,
        pages=len(visits),
        repeats=max(len(one.seconds) for one in visits),
        day=day.isoformat(),
        machine=machine,
        load=load,
        plot=plot,
    )
    return "\n".join([head, goals_table(goals), _slowest(visits)])


def drawing(visits: Sequence[Visit]) -> str:
    """The slowest pages as a bar chart."""
    rows = [
        Bar(f"{one.role}: {one.endpoint.partition('.')[2]}", [1000 * s for s in one.seconds], COLOURS[0])
        for one in _by_time(visits)[:SHOWN]
    ]
    return chart(f"Milliseconds per page, the {SHOWN} slowest", rows, unit="ms")


def _slowest(visits: Sequence[Visit]) -> str:
    rows = [
        (
            one.role,
            f"`{one.endpoint}`",
            f"{one.middle * 1000:.0f} ms",
            f"{one.high * 1000:.0f} ms",
            f"{one.first * 1000:.0f} ms",
            str(one.queries),
            f"{one.octets:,}",
        )
        for place, one in enumerate(_by_time(visits))
        if place < SHOWN or one.first > FIRST_VIEW / 4
    ]
    heading = ("role", "page", "median", "95 of 100 within", "after a change", "statements", "octets")
    return f"### The {SHOWN} slowest, and what is slow after a change\n\n" + table(heading, rows)


def _by_time(visits: Sequence[Visit]) -> list[Visit]:
    return sorted(visits, key=lambda one: -one.high)
