"""What the matching must reach, against the clock and against others in the same run."""

from collections.abc import Callable, Iterator, Sequence

from bench.goals import Goal
from bench.matching.measure import Results, wall
from bench.matching.methods import METHODS
from bench.matching.plan import FAIR, PROFILES, RANKS, STABLE, Group
from bench.matching.running import ABSENT, Figures

COHORT_MEDIAN = 0.5  # seconds, all stages and the lottery
COHORT_WORST = 2.0
LEAST_GAIN = 10.0  # times as fast as one MILP after another
MIXED_MEDIAN = 3.0
EXPLAINED = 0.5
READINESS = 0.1
REPAIR = 0.2
PRICES = 0.05
FLOW_RATIOS = {"1000": 15.0, "10000": 8.0, "100000": 5.0}
LARGE_MB = 300.0
THOUSAND_SECONDS = 30.0
LARGE_GAP = 0.02
LARGE_SECONDS = 60.0
_BLIND = (*STABLE, *FAIR)
"""Methods that know no objective: one result of theirs is held against ours by each."""


def judged(results: Results, groups: Sequence[Group]) -> list[Goal]:
    """Every goal of the groups that were measured."""
    keys = [group.key for group in groups]
    rules: dict[str, Callable[[Results], Iterator[Goal]]] = {
        "cohort": _cohort,
        "sectors": lambda found: _mixed(found, "sectors"),
        "spread": lambda found: _mixed(found, "spread"),
        "together": lambda found: _mixed(found, "together"),
        "asked": _asked,
        "repair": _repair,
        "1000": _thousand,
        "1000 minima": _thousand_with_minima,
        "10000": lambda found: _against_flow(found, "10000"),
        "10000 minima": _ten_thousand_with_minima,
        "100000": _hundred_thousand,
    }
    goals = [goal for key in keys if key in rules for goal in rules[key](results)]
    return [*goals, _equal(results, keys), _never_worse(results, keys)]


def _cohort(results: Results) -> Iterator[Goal]:
    for objective in RANKS:
        ours = results.of("cohort", "ours", objective)
        yield _proven(f"100 × 40, {objective}", ours)
        yield _at_most(f"100 × 40, {objective}: median", ours, wall, COHORT_MEDIAN)
        yield _at_most(f"100 × 40, {objective}: worst of {len(ours)}", ours, _worst, COHORT_WORST)
        ratio = results.ratio("cohort", "highs", "ours", objective)
        yield _goal(
            f"100 × 40, {objective}: times as fast as one MILP for each stage",
            f"≥ {LEAST_GAIN:.0f} ×",
            ratio,
            lambda gain: f"{gain:.1f} ×",
            lambda gain: gain >= LEAST_GAIN,
        )


def _mixed(results: Results, variant: str) -> Iterator[Goal]:
    for objective in RANKS:
        ours = results.of(variant, "ours", objective)
        yield _proven(f"100 × 40, {variant}, {objective}", ours)
        yield _at_most(f"100 × 40, {variant}, {objective}: median", ours, wall, MIXED_MEDIAN)


def _asked(results: Results) -> Iterator[Goal]:
    for objective in PROFILES:
        explained = results.of("asked", "explained", objective)
        yield _at_most(f"100 × 40, {objective}: explanations for all leaders", explained, wall, EXPLAINED)
    ready = results.of("asked", "readiness", PROFILES[0])
    yield _at_most("100 × 40: readiness diagnosis", ready, wall, READINESS)


def _repair(results: Results) -> Iterator[Goal]:
    ours = results.of("repair", "ours", PROFILES[0])
    yield _proven("100 × 40, repair after a dropout", ours)
    yield _at_most("100 × 40, repair after a dropout: median", ours, wall, REPAIR)


def _thousand(results: Results) -> Iterator[Goal]:
    yield from _against_flow(results, "1000")
    for objective in RANKS:
        prices = results.of("1000", "prices", objective)
        yield _at_most(f"1,000 × 120, {objective}: all leaders' prices", prices, wall, PRICES)


def _thousand_with_minima(results: Results) -> Iterator[Goal]:
    for objective in RANKS:
        ours = results.of("1000 minima", "ours", objective)
        yield _proven(f"1,000 × 120 with minimum numbers, {objective}", ours)
        yield _at_most(
            f"1,000 × 120 with minimum numbers, {objective}: worst", ours, _worst, THOUSAND_SECONDS
        )


def _ten_thousand_with_minima(results: Results) -> Iterator[Goal]:
    for objective in ("generous", "total-rank"):
        ours = results.of("10000 minima", "ours", objective)
        gaps = [one.gap for one in ours if one.gap is not None]
        what = f"10,000 × 1,200 with minimum numbers, {objective}"
        yield _goal(
            f"{what}: gap",
            f"≤ {LARGE_GAP:.0%}",
            max(gaps, default=None),
            lambda gap: f"{gap:.2%}",
            lambda gap: gap <= LARGE_GAP,
        )
        yield _at_most(f"{what}: seconds", ours, _worst, LARGE_SECONDS)


def _hundred_thousand(results: Results) -> Iterator[Goal]:
    yield from _against_flow(results, "100000")
    for objective in RANKS:
        if core := results.of("100000", "core", objective):
            yield _goal(
                f"100,000 × 12,000, {objective}: memory of the flow alone",
                f"≤ {LARGE_MB:.0f} MB",
                max((one.peak_mb for one in core if not one.failed), default=None),
                lambda held: f"{held:.0f} MB",
                lambda held: held <= LARGE_MB,
            )


def _against_flow(results: Results, group: str) -> Iterator[Goal]:
    most = FLOW_RATIOS[group]
    for objective in RANKS:
        if results.of(group, "core", objective):
            what = f"{int(group):,} leaders, {objective}: flow alone against OR-tools"
            if any(one.failed == ABSENT for one in results.of(group, "flow", objective)):
                yield Goal(what, f"≤ {most:.0f} ×", f"OR-tools is {ABSENT}", reached=None)
                continue
            yield _goal(
                what,
                f"≤ {most:.0f} ×",
                results.ratio(group, "core", "flow", objective),
                lambda ratio: f"{ratio:.1f} ×",
                lambda ratio: ratio <= most,
            )


def _equal(results: Results, groups: Sequence[str]) -> Goal:
    """Ours against one MILP after another: every stage before the lottery has the same value."""
    pairs = [
        pair
        for group in groups
        for objective in RANKS
        for pair in results.pairs(group, "ours", "highs", objective)
        if pair[0].proven
    ]
    same = sum(_stages(ours) == _stages(theirs) for ours, theirs in pairs)
    return _goal(
        "proven results equal in every stage to one MILP after another",
        "all",
        same if pairs else None,
        lambda count: f"{count} of {len(pairs)}",
        lambda count: count == len(pairs),
    )


def _stages(figures: Figures) -> tuple[int, ...]:
    assert figures.worth is not None
    return figures.worth.stages(figures.objective)


def _never_worse(results: Results, groups: Sequence[str]) -> Goal:
    """By the objective's own order, on every instance, against every result that keeps the rules."""
    compared = [
        _worse(ours, theirs)
        for group in groups
        for objective in RANKS
        for mine in ("ours", "core")
        for other in METHODS
        if METHODS[other].module != "ours"
        for ours, theirs in _opposed(results, group, mine, other, objective)
    ]
    return _goal(
        "results with fewer placed or a worse profile than anybody else's",
        "none",
        sum(compared) if compared else None,
        lambda count: f"{count} of {len(compared)}",
        lambda count: count == 0,
    )


def _opposed(
    results: Results, group: str, mine: str, other: str, objective: str
) -> Iterator[tuple[Figures, Figures]]:
    if other not in _BLIND:
        yield from results.pairs(group, mine, other, objective)
        return
    ours = {one.instance: one for one in results.solved(group, mine, objective)}
    for theirs in results.found.get((group, other), []):
        if not theirs.failed and theirs.instance in ours:
            yield ours[theirs.instance], theirs


def _worse(ours: Figures, theirs: Figures) -> bool:
    assert ours.worth is not None
    assert theirs.worth is not None
    if ours.worth.broken:
        return True
    better = theirs.worth.ranks(ours.objective) < ours.worth.ranks(ours.objective)
    return better and not theirs.worth.broken


def _proven(what: str, figures: Sequence[Figures]) -> Goal:
    proven = sum(one.proven for one in figures)
    return _goal(
        f"{what}: every stage proven",
        f"{len(figures)} of {len(figures)}",
        proven,
        lambda count: f"{count} of {len(figures)}",
        lambda count: count == len(figures),
    )


def _at_most(
    what: str, figures: Sequence[Figures], measure: Callable[[Sequence[Figures]], float], most: float
) -> Goal:
    solved = [one for one in figures if not one.failed]
    complete = bool(figures) and len(solved) == len(figures)
    return _goal(
        what,
        f"≤ {shown(most)}",
        measure(solved) if complete else None,
        shown,
        lambda seconds: seconds <= most,
    )


def _worst(figures: Sequence[Figures]) -> float:
    return max(one.solve for one in figures)


def _goal(
    what: str,
    wanted: str,
    measured: float | None,
    show: Callable[[float], str],
    reached: Callable[[float], bool],
) -> Goal:
    """A goal; what could not be measured is not reached."""
    if measured is None:
        return Goal(what, wanted, "not measured", reached=False)
    return Goal(what, wanted, show(measured), reached(measured))


def shown(seconds: float) -> str:
    """Seconds for a reader."""
    if seconds < 0.1:
        return f"{seconds * 1000:.2g} ms" if seconds < 0.01 else f"{seconds * 1000:.0f} ms"
    return f"{seconds:.2f} s" if seconds < 10 else f"{seconds:.0f} s"
