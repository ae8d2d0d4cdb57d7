"""Rows of seats that are offered, beside those of the first season."""

from tests.migrations.rows.first_season import THEN, Rows

BY_REVISION: dict[str, Rows] = {
    "0031_seat_offers": [
        (
            "seat_offer",
            {
                "id": 1,
                "cohort_id": 1,
                "leader_id": 2,
                "slot_id": 1,
                "offered_by": "user:1",
                "offered_at": THEN,
                "expires_at": THEN,
                "state": "open",
                "settled_at": None,
                "noted_at": None,
            },
        ),
    ],
}
