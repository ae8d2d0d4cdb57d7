"""What the main job must reach; ratios are of figures taken in the same run, so that noise cancels out."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bench.job import Figures, cpu, wall

SLOWEST_MATCH = 10.0  # seconds, all stages proven
SLOWEST_CONFIRM = 0.2  # seconds, the mail server being dead
LEAST_SENDING = 0.10  # of the rate of smtplib with octets made already and one bare commit for each
MOST_STAGES = 40.0  # times the computing of one plain solve of the first stage


@dataclass(frozen=True)
class Goal:
    """One goal on one cohort, and what was measured."""

    what: str
    wanted: str
    measured: str
    reached: bool | None
    """None where it could not be judged here."""


def judged(all_figures: Iterable[Figures]) -> list[Goal]:
    """Every goal on every cohort."""
    return [goal for figures in all_figures for goal in _goals(figures)]


def _goals(figures: Figures) -> Iterator[Goal]:
    slowest = max(one.wall for matched in figures.matched.values() for one in matched.taken)
    stages = sum(matched.stages for matched in figures.matched.values())
    proven = sum(matched.proven for matched in figures.matched.values())
    yield Goal(
        f"{figures.name}: slowest match run of all objectives",
        f"≤ {SLOWEST_MATCH:.0f} s",
        f"{slowest:.2f} s",
        slowest <= SLOWEST_MATCH,
    )
    yield Goal(
        f"{figures.name}: stages proven",
        f"{stages} of {stages}",
        f"{proven} of {stages}",
        all(matched.stages == matched.proven > 0 for matched in figures.matched.values()),
    )
    heaviest = max(cpu(matched.taken) for matched in figures.matched.values()) / cpu(figures.one_stage)
    yield Goal(
        f"{figures.name}: computing of the heaviest objective against one plain solve",
        f"≤ {MOST_STAGES:.0f} ×",
        f"{heaviest:.1f} ×",
        heaviest <= MOST_STAGES,
    )
    confirmed = wall(figures.confirmed)
    yield Goal(
        f"{figures.name}: confirming {figures.placements} placements, the mail server being dead",
        f"≤ {SLOWEST_CONFIRM * 1000:.0f} ms",
        f"{confirmed * 1000:.0f} ms",
        confirmed <= SLOWEST_CONFIRM,
    )
    ratio = figures.rate(figures.sent) / figures.rate(figures.kept_sending)
    yield Goal(
        f"{figures.name}: rate of sending against smtplib and a commit",
        f"≥ {LEAST_SENDING:.2f}",
        f"{ratio:.2f}",
        ratio >= LEAST_SENDING,
    )
    exact = set(figures.arrived) == {figures.mails}
    yield Goal(f"{figures.name}: mails that arrived", f"{figures.mails}", _shown(figures.arrived), exact)


def _shown(arrived: list[int]) -> str:
    return ", ".join(map(str, sorted(set(arrived))))
