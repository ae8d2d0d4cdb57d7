"""Rows of what leaders do while they choose, beside those of the first season."""

from tests.migrations.rows.first_season import THEN, Rows

BY_REVISION: dict[str, Rows] = {
    "0028_choosing": [
        (
            "refused_opportunity",
            {"id": 1, "cohort_id": 1, "leader_id": 2, "opportunity_id": 1, "refused_at": THEN},
        ),
        (
            "previous_ranking",
            {
                "id": 1,
                "cohort_id": 1,
                "leader_id": 1,
                "before": "[]",
                "after": "[1]",
                "undone": False,
                "changed_at": THEN,
            },
        ),
    ],
}
