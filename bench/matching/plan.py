"""What is measured: groups of instances, the objectives, and who solves them how often and for how long."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from bench.instances import after_dropout, cohort, scale
from bench.matching.running import Figures, Instance
from bench.public_data import SOURCES, public_problems

Found = Mapping[tuple[str, str], Sequence[Figures]]
"""What was measured so far, by the group's key and the method."""

PROFILES = ("generous", "rank-maximal")
SUM = ("total-rank",)
RANKS = (*PROFILES, *SUM)
ALL = (*RANKS, "lottery")
VARIANT_WORDS = {
    "sectors": "two sectors in each slot",
    "spread": "no two of a team in one slot",
    "together": "teams of two and three kept together",
}


@dataclass(frozen=True)
class Entry:
    """One method in a group; `first` limits it to so many instances."""

    method: str
    objectives: Sequence[str] = RANKS
    repeats: int = 1
    seconds: float = 60.0
    first: int | None = None


@dataclass(frozen=True)
class Group:
    """Instances of one kind and who solves them."""

    key: str
    title: str
    instances: Callable[[Found], list[Instance]]
    entries: Sequence[Entry] = field(default_factory=tuple)


STABLE = ("residents", "students")
FAIR = ("dictatorship", "round robin", "utilitarian", "iterated")


def plan(*, quick: bool) -> list[Group]:
    """Every group in order; `quick` takes few seeds and leaves the large ones out."""
    if quick:
        small = [*_cohorts(3, 2), *(_variant(variant, 2) for variant in VARIANT_WORDS), _bare(2)]
        return [_hurried(group) for group in (*small, _thousand(1), *_public(minima=False))]
    return [
        *_cohorts(50, 20),
        _variant("sectors", 10),
        _variant("spread", 10),
        _variant("together", 6),
        _bare(5),
        _thousand(3),
        _thousand_with_minima(2),
        *_ten_thousand(),
        _hundred_thousand(),
        *_public(minima=False),
        *_public(minima=True),
    ]


def _hurried(group: Group) -> Group:
    """The same with little time for each, and none done often."""
    entries = [replace(entry, seconds=min(entry.seconds, 15.0), repeats=1) for entry in group.entries]
    return replace(group, entries=entries)


def _cohorts(seeds: int, checked: int) -> list[Group]:
    """Cohorts of real shape, what is asked of their results, and repairs of them."""

    def repairs(found: Found) -> list[Instance]:
        done = [one for one in found.get(("cohort", "ours"), []) if one.objective == "generous"]
        return [_repair(seed, figures) for seed, figures in enumerate(done[:checked], start=1)]

    return [
        Group(
            "cohort",
            f"100 leaders × 40 slots, minimum numbers, organisation cap, ties, dates: {seeds} cohorts",
            lambda _: [_cohort(seed) for seed in range(1, seeds + 1)],
            (Entry("ours", ALL), Entry("highs", RANKS, first=checked), Entry("cpsat", RANKS, first=3)),
        ),
        Group(
            "asked",
            f"100 leaders × 40 slots, what is asked beside the match: {checked} cohorts",
            lambda _: [_cohort(seed) for seed in range(1, checked + 1)],
            (
                Entry("explained", PROFILES),
                Entry("readiness", PROFILES[:1]),
                Entry("what-if", PROFILES[:1], first=5),
            ),
        ),
        Group(
            "repair",
            f"100 leaders × 40 slots, one leader drops out, all others confirmed: {checked} cohorts",
            repairs,
            (Entry("ours", PROFILES[:1]), Entry("highs", PROFILES[:1], first=3)),
        ),
    ]


def _cohort(seed: int, variant: str = "plain") -> Instance:
    return Instance(f"{variant} {seed}", cohort(seed, variant=variant))


def _repair(seed: int, done: Figures) -> Instance:
    problem = cohort(seed)
    slots = [slot["id"] for slot in problem["slots"]]
    pairs = [
        (leader["id"], slots[slot])
        for leader, slot in zip(problem["leaders"], done.given, strict=True)
        if slot >= 0
    ]
    return Instance(f"repair {seed}", after_dropout(problem, pairs))


def _variant(variant: str, seeds: int) -> Group:
    return Group(
        variant,
        f"100 leaders × 40 slots, all the same and {VARIANT_WORDS[variant]}: {seeds} cohorts",
        lambda _: [_cohort(seed, variant) for seed in range(1, seeds + 1)],
        (Entry("ours", RANKS, seconds=30), Entry("highs", PROFILES[:1], first=2)),
    )


def _bare(seeds: int) -> Group:
    """Cohorts without what most others do not know: minimum numbers and mixing."""

    def instances(_: Found) -> list[Instance]:
        return [Instance(f"bare {seed}", _without_rules(seed)) for seed in range(1, seeds + 1)]

    return Group(
        "bare",
        f"100 leaders × 40 slots, without minimum numbers and mixing: {seeds} cohorts",
        instances,
        (
            Entry("ours", RANKS, repeats=3),
            Entry("core", RANKS, repeats=5),
            Entry("flow", RANKS, repeats=5),
            Entry("sparse", RANKS, repeats=5),
            Entry("dense", RANKS, repeats=5),
            Entry("cpsat", RANKS, first=1),
            *(Entry(one, SUM) for one in (*STABLE, *FAIR)),
        ),
    )


def _without_rules(seed: int) -> dict[str, object]:
    problem = cohort(seed)
    slots = [{**slot, "minimum": 0} for slot in problem["slots"]]
    return {**problem, "slots": slots, "rules": {}}


def _scaled(leaders: int, seeds: int, *, minima: bool) -> Callable[[Found], list[Instance]]:
    word = "minima" if minima else "free"
    slots = leaders * 12 // 100
    return lambda _: [
        Instance(f"{word} {leaders} {seed}", scale(leaders, slots, seed, minima=minima))
        for seed in range(1, seeds + 1)
    ]


def _thousand(seeds: int) -> Group:
    return Group(
        "1000",
        f"1,000 leaders × 120 slots, without minimum numbers: {seeds} problems",
        _scaled(1_000, seeds, minima=False),
        (
            Entry("ours", RANKS),
            Entry("core", RANKS, repeats=5),
            Entry("prices", RANKS, repeats=5),
            Entry("flow", RANKS, repeats=5),
            Entry("sparse", RANKS, repeats=3),
            Entry("dense", RANKS, repeats=3),
            Entry("cpsat", SUM, first=1),
            Entry("highs", RANKS, first=1),
            *(Entry(one, SUM, first=1) for one in (*STABLE, *FAIR)),
        ),
    )


def _thousand_with_minima(seeds: int) -> Group:
    return Group(
        "1000 minima",
        f"1,000 leaders × 120 slots, minimum numbers of 60 %: {seeds} problems",
        _scaled(1_000, seeds, minima=True),
        (Entry("ours", RANKS), Entry("highs", RANKS, first=1), Entry("cpsat", SUM, first=1)),
    )


def _ten_thousand() -> list[Group]:
    return [
        Group(
            "10000",
            "10,000 leaders × 1,200 slots, without minimum numbers",
            _scaled(10_000, 1, minima=False),
            (
                Entry("ours", ("generous", "total-rank")),
                Entry("core", RANKS, repeats=3),
                Entry("flow", RANKS, repeats=3),
                Entry("sparse", SUM),
                Entry("dense", SUM),
            ),
        ),
        Group(
            "10000 minima",
            "10,000 leaders × 1,200 slots, minimum numbers of 60 %",
            _scaled(10_000, 1, minima=True),
            (Entry("ours", ("generous", "total-rank"), seconds=55),),
        ),
    ]


def _hundred_thousand() -> Group:
    return Group(
        "100000",
        "100,000 leaders × 12,000 slots, without minimum numbers",
        _scaled(100_000, 1, minima=False),
        (
            Entry("core", ("rank-maximal", "total-rank"), seconds=180),
            Entry("flow", ("rank-maximal", "total-rank"), seconds=180),
            Entry("sparse", SUM, seconds=120),
        ),
    )


def _public(*, minima: bool) -> list[Group]:
    return [_public_group(source, minima=minima) for source in SOURCES]


def _public_group(source: str, *, minima: bool) -> Group:
    key, word = ("public minima", "with minimum numbers by a rule") if minima else ("public free", "as it is")
    entries: tuple[Entry, ...] = (Entry("ours", RANKS), Entry("highs", RANKS, seconds=30))
    if not minima:
        entries = (Entry("ours", RANKS), Entry("core", RANKS, repeats=3), Entry("flow", RANKS, repeats=3))
    return Group(
        f"{key} {source}",
        f"{SOURCES[source]}, {word}",
        lambda _: [Instance(name, problem) for name, problem in public_problems(source, minima=minima)],
        entries,
    )
