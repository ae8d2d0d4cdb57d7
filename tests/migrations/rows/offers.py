"""Rows of full offers: an opportunity that waits, with what visitors do, at a site with a name.

What calendar feeds show is left out: to write it would raise their number, which a downgrade does not lower.
"""

from tests.migrations.rows.first_season import THEN, Rows

BY_REVISION: dict[str, Rows] = {
    "0025_offers": [
        (
            "opportunity",
            {
                "id": 1,
                "status": "returned",
                "waiting_since": THEN,
                "decided_at": THEN,
                "review_note": "Please say who is in the room 🍲",
                "safeguarding_at": None,
                "who_they_meet": "Cooks",
                "part_taken": "both",
                "lone_working": False,
                "language": "Polish",
            },
        ),
        ("activity", {"id": 1, "cohort_id": 1, "opportunity_id": 1, "kind": "serving_food"}),
        (
            "site",
            {
                "id": 1,
                "name": "Kitchen",
                "step_free": True,
            },
        ),
    ],
}
