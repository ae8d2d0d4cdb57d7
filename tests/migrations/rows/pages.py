"""Rows of what pages go by: stamps that the database draws, forms that were interrupted."""

from tests.migrations.rows.first_season import THEN, Rows

BY_REVISION: dict[str, Rows] = {
    "0021_match_stamps": [("match_stamp", {"cohort_id": 1, "stamp": "8" * 32, "changed_in": None})],
    "0022_interrupted_forms": [
        ("interrupted_form", {"user_id": 1, "path": "/leader/1", "sealed": b"sealed", "kept_at": THEN})
    ],
}
