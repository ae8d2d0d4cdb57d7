"""Rows of imports by page."""

from tests.migrations.rows.first_season import THEN, Rows

BY_REVISION: dict[str, Rows] = {
    "0030_imports": [
        ("import_upload", {"user_id": 1, "cohort_id": 1, "sealed": b"sealed", "uploaded_at": THEN}),
        (
            "import_batch",
            {
                "id": 1,
                "cohort_id": 1,
                "imported_at": THEN,
                "imported_by": 1,
                "counts": '{"leaders_added": 1}',
                "undone_at": THEN,
            },
        ),
        (
            "import_row",
            {
                "id": 1,
                "batch_id": 1,
                "leader_id": 1,
                "thing": "leader",
                "row_id": 1,
                "added": True,
                "sealed": b"sealed",
            },
        ),
    ],
}
