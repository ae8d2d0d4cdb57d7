"""Cohorts of real size: made up by a stated rule, or read from the shared spreadsheets."""

import csv
import hashlib
from math import asin, cos, radians, sin, sqrt
from pathlib import Path
from typing import Any

Json = dict[str, Any]
SHARED = Path(__file__).parents[4].parent / "shared" / "data" / "fylde-coast"
CHECKS = ["none", "basic", "enhanced"]
_EARTH_KM = 6371.0088


def number(*words: object) -> int:
    """Give a number that looks random and is the same on every machine."""
    return int.from_bytes(hashlib.sha256("|".join(map(str, words)).encode()).digest()[:6], "big")


def made_up(leaders: int, slots: int, choices: int, *, minimum: int = 1) -> Json:
    """Make a cohort up: popular slots come first in the hash of leader and slot more often."""
    slot_ids = [f"slot-{place:03}" for place in range(slots)]
    seats = -(-leaders * 21 // (slots * 20))

    def leader(name: str) -> Json:
        def wish(slot: str) -> int:
            return number(name, slot) * (1 + slot_ids.index(slot))

        liked = sorted(slot_ids, key=wish)[:choices]
        never = [slot for slot in slot_ids if slot not in liked and number("never", name, slot) % 3 == 0]
        return {
            "id": name,
            "preferences": [[slot] for slot in liked] if number("answers", name) % 11 else [],
            "excluded": never,
            "if_need_be": [slot for slot in liked if number("need", name, slot) % 5 == 0],
            "distance_km": {slot: number("km", name, slot) % 30000 / 1000 for slot in slot_ids},
            "organisation": f"organisation-{number('organisation', name) % 12}",
            "sector": f"sector-{number('sector', name) % 5}",
        }

    return {
        "version": 1,
        "leaders": [leader(f"leader-{place:03}") for place in range(leaders)],
        "slots": [{"id": slot, "capacity": seats + 1, "minimum": minimum} for slot in slot_ids],
        "seed": "cohort",
    }


def fylde_coast() -> Json:
    """Read the shared spreadsheets as a problem, as the guide says: from pages to problem."""
    answers = {row["email"]: row for row in _rows("preferences.csv")}
    slots = _rows("slots.csv")
    return {
        "version": 1,
        "leaders": [_leader(row, answers.get(row["email"]), slots) for row in _rows("leaders.csv")],
        "slots": [
            {
                "id": slot["slot"],
                "partner": slot["partner"],
                "capacity": int(slot["capacity"]),
                "minimum": int(slot["minimum"]),
                "starts_at": f"{slot['date']}T{slot['start']}:00+00:00",
                "ends_at": f"{slot['date']}T{slot['end']}:00+00:00",
            }
            for slot in slots
        ],
        "seed": "cohort",
    }


def _leader(row: dict[str, str], answer: dict[str, str] | None, slots: list[dict[str, str]]) -> Json:
    given = answer or {}
    choices = [given[key] for key in sorted(given) if key.startswith("choice_") and given[key]]
    distances = {slot["slot"]: _kilometres(row, slot) for slot in slots}
    cannot = given.get("cannot_do", "").split()
    tiers = [[slot["slot"] for slot in slots if slot["opportunity"] == choice] for choice in choices]
    return {
        "id": row["email"],
        "days": int(row["days"]),
        "preferences": [tier for tier in tiers if tier],
        "excluded": [
            slot["slot"]
            for slot in slots
            if slot["date"] in cannot or distances[slot["slot"]] > float(row["max_km"]) or _unmet(row, slot)
        ],
        "if_need_be": [slot["slot"] for slot in slots if slot["date"] in given.get("if_need_be", "").split()],
        "distance_km": distances,
        "organisation": row["organisation"],
        "sector": row["sector"],
        "team": row["place_team"],
    }


def _unmet(row: dict[str, str], slot: dict[str, str]) -> bool:
    return (
        CHECKS.index(row["dbs"]) < CHECKS.index(slot["dbs"])
        or ("Step-free" in row["access_needs"] and slot["step_free"] != "yes")
        or (slot["women_only"] == "yes" and row["gender"] != "F")
    )


def _kilometres(one: dict[str, str], other: dict[str, str]) -> float:
    lat, lon, lat2, lon2 = (radians(float(row[key])) for row in (one, other) for key in ("lat", "lon"))
    half = sin((lat2 - lat) / 2) ** 2 + cos(lat) * cos(lat2) * sin((lon2 - lon) / 2) ** 2
    return 2 * _EARTH_KM * asin(sqrt(half))


def _rows(name: str) -> list[dict[str, str]]:
    with (SHARED / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
