"""Rows of what partners do while people are coming, beside those of the first season."""

from tests.migrations.rows.first_season import THEN, Rows

_OF_DAY = {"id": 1, "cohort_id": 1, "slot_id": 1, "people": 2}

BY_REVISION: dict[str, Rows] = {
    "0032_withdrawals": [
        (
            "withdrawal",
            {"reason": "staff", "words": "Café closed 🍲", "withdrawn_at": THEN, "noted_at": None, **_OF_DAY},
        ),
    ],
    "0033_partner_messages": [
        ("partner_message", {"text": "Back door, please 🍲", "sent_at": THEN, **_OF_DAY}),
    ],
}
