"""Rows of what the database draws and counts by itself."""

from tests.migrations.rows.first_season import Rows

BY_REVISION: dict[str, Rows] = {
    "0021_match_stamps": [("match_stamp", {"cohort_id": 1, "stamp": "8" * 32, "changed_in": None})],
}
