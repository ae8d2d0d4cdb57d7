"""Figures of the main job as a part of docs/benchmarks.md."""

from collections.abc import Iterable, Sequence
from datetime import date

from bench.goals import Goal
from bench.job import Figures, cpu, wall
from bench.limits import Taken

INTRODUCTION = """\
Times are medians of {repeats} repetitions, the range in brackets. Everything runs in one process, through
the services that pages and commands use, on an SQLite file that is on disk for certain (`synchronous=FULL`).

Taken on {day}: {machine}. Load of the machine: {load}.

![Seconds per match run]({plot})
"""

LIMITS = """\
### What the figures are held against

Each limit is taken in the same run, right after the figure it belongs to.

- **One plain solve**: one call of `scipy.optimize.milp` for the first stage alone (most days placed;
  capacity, minimum numbers, days), without the building of its rows. Ours solves and proves every
  stage, keeps every rule, re-checks the result independently, and stores it. The computing time of the
  process is compared, since neighbours on the machine change it less.
- **Bare insert**: three rows of 200 octets for each placement in one transaction, without keys, rules
  or triggers. Ours confirms in a process that goes on, as a site does, each time in a fresh copy.
- **smtplib alone**: octets that are made already, over one connection, to the same light sink: a
  process of its own that takes everything and keeps nothing. Ours claims, builds, stores, sends and
  records each mail.
- **smtplib and a commit**: the same, with one row on disk for certain after each mail. Whoever does
  less loses mail, or sends it twice, when killed.
"""


def page(
    all_figures: Sequence[Figures],
    goals: Iterable[Goal],
    *,
    machine: str,
    load: str,
    day: date,
    plot: str,
) -> str:
    """The whole part, as Markdown."""
    repeats = len(all_figures[0].imported)
    head = INTRODUCTION.format(repeats=repeats, day=day.isoformat(), machine=machine, load=load, plot=plot)
    parts = [head, goals_table(goals), _matching(all_figures), _job(all_figures), LIMITS]
    return "\n".join(parts)


def table(heading: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Make a table in Markdown."""
    lines = [heading, ["---"] * len(heading), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def goals_table(goals: Iterable[Goal]) -> str:
    """Make a section of what was to be reached, and what was."""
    words = {True: "yes", False: "**no**", None: "not judged"}
    rows = [(g.what, g.wanted, g.measured, words[g.reached]) for g in goals]
    return "### Goals\n\n" + table(("what", "goal", "measured", "reached"), rows)


def _matching(all_figures: Iterable[Figures]) -> str:
    rows = [
        (
            f"{figures.name} ({figures.leaders} leaders, {figures.slots} slots)",
            objective,
            _seconds(matched.taken),
            f"{matched.proven} of {matched.stages}",
            f"{cpu(matched.taken) / cpu(figures.one_stage):.1f} ×",
        )
        for figures in all_figures
        for objective, matched in figures.matched.items()
    ]
    heading = ("cohort", "objective", "whole run", "stages proven", "computing, against one plain solve")
    return "### Match runs\n\n" + table(heading, rows)


def _job(all_figures: Iterable[Figures]) -> str:
    rows = [
        (
            figures.name,
            _seconds(figures.imported),
            f"{figures.placements}",
            f"{_milliseconds(figures.confirmed)}; bare insert {wall(figures.bare_insert) * 1000:.0f} ms",
            _rates(figures),
        )
        for figures in all_figures
    ]
    heading = ("cohort", "import of five sheets", "placements", "confirm", "send, one worker")
    return "### Import, confirm, send\n\n" + table(heading, rows)


def _rates(figures: Figures) -> str:
    alone, kept = figures.rate(figures.bare_sending), figures.rate(figures.kept_sending)
    return f"{figures.rate(figures.sent):.0f} a second; smtplib alone {alone:.0f}, with a commit {kept:.0f}"


def _seconds(taken: list[Taken]) -> str:
    return f"{wall(taken):.2f} s ({min(t.wall for t in taken):.2f} to {max(t.wall for t in taken):.2f})"


def _milliseconds(taken: list[Taken]) -> str:
    least, most = min(t.wall for t in taken), max(t.wall for t in taken)
    return f"{wall(taken) * 1000:.0f} ms ({least * 1000:.0f} to {most * 1000:.0f})"
