"""Measures the main job: import, match by each objective, confirm, send. Writes its part of the page.

`--quick` does each step once and writes nothing.
"""

import argparse
import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from bench.cohort import write_cohort
from bench.document import PAGE, write_part
from bench.goals import judged
from bench.job import Figures, Job
from bench.machine import Load, machine
from bench.plot import bars
from bench.report import page

ROOT = Path(__file__).resolve().parents[1]
REAL = ROOT.parent / "shared" / "data" / "fylde-coast"
PLOT = PAGE.parent / "benchmarks" / "main-job.svg"
REPEATS = 5


def cohorts(folder: Path) -> Iterator[tuple[str, Path]]:
    """Name and sheets of each cohort that can be measured here."""
    yield "demo", ROOT / "placement" / "data" / "demo"
    yield "made up", write_cohort(folder / "made-up")
    if REAL.is_dir():
        yield "real shape", REAL


def measured(repeats: int) -> list[Figures]:
    """The figures of every cohort, one after the other."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        found: list[Figures] = []
        for place, (cohort, sheets) in enumerate(cohorts(folder)):
            work = folder / f"job-{place}"
            work.mkdir()
            found.append(Job(sheets, work, repeats).measure(cohort))
        return found


def main() -> int:
    """Measure, print, write; 1 where a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="each step once, nothing written")
    quick = parser.parse_args().quick
    busy = Load()
    figures = measured(1 if quick else REPEATS)
    goals = judged(figures)
    text = page(
        figures,
        goals,
        machine=machine(f"SQLite {sqlite3.sqlite_version}"),
        load=busy.shown(),
        day=datetime.now(UTC).date(),
        plot=PLOT.relative_to(PAGE.parent).as_posix(),
    )
    print(text)
    if not quick:
        write_part("The main job", text)
        PLOT.parent.mkdir(exist_ok=True)
        PLOT.write_text(bars(figures), encoding="utf-8")
    return 0 if all(goal.reached is not False for goal in goals) else 1


if __name__ == "__main__":
    sys.exit(main())
