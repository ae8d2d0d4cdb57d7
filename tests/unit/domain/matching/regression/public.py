"""Matching data that was published, read where it lies; rules are added by a stated rule.

The files stay where they are: some may not be copied. Tests that need them are skipped where they are absent.
"""

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.unit.domain.matching import cohorts

Json = dict[str, Any]
DATA = Path(__file__).parents[5].parent / "shared" / "data"


def fylde_coast(**rules: Any) -> Json:
    """Read the Fylde Coast cohort: 100 leaders, 37 slots, minimum numbers, dates, distances."""
    return cohorts.fylde_coast() | {"rules": rules}


def fylde_mixed() -> Json:
    """Ask for at most two of an organisation and for three sectors, and spread teams."""
    return fylde_coast(max_same_organisation=2, min_sectors=3, teams="spread")


def fylde_partners() -> Json:
    """Let each partner take eight leaders in all, and give nobody what they did not rank."""
    partners = {slot["partner"] for slot in cohorts.fylde_coast()["slots"]}
    return fylde_coast(partner_capacity=dict.fromkeys(sorted(partners), 8), place_unranked=False)


def fylde_two_days() -> Json:
    """Give every second leader two days, with a day at most at one partner and a gap of a night."""
    made = fylde_coast(max_per_partner=1, gap_minutes=720)
    for place, leader in enumerate(made["leaders"]):
        leader["days"] = 1 + place % 2
    for slot in made["slots"]:
        slot["capacity"] += 1
    return made


def worcester() -> Json:
    """Read the first 150 students of Worcester: two tied tiers, 47 centres, the major as sector.

    A centre's room is 120 in 927 of what it was, rounded up, and it runs with two thirds of that. At most
    two of a major meet at a centre, and two majors at least.
    """
    return _worcester(150, 120, 66) | {"rules": {"max_same_organisation": 2, "min_sectors": 2}}


def worcester_centres() -> Json:
    """Read the first 300 students; rooms are 280 in 927 of what they were, and run with seven in ten."""
    return _worcester(300, 280, 70)


def _worcester(students: int, scale: int, percent: int) -> Json:
    folder = DATA / "wpi-2018-2019"
    with (folder / "student_preference.csv").open(encoding="utf-8-sig") as file:
        rows = [row for row, _ in zip(csv.DictReader(file), range(students), strict=False)]
    with (folder / "student_info.csv").open(encoding="utf-8-sig") as file:
        majors = {row["StudentID"]: row["Major"] for row in csv.DictReader(file)}
    with (folder / "project_capacity.csv").open(encoding="utf-8-sig") as file:
        rooms = {row["ProjectID"]: -(-int(row["Capacity"]) * scale // 927) for row in csv.DictReader(file)}
    return {
        "version": 1,
        "leaders": [_student(row, majors) for row in rows],
        "slots": [
            {"id": centre, "capacity": room, "minimum": -(-room * percent // 100)}
            for centre, room in rooms.items()
        ],
        "seed": "worcester",
    }


def _student(row: dict[str, str], majors: dict[str, str]) -> Json:
    name = str(int(float(row.pop("StudentID \\ ProjectID"))))
    tiers = [[centre for centre, liking in row.items() if float(liking) == grade] for grade in (1.0, 0.5)]
    return {
        "id": name,
        "preferences": [tier for tier in tiers if tier],
        "organisation": majors[name],
        "sector": majors[name],
    }


def glasgow(number: int) -> Json:
    """Read the bids of one year at Glasgow: 34 to 37 students, five of about 60 projects each.

    A project takes two students and runs with two only.
    """
    return _preflib(f"preflib-00038/00038-{number:08}.soi", 2, 2, place_unranked=False)


def glasgow_1() -> Json:
    return glasgow(1)


def glasgow_2() -> Json:
    return glasgow(2)


def glasgow_4() -> Json:
    return glasgow(4)


def cracow() -> Json:
    """Read 153 complete rankings of seven courses; a course takes 29 and runs with 24."""
    return _preflib("preflib-00009/00009-00000002.soc", 29, 24)


def _preflib(name: str, capacity: int, minimum: int, **rules: Any) -> Json:
    """Read orders: `# KEY: value` lines, then `count: best, second best, …`."""
    lines = (DATA / name).read_text(encoding="utf-8").splitlines()
    orders = [line.partition(":") for line in lines if line and not line.startswith("#")]
    found = [order.replace(" ", "").split(",") for count, _, order in orders for _ in range(int(count))]
    slots = sum(line.startswith("# ALTERNATIVE NAME") for line in lines)
    return {
        "version": 1,
        "leaders": [
            {"id": f"{place:03}", "preferences": [[slot] for slot in order]}
            for place, order in enumerate(found)
        ],
        "slots": [{"id": str(1 + place), "capacity": capacity, "minimum": minimum} for place in range(slots)],
        "rules": rules,
        "seed": name,
    }


G, R, T, D = "generous", "rank-maximal", "total-rank", "lottery"
INSTANCES: list[tuple[Callable[[], Json], tuple[str, ...]]] = [
    (fylde_mixed, (G, R, D)),
    (fylde_partners, (G, R, T, D)),
    (fylde_two_days, (G, T, D)),
    (worcester, (G, D)),
    (worcester_centres, (G, T)),
    (glasgow_1, (G, D)),
    (glasgow_2, (R, D)),
    (glasgow_4, (G, T, D)),
    (cracow, (G, R)),
]
"""Instances and the objectives whose best results are known."""
