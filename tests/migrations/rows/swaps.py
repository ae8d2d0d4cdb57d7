"""Rows of what leaders ask for instead of a day, beside those of the first season."""

from tests.migrations.rows.first_season import THEN, Rows

BY_REVISION: dict[str, Rows] = {
    "0034_swap_requests": [
        (
            "swap_request",
            {
                "id": 1,
                "cohort_id": 1,
                "leader_id": 1,
                "placement_id": 1,
                "reason": "work",
                "words": "A meeting that I cannot move",
                "wish": '["S1"]',
                "status": "granted",
                "version": 2,
                "asked_at": THEN,
                "settled_at": THEN,
                "answer": "",
                "new_placement_id": 1,
            },
        ),
    ],
}
