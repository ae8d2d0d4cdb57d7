"""Measures the building of invites and the reading of feeds. Writes its part of the page.

`--quick` does little and writes nothing.
"""

import argparse
import sqlite3
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from bench.document import PAGE, write_part
from bench.entries import feeds, messages
from bench.entries.report import Figures, judged, page, plot
from bench.machine import Load, machine

PLOT = PAGE.parent / "benchmarks" / "calendar.svg"
REPEATS, READS, CHANGES = 9, 200, 9


def main() -> int:
    """Measure, print, write; 1 where a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a few reads of each, nothing written")
    quick = parser.parse_args().quick
    busy = Load()
    built = messages.measured(1 if quick else REPEATS)
    with tempfile.TemporaryDirectory() as folder:
        read = feeds.measured(Path(folder), reads=20 if quick else READS, changes=2 if quick else CHANGES)
    figures = Figures(*built, read)
    goals = judged(figures, crowded=busy.crowded())
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
        write_part("Invites and feeds", text)
        PLOT.write_text(plot(figures), encoding="utf-8")
    return 0 if all(goal.reached is not False for goal in goals) else 1


if __name__ == "__main__":
    sys.exit(main())
