"""Figures of the matching as a part of docs/benchmarks.md."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from bench.goals import Goal
from bench.matching.goals import shown
from bench.matching.measure import Results, wall
from bench.matching.methods import METHODS
from bench.matching.plan import Group
from bench.matching.running import Figures
from bench.public_data import missing_data
from bench.report import goals_table, table

INTRODUCTION = """\
Every solver runs in a process of its own, one at a time, on the same problems in the same run, after a
tiny problem that loads its libraries. *Solve* is the median over problems and repetitions, the longest
in brackets; *build* is what it takes to hand the problem over. *Peak* is the most memory of the process,
its libraries and the problem itself with it.

Taken on {day}: {machine}. Load of the machine: {load}.

![Seconds to match a cohort]({cohort})

![Seconds by size]({sizes})
"""

WORDS = """\
### The problems

- **100 × 40** has the shape of a real cohort (`bench/instances.py`): 16 opportunities of 14 partners on
  13 dates, capacities 2 to 5, minimum numbers 1 to 3, 115 to 150 seats for 100 leaders. One leader in
  eleven never answered, the others rank five opportunities, all dates of one in one tier; dates, checks,
  access and distance exclude half of the pairs. At most two or three of one organisation, of which there
  are 12, in a slot.
- **1,000 × 120 and larger**: six ranked slots each, drawn by Zipf's law among 60 neighbours; nothing
  else can be given. Seats are 1.05 × the leaders, or 1.5 × where minimum numbers are 60 % of each
  capacity.
- **Public data** (`bench/public_data.py`): students of Worcester Polytechnic Institute and project
  centres (two tiers), course choices at AGH Krakow, project bids at Glasgow. None has minimum numbers; by
  a rule of ours they are half of WPI's capacities, 60 % of AGH's, and two or nobody at Glasgow. The
  generalised assignment problems beside them are left out: a job there uses more or less of its agent's
  room, which no number of seats can say.{missing}

### The solvers

- **placement, all stages**: what `placement solve` does without reading files: every stage proven where
  time allows, the lottery, and the independent check. A result of its own is given where time is over,
  with the gap.
- **placement, its flow alone**: the pure Python core, one day each, with the weights that the other flow
  gets, and with its certificate worked out.
- **HiGHS and CP-SAT, one after another**: a model with every rule, solved once for each stage and each
  rank; a row holds what is reached. Plain, without hints of ours. A slot's leaders are tied to its
  running by one row (a row for each leader took 1.5 times as long). No lottery. CP-SAT has two threads
  and begins each stage from the result of the one before.
- **SimpleMinCostFlow** gets a profile as one number where 64 bits hold it, else in several flows;
  scipy's two get a column for each seat.
- **matching** gets the order of a draw as the slots' preferences; **fairpyx** gets a worth for each
  rank. Neither knows an objective, a minimum number or a rule of mixing: they stand where those are
  absent.
- Who has no result in the time given has none: 60 s where nothing else is said, 180 s and 120 s for
  100,000 leaders, 55 s for 10,000 with minimum numbers, 30 s for ours where people are mixed and for
  others on public data. All stages of 100,000 leaders are not measured.
"""


def part(
    results: Results,
    groups: Sequence[Group],
    goals: Iterable[Goal],
    *,
    machine: str,
    load: str,
    day: date,
    plots: Sequence[str],
) -> str:
    """The whole part, as Markdown."""
    cohort, sizes = plots
    head = INTRODUCTION.format(day=day.isoformat(), machine=machine, load=load, cohort=cohort, sizes=sizes)
    absent = missing_data()
    missing = f" Not here, so left out: {', '.join(absent)}." if absent else ""
    tables = [f"### {group.title}\n\n{_group(results, group)}" for group in groups]
    return "\n".join([head, goals_table(goals), *tables, WORDS.format(missing=missing)])


def _group(results: Results, group: Group) -> str:
    heading = (
        "solver",
        "objective",
        "solved",
        "solve",
        "build",
        "peak",
        "placed",
        "profile of the first",
        "",
    )
    rows = [
        _row(results.of(group.key, entry.method, objective))
        for entry in group.entries
        for objective in entry.objectives
    ]
    found = [row for row in rows if row]
    return table(heading, found) if found else "Not measured: the data is not here.\n"


def _row(figures: Sequence[Figures]) -> tuple[str, ...]:
    if not figures:
        return ()
    solved = [one for one in figures if not one.failed]
    head = (METHODS[figures[0].method].label, figures[0].objective, f"{len(solved)} of {len(figures)}")
    if not solved:
        return (*head, "", "", "", "", "", _word(figures))
    worst = max(one.solve for one in solved)
    range_ = f" ({shown(worst)})" if len(solved) > 1 else ""
    return (
        *head,
        f"{shown(wall(solved))}{range_}",
        shown(sum(one.build for one in solved) / len(solved)),
        f"{max(one.peak_mb for one in solved):.0f} MB",
        _placed(solved),
        solved[0].worth.shown() if solved[0].worth else "",
        _word(figures),
    )


def _placed(solved: Sequence[Figures]) -> str:
    worths = [one.worth for one in solved if one.worth]
    if not worths:
        return ""
    return f"{sum(worth.placed for worth in worths):,} of {sum(len(one.given) for one in solved):,}"


def _word(figures: Sequence[Figures]) -> str:
    """What else is to be said: proof and gap of ours, and why others have no result."""
    words = sorted({one.failed or one.note for one in figures} - {"", "optimal", "feasible"})
    if figures[0].method == "ours" and figures[0].objective != "lottery":
        words = [*_proof(figures), *words]
    return "; ".join(words)


def _proof(figures: Sequence[Figures]) -> Iterator[str]:
    yield f"proven {sum(one.proven for one in figures)} of {len(figures)}"
    gaps = [one.gap for one in figures if one.gap]
    if gaps:
        yield f"gap {max(gaps):.2%}"
