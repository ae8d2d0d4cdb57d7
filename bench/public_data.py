"""Public matching data as problems, where `../shared/data` has it; a rule adds minimum numbers."""

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

Json = dict[str, Any]

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
SOURCES = {
    "wpi-2018-2019": "Project centres, Worcester Polytechnic Institute",
    "preflib-00009": "Courses, AGH Krakow",
    "preflib-00038": "Projects, University of Glasgow",
}
"""Folders of the data, each with what it is."""


def public_problems(source: str, *, minima: bool) -> Iterator[tuple[str, Json]]:
    """Name and problem of each file of a source that is here.

    The project centres have capacities; with `minima` each minimum number is half of it. The others have
    none: courses have seats for 1.5 × all students, shared evenly, with minimum numbers of 60 %; projects
    take one student, with `minima` two or nobody.
    """
    folder = DATA / source
    if source == "wpi-2018-2019" and folder.is_dir():
        yield source, _centres(folder, minima=minima)
    for file in sorted(folder.glob("*.so[ci]")):
        yield file.stem, (_courses if source == "preflib-00009" else _projects)(file, minima=minima)


def missing_data() -> list[str]:
    """The sources that are not here."""
    return [source for source in SOURCES if not (DATA / source).is_dir()]


def _centres(folder: Path, *, minima: bool) -> Json:
    """Two tiers, valued 1 and 0.5; a centre valued 0 is not ranked and not given."""
    room = {row["ProjectID"]: int(row["Capacity"]) for row in _table(folder / "project_capacity.csv")}
    leaders: list[Json] = []
    for row in _table(folder / "student_preference.csv"):
        _, *values = row.items()
        tiers = [[centre for centre, value in values if float(value) == worth] for worth in (1.0, 0.5)]
        leaders.append({"id": f"student {len(leaders)}", "preferences": [tier for tier in tiers if tier]})
    slots = [
        {"id": centre, "capacity": seats, "minimum": seats // 2 * minima} for centre, seats in room.items()
    ]
    return _problem(leaders, slots)


def _table(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


def _courses(file: Path, *, minima: bool) -> Json:
    names, votes = _orders(file)
    seats = -(-len(votes) * 3 // (2 * len(names)))
    minimum = seats * 6 // 10 * minima
    return _problem(_voters(votes), [{"id": name, "capacity": seats, "minimum": minimum} for name in names])


def _projects(file: Path, *, minima: bool) -> Json:
    names, votes = _orders(file)
    seats, minimum = (2, 2) if minima else (1, 0)
    return _problem(_voters(votes), [{"id": name, "capacity": seats, "minimum": minimum} for name in names])


def _orders(file: Path) -> tuple[list[str], list[list[str]]]:
    """The alternatives' numbers, and one strict order for each voter."""
    lines = file.read_text(encoding="utf-8").splitlines()
    heading = "# ALTERNATIVE NAME "
    names = [line.removeprefix(heading).split(":")[0] for line in lines if line.startswith(heading)]
    votes: list[list[str]] = []
    for line in lines:
        if line and not line.startswith("#"):
            count, order = line.split(":")
            votes += [order.strip().split(",")] * int(count)
    return names, votes


def _voters(votes: Sequence[Sequence[str]]) -> list[Json]:
    return [
        {"id": f"voter {place}", "preferences": [[one] for one in vote]} for place, vote in enumerate(votes)
    ]


def _problem(leaders: Sequence[Json], slots: Sequence[Json]) -> Json:
    return {
        "version": 1,
        "leaders": list(leaders),
        "slots": list(slots),
        "rules": {"place_unranked": False},
        "objective": "generous",
        "seed": "public",
    }
