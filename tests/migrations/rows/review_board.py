"""Rows of what a coordinator fixes and notes, and of how far a solver is."""

from tests.migrations.rows.first_season import THEN, Rows

_PAIR = {"cohort_id": 1, "leader_id": 1, "opportunity_id": 1, "made_by": "user:2", "made_at": THEN}
_STEP = {"cohort_id": 1, "run_id": 1, "new_run_id": None, "made_by": "user:2", "made_at": THEN}

BY_REVISION: dict[str, Rows] = {
    "0026_review_board": [
        ("fixed_pair", {"id": 1, "slot_id": 1, "kind": "pin", "reason": "Café 🍲", **_PAIR}),
        (
            "fixed_pair",
            {
                "id": 2,
                "slot_id": None,
                "kind": "forbid",
                "reason": "Sits on its board",
                "removed_by": "user:2",
                "removed_at": THEN,
                **_PAIR,
            },
        ),
        ("fixing_step", {"id": 1, "word": "keep", "added": "[1]", "removed": "[]", **_STEP}),
        (
            "fixing_step",
            {"id": 2, "word": "never", "added": "[2]", "removed": "[]", "undone_at": THEN, **_STEP},
        ),
        (
            "run_note",
            {
                "id": 1,
                "cohort_id": 1,
                "match_run_id": 1,
                "text": "Café for all 🍲",
                "written_by": "user:2",
                "written_at": THEN,
                "changed_at": THEN,
            },
        ),
        (
            "match_run",
            {
                "id": 1,
                "stage": "profile",
                "stages_done": 2,
                "stages_all": 9,
                "approved_by": "user:2",
                "approved_at": THEN,
            },
        ),
        ("cohort", {"id": 1, "second_approval": True}),
    ],
}
