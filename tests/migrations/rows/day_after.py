"""Rows of placement days and what comes after them."""

from tests.migrations.rows.first_season import THEN, Rows

_OF_DAY = {"cohort_id": 1, "slot_id": 1, "version": 2}
_MARK = {"organisation": "", "note": "", "marked_by": "partner", "marked_at": THEN, "batch": None}

BY_REVISION: dict[str, Rows] = {
    "0027_day_after": [
        ("cohort", {"id": 1, "attendance_closed_at": THEN}),
        (
            "attendance",
            {"id": 1, "leader_id": 1, "name": "", "state": "absent", "reason": "ill", **_MARK, **_OF_DAY},
        ),
        (
            "attendance",
            {
                "id": 2,
                "leader_id": None,
                "name": "Café 🍲",
                "state": "came",
                "reason": None,
                **_MARK,
                **_OF_DAY,
            },
        ),
        (
            "feedback",
            {
                "id": 1,
                "leader_id": None,
                "went": 4,
                "again": "yes",
                "words": "Good talk 🍲",
                "call_me": True,
                "saved_at": THEN,
                **_OF_DAY,
            },
        ),
        (
            "reflection",
            {
                "id": 1,
                "leader_id": 1,
                "ciphertext": b"sealed",
                "to_partner": True,
                "to_coordinator": False,
                "to_evaluators": False,
                "saved_at": THEN,
                "finished_at": None,
                **_OF_DAY,
            },
        ),
    ],
}
