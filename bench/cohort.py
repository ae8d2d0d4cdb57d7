"""A cohort of real size, made up by a stated rule: the same five sheets on every machine."""

import csv
import hashlib
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path

LEADERS = 100
PARTNERS = 14
OPPORTUNITIES = 16
SLOTS = 40
FIRST_DAY = date(2031, 3, 4)
CHECKS = ("none", "none", "basic", "enhanced")
SECTORS = ("NHS acute", "NHS community", "Council", "Ambulance", "Public health")
SECTORS_ON_THE_MAP = (
    "FY1 1",
    "FY1 4",
    "FY2 0",
    "FY2 9",
    "FY3 7",
    "FY3 9",
    "FY4 2",
    "FY5 1",
    "FY6 7",
    "FY8 1",
)
DOMAIN = "bench.example"
NAMES = frozenset(
    {
        *("partner", "email", "ref", "slot", "opportunity", "title", "name"),
        *(f"choice_{place}" for place in range(1, 6)),
    }
)
"""Columns that name somebody or something."""


def draw(choices: int, *words: object) -> int:
    """A number below `choices` that looks random and follows from `words` alone."""
    digest = hashlib.sha256("|".join(map(str, words)).encode()).digest()
    return int.from_bytes(digest[:6], "big") % choices


def write_cohort(folder: Path, *, copies: int = 1) -> Path:
    """Write the five sheets into `folder`, made if need be, and return it.

    Several `copies` make a cohort as many times as large, with new names for all.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in (
        ("partners", map(_partner, range(PARTNERS))),
        ("opportunities", map(_opportunity, range(OPPORTUNITIES))),
        ("slots", map(_slot, range(SLOTS))),
        ("leaders", map(_leader, range(LEADERS))),
        ("preferences", (_answer(who) for who in range(LEADERS) if draw(11, "silent", who))),
    ):
        once = list(rows)
        _write(folder / f"{name}.csv", (_copied(row, copy) for copy in range(copies) for row in once))
    return folder


def _copied(row: dict[str, object], copy: int) -> dict[str, object]:
    """The same row about somebody else."""
    if not copy:
        return row
    return {key: f"{copy}-{value}" if key in NAMES else value for key, value in row.items()}


def _write(file: Path, rows: Iterable[dict[str, object]]) -> None:
    first, *others = rows
    with file.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.DictWriter(opened, list(first))
        writer.writeheader()
        writer.writerows([first, *others])


def _postcode(*words: object) -> str:
    return f"{SECTORS_ON_THE_MAP[draw(len(SECTORS_ON_THE_MAP), 'postcode', *words)]}AB"


def _partner(which: int) -> dict[str, object]:
    return {
        "partner": f"Partner {which + 1}",
        "theme": "Company",
        "contact": f"Contact {which + 1}",
        "email": f"partner{which + 1}@{DOMAIN}",
        "phone": "01632 960000",
        "website": f"www.{DOMAIN}",
        "about": "Made up to measure with.",
    }


def _opportunity(which: int) -> dict[str, object]:
    partner = which % PARTNERS
    return {
        "ref": f"O{which + 1:02}",
        "partner": f"Partner {partner + 1}",
        "title": f"Placement {which + 1}",
        "dbs": CHECKS[draw(len(CHECKS), "needs", which)],
        "step_free": "yes",
        "women_only": "no",
        "address": f"{which + 1} Bench Street",
        "postcode": _postcode("opportunity", which),
    }


def _slot(which: int) -> dict[str, object]:
    offered = which % OPPORTUNITIES
    day = FIRST_DAY + timedelta(days=2 * draw(20, "day", which // OPPORTUNITIES, offered))
    capacity = 2 + draw(3, "capacity", which)
    what = _opportunity(offered)
    return {
        "slot": f"S{which + 1:02}",
        "opportunity": what["ref"],
        "partner": what["partner"],
        "title": what["title"],
        "date": day.isoformat(),
        "start": f"{8 + which // OPPORTUNITIES:02}:30",
        "end": "15:00",
        "capacity": capacity,
        "minimum": 1 + draw(2, "minimum", which),
        "address": what["address"],
        "postcode": what["postcode"],
        "dbs": what["dbs"],
        "step_free": what["step_free"],
        "women_only": what["women_only"],
    }


def _leader(which: int) -> dict[str, object]:
    organisation = draw(12, "organisation", which)
    return {
        "name": f"Leader {which + 1}",
        "email": f"leader{which + 1}@{DOMAIN}",
        "organisation": f"Organisation {organisation + 1}",
        "sector": SECTORS[organisation % len(SECTORS)],
        "role": "Manager",
        "pay_band": "7",
        "gender": "F" if draw(2, "gender", which) else "M",
        "base_postcode": _postcode("leader", which),
        "dbs": CHECKS[draw(len(CHECKS), "holds", which)],
        "access_needs": "",
        "travel": "car",
        "max_km": 40,
        "days": 1,
        "place_team": f"Team {draw(9, 'team', which) + 1}",
    }


def _answer(which: int) -> dict[str, object]:
    """Five choices; the first opportunities are wanted most."""
    wanted = sorted(range(OPPORTUNITIES), key=lambda what: draw(10_000, "wish", which, what) * (what + 1))
    days = sorted({str(_slot(slot)["date"]) for slot in range(SLOTS)})
    cannot = [day for day in days if not draw(6, "cannot", which, day)]
    reluctant = [day for day in days if day not in cannot and not draw(6, "reluctant", which, day)]
    choices = {f"choice_{place}": f"O{what + 1:02}" for place, what in enumerate(wanted[:5], start=1)}
    return {
        "email": f"leader{which + 1}@{DOMAIN}",
        **choices,
        "cannot_do": " ".join(cannot),
        "if_need_be": " ".join(reluctant),
        "submitted_at": "2031-01-10T09:00:00Z",
    }
