"""Measures the matching beside other solvers; writes its part of docs/benchmarks.md.

`--quick` takes few and small problems and writes nothing; `--only WORD` takes the groups whose key has the
word, and writes nothing either.
"""

import argparse
import subprocess
import sys
from datetime import UTC, datetime

from bench.document import PAGE, write_part
from bench.machine import Load, machine
from bench.matching.goals import judged
from bench.matching.measure import measure
from bench.matching.plan import plan
from bench.matching.plot import cohort_bars, size_lines
from bench.matching.report import part
from bench.matching.running import peers_python

PLOTS = PAGE.parent / "benchmarks"
COHORT = PLOTS / "matching-cohort.svg"
SIZES = PLOTS / "matching-sizes.svg"
VERSIONS = """
from importlib.metadata import distributions
wanted = ("ortools", "matching", "fairpyx")
print(", ".join(sorted(f"{one.name} {one.version}" for one in distributions() if one.name in wanted)))
"""


def main() -> int:
    """Measure, print, write; 1 where a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few and small problems, nothing written")
    parser.add_argument("--only", metavar="WORD", help="only groups whose key has the word, nothing written")
    asked = parser.parse_args()
    groups = [group for group in plan(quick=asked.quick) if not asked.only or asked.only in group.key]
    busy = Load()
    results = measure(groups, lambda line: print(line, file=sys.stderr, flush=True))
    goals = judged(results, groups)
    text = part(
        results,
        groups,
        goals,
        machine=machine(*_versions()),
        load=busy.shown(),
        day=datetime.now(UTC).date(),
        plots=[plot.relative_to(PAGE.parent).as_posix() for plot in (COHORT, SIZES)],
    )
    print(text)
    if not asked.quick and not asked.only:
        write_part("The matching", text)
        PLOTS.mkdir(exist_ok=True)
        COHORT.write_text(cohort_bars(results), encoding="utf-8")
        SIZES.write_text(size_lines(results), encoding="utf-8")
    return 0 if all(goal.reached is not False for goal in goals) else 1


def _versions() -> list[str]:
    python = peers_python()
    if python is None:
        return []
    told = subprocess.run([python, "-c", VERSIONS], capture_output=True, text=True, check=False)
    return [told.stdout.strip()] if told.stdout.strip() else []


if __name__ == "__main__":
    sys.exit(main())
