"""Two runs side by side, in words and figures."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from placement.services.reports.compare import Comparison, Kind, LeaderDifference, RunSide
from placement.services.reports.review import GivenDay
from placement.web.deciding import objective_name
from placement.web.presenters import BarRow, choice, count, day, profile_bars


@dataclass(frozen=True)
class KindWords:
    """What a second run changes for some leaders: as a heading, and what that means."""

    heading: str
    meaning: str


KINDS: Mapping[Kind, KindWords] = {
    "unplaced": KindWords("Lose a day", "They get fewer days than before."),
    "loses": KindWords("Get a later choice", "As many days as before, of a choice further down their list."),
    "placed": KindWords("Get a day more", "They get more days than before."),
    "gains": KindWords("Get an earlier choice", "As many days as before, of a choice further up their list."),
    "moves": KindWords("Move at the same choice", "Another day, of a choice that they like as much."),
}


@dataclass(frozen=True)
class BarPair:
    """One row of a picture of two: a label, and a bar for each run."""

    label: str
    first: BarRow
    second: BarRow


def figures(found: Comparison) -> list[list[str]]:
    """What the two runs reach, a row for each figure: its name, both values, the difference."""
    whole = "{:,}".format
    rows: list[tuple[str, Callable[[RunSide], float]]] = [
        ("Days given", lambda side: side.days),
        ("Days still missing", lambda side: side.missing),
        ("“If need be” days", lambda side: side.if_need_be),
        ("Distance in all, in km", lambda side: round(side.kilometres)),
        ("Days that run", lambda side: side.running),
    ]
    return [
        [name, whole(value(found.first)), whole(value(found.second)), _difference(value, found)]
        for name, value in rows
    ]


def settings(found: Comparison) -> list[list[str]]:
    """What the two runs were made with, where they differ."""
    first, second = found.first.run, found.second.run
    rows = [
        ["What counted most", objective_name(first.objective), objective_name(second.objective)],
        ["Seed of the lottery", first.seed or "None", second.seed or "None"],
    ]
    return [row for row in rows if row[1] != row[2]]


def bar_pairs(found: Comparison) -> list[BarPair]:
    """Days by choice, both runs beside each other: all bars are on one scale."""
    return _pairs(*(_bars(side) for side in (found.first, found.second)))


def profile_pairs(profiles: Sequence[Mapping[str, int]], missing: Sequence[int]) -> list[BarPair]:
    """Days by choice before and after a change, in the same way; `missing` are those still to be given."""
    first, second = (
        {row.label: row for row in profile_bars(profile, unplaced=left)}
        for profile, left in zip(profiles, missing, strict=True)
    )
    return _pairs(first, second)


def _pairs(first: Mapping[str, BarRow], second: Mapping[str, BarRow]) -> list[BarPair]:
    return [
        BarPair(label, first.get(label, _none(label)), second.get(label, _none(label)))
        for label in _labels(list(first), list(second))
    ]


def days_of(days: Sequence[GivenDay], answered: bool) -> str:
    """A leader's days in one run: each with its choice; that there is none, where there is none."""
    unchosen = "not one of their choices" if answered else "no choices sent"
    found = [
        f"{unchosen if one.rank is None else choice(one.rank)}, {one.title}, {day(one.starts_at)}"
        f"{' (if need be)' if one.if_need_be else ''}"
        for one in days
    ]
    return "; ".join(found) or "no day"


def summary_sentence(found: Comparison) -> str:
    """How many leaders the second run treats differently."""
    differ = len(found.leaders)
    if not differ:
        return "Everybody gets the same from both runs."
    get, alike = ("gets" if number == 1 else "get" for number in (differ, found.alike))
    first, second = found.first.run.id, found.second.run.id
    some, others = (count(number, "leader").capitalize() for number in (differ, found.alike))
    return f"{some} {get} something else from run {second} than from run {first}. {others} {alike} the same."


def groups(found: Comparison) -> list[tuple[KindWords, tuple[LeaderDifference, ...]]]:
    """The leaders who differ, by what changes for them; worst first, groups without anybody left out."""
    return [(words, rows) for kind, words in KINDS.items() if (rows := found.of_kind(kind))]


def _difference(value: Callable[[RunSide], float], found: Comparison) -> str:
    change = round(value(found.second) - value(found.first))
    return f"{change:+,}".replace("-", "−") if change else "the same"


def _bars(side: RunSide) -> dict[str, BarRow]:
    return {row.label: row for row in profile_bars(side.profile, unplaced=side.missing)}


def _none(label: str) -> BarRow:
    return BarRow(label, 0, 0.0)


def _labels(first: list[str], second: list[str]) -> list[str]:
    """All labels in order: of the choices, the longer of the two lists has them all."""
    last = [label for label in ("Not on the list", "Without a place") if label in {*first, *second}]
    longer = max(first, second, key=lambda labels: len([one for one in labels if one not in last]))
    return [label for label in longer if label not in last] + last
