"""Rows of what leaders say of themselves."""

from tests.migrations.rows.first_season import THEN, Rows

BY_REVISION: dict[str, Rows] = {
    "0023_about_leaders": [
        ("leader", {"id": 1, "postcode_kind": "home", "no_car": True, "checked_at": THEN}),
        ("leader", {"id": 2, "erased_at": THEN}),
        (
            "conflict",
            {
                "id": 1,
                "cohort_id": 1,
                "leader_id": 1,
                "partner_id": 1,
                "kind": "board",
                "said_by": "leader",
                "said_at": THEN,
                "note": "",
            },
        ),
    ],
}
