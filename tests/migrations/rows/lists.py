"""Rows of the lists that coordinators look at."""

from tests.migrations.rows.first_season import THEN, Rows

BY_REVISION: dict[str, Rows] = {
    "0024_lists": [
        (
            "audit_check",
            {
                "id": 1,
                "at": THEN,
                "whole": True,
                "events": 3,
                "last_event_id": 3,
                "last_hash": "7" * 64,
                "broken_at": 4,
                "fault": "gap",
            },
        ),
        (
            "saved_view",
            {
                "id": 1,
                "cohort_id": 1,
                "user_id": 1,
                "page": "people",
                "name": "Silent ones",
                "query": "show=silent",
                "shared": True,
                "created_at": THEN,
            },
        ),
    ],
}
