"""Who came to a day, what was said and written of it, and since when the list of a cohort is closed."""

import sqlalchemy as sa
from alembic import op

revision = "0027_day_after"
down_revision = "0026_review_board"
branch_labels = None
depends_on = None

STATES = "state IN ('came', 'late', 'left_early', 'absent')"
REASONS = "reason IN ('ill', 'work', 'travel', 'caring', 'place_closed', 'unknown')"
OF_PARTNER = sa.text("leader_id IS NULL")


def upgrade() -> None:
    _attendance()
    _feedback()
    _reflection()
    for table in ("attendance", "feedback", "reflection"):
        op.create_index(op.f(f"ix_{table}_cohort_id"), table, ["cohort_id"], unique=False)
        op.create_index(op.f(f"ix_{table}_leader_id"), table, ["leader_id"], unique=False)
    op.create_index(
        "uq_feedback_one_of_the_partner",
        "feedback",
        ["slot_id"],
        unique=True,
        sqlite_where=OF_PARTNER,
        postgresql_where=OF_PARTNER,
    )
    op.add_column("cohort", sa.Column("attendance_closed_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("cohort", "attendance_closed_at")
    op.drop_table("reflection")
    op.drop_table("feedback")
    op.drop_table("attendance")


def _attendance() -> None:
    op.create_table(
        "attendance",
        *_of_day("attendance", leader_needed=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("organisation", sa.String(length=300), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.String(length=12), nullable=True),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("marked_by", sa.String(length=12), nullable=False),
        sa.Column("marked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("batch", sa.String(length=32), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(STATES, name=op.f("ck_attendance_state_known")),
        sa.CheckConstraint(REASONS, name=op.f("ck_attendance_reason_known")),
        sa.CheckConstraint(
            "marked_by IN ('partner', 'coordinator')", name=op.f("ck_attendance_marked_by_known")
        ),
        sa.CheckConstraint("leader_id IS NOT NULL OR name <> ''", name=op.f("ck_attendance_somebody")),
        sa.UniqueConstraint("slot_id", "leader_id", name=op.f("uq_attendance_once_per_slot")),
    )


def _feedback() -> None:
    op.create_table(
        "feedback",
        *_of_day("feedback", leader_needed=False),
        sa.Column("went", sa.Integer(), nullable=False),
        sa.Column("again", sa.String(length=12), nullable=True),
        sa.Column("words", sa.String(length=4000), nullable=False),
        sa.Column("call_me", sa.Boolean(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("again IN ('yes', 'maybe', 'no')", name=op.f("ck_feedback_again_known")),
        sa.CheckConstraint("went BETWEEN 1 AND 5", name=op.f("ck_feedback_went_from_1_to_5")),
        sa.UniqueConstraint("slot_id", "leader_id", name=op.f("uq_feedback_one_of_each_leader")),
    )


def _reflection() -> None:
    op.create_table(
        "reflection",
        *_of_day("reflection", leader_needed=True),
        sa.Column("ciphertext", sa.LargeBinary(), nullable=False),
        sa.Column("to_partner", sa.Boolean(), nullable=False),
        sa.Column("to_coordinator", sa.Boolean(), nullable=False),
        sa.Column("to_evaluators", sa.Boolean(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.UniqueConstraint("slot_id", "leader_id", name=op.f("uq_reflection_one_of_each_leader")),
    )


def _of_day(table: str, *, leader_needed: bool) -> list[sa.schema.SchemaItem]:
    """What the three tables share: keys into one cohort, and a version."""
    return [
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("slot_id", sa.Integer(), nullable=False),
        sa.Column("leader_id", sa.Integer(), nullable=not leader_needed),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name=op.f(f"fk_{table}_cohort_id_cohort")),
        sa.ForeignKeyConstraint(
            ["cohort_id", "slot_id"],
            ["slot.cohort_id", "slot.id"],
            name=op.f(f"fk_{table}_cohort_id_slot_id_slot"),
        ),
        sa.ForeignKeyConstraint(
            ["cohort_id", "leader_id"],
            ["leader.cohort_id", "leader.id"],
            name=op.f(f"fk_{table}_cohort_id_leader_id_leader"),
        ),
        sa.CheckConstraint("version >= 1", name=op.f(f"ck_{table}_version_positive")),
    ]
