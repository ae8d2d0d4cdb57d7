"""Rows of what organisations sign off, beside those of the first season."""

from tests.migrations.rows.first_season import THEN, Rows

BY_REVISION: dict[str, Rows] = {
    "0036_list_sign_offs": [
        ("organisation", {"id": 1, "signed_off_by": "Amina Khan, chief nurse", "signed_off_at": THEN}),
        ("leader", {"id": 1, "signed_off_at": THEN}),
    ],
}
