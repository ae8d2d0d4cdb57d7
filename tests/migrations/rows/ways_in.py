"""Rows of the second step at sign-in, beside those of the first season."""

from tests.migrations.rows.first_season import THEN, Rows

BY_REVISION: dict[str, Rows] = {
    "0035_second_steps": [
        (
            "second_step",
            {"user_id": 1, "sealed": b"sealed", "begun_at": THEN, "on_since": THEN, "last_used": 59_000_000},
        ),
        (
            "recovery_code",
            {"id": 1, "user_id": 1, "code_hash": "8" * 64, "made_at": THEN, "used_at": THEN},
        ),
    ],
}
