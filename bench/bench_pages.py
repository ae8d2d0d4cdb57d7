"""Measures every page for a cohort of a thousand: time, statements, octets. Writes its part of the page.

`--quick` takes a hundred leaders, opens each page three times and writes nothing.
"""

import argparse
import sqlite3
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from bench.cohort import LEADERS
from bench.document import PAGE, write_part
from bench.machine import Load, machine
from bench.pages.report import drawing, judged, page
from bench.pages.season import season
from bench.pages.visits import asset_octets, visits

PLOT = PAGE.parent / "benchmarks" / "pages.svg"
COPIES, REPEATS = 10, 20


def main() -> int:
    """Measure, print, write; 1 where a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a small cohort, nothing written")
    quick = parser.parse_args().quick
    busy, copies = Load(), 1 if quick else COPIES
    with tempfile.TemporaryDirectory() as folder, season(Path(folder), copies=copies) as opened:
        found = list(visits(opened, repeats=3 if quick else REPEATS))
        shared = asset_octets(opened)
    goals = judged(found, shared=shared, crowded=busy.crowded())
    text = page(
        found,
        goals,
        leaders=copies * LEADERS,
        machine=machine(f"SQLite {sqlite3.sqlite_version}"),
        load=busy.shown(),
        day=datetime.now(UTC).date(),
        plot=PLOT.relative_to(PAGE.parent).as_posix(),
    )
    print(text)
    if not quick:
        write_part("Pages", text)
        PLOT.write_text(drawing(found), encoding="utf-8")
    return 0 if all(goal.reached is not False for goal in goals) else 1


if __name__ == "__main__":
    sys.exit(main())
