"""Goes through the plan, one process at a time, and keeps what was found."""

import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from bench.matching.plan import Group
from bench.matching.running import Figures, Runner


@dataclass
class Results:
    """Everything that was measured, by the group's key and the method, in the order of instances."""

    found: dict[tuple[str, str], list[Figures]] = field(default_factory=dict)

    def of(self, group: str, method: str, objective: str) -> list[Figures]:
        """What a method did on a group by one objective; empty where it was not asked."""
        return [one for one in self.found.get((group, method), []) if one.objective == objective]

    def solved(self, group: str, method: str, objective: str) -> list[Figures]:
        """The same, where there is a result."""
        return [one for one in self.of(group, method, objective) if not one.failed]

    def pairs(self, group: str, one: str, other: str, objective: str) -> list[tuple[Figures, Figures]]:
        """What two methods did on the instances that both have a result for."""
        theirs = {figures.instance: figures for figures in self.solved(group, other, objective)}
        ours = self.solved(group, one, objective)
        return [(figures, theirs[figures.instance]) for figures in ours if figures.instance in theirs]

    def ratio(self, group: str, one: str, other: str, objective: str) -> float | None:
        """How many times as long as `other` one takes, the median over instances; None where not both did."""
        pairs = self.pairs(group, one, other, objective)
        return median(mine.solve / theirs.solve for mine, theirs in pairs) if pairs else None


def measure(groups: Sequence[Group], tell: Callable[[str], None]) -> Results:
    """Measure every group; `tell` is told how far it is."""
    results = Results()
    begun = time.monotonic()
    for group in groups:
        with tempfile.TemporaryDirectory() as folder:
            _measure(group, Runner(Path(folder)), results)
        tell(f"{time.monotonic() - begun:6.0f} s  {group.title}")
    return results


def _measure(group: Group, runner: Runner, results: Results) -> None:
    instances = group.instances(results.found)
    for entry in group.entries:
        asked = instances[: entry.first]
        for objective in entry.objectives:
            results.found.setdefault((group.key, entry.method), []).extend(
                runner.run(entry.method, objective, asked, repeats=entry.repeats, seconds=entry.seconds)
            )


def wall(figures: Sequence[Figures]) -> float:
    """The median of the seconds of solving."""
    return median(one.solve for one in figures)
