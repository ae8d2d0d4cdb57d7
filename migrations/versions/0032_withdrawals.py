"""Days that partners take back although people are coming: why, and whether a coordinator has seen to it."""

import sqlalchemy as sa
from alembic import op

revision = "0032_withdrawals"
down_revision = "0031_seat_offers"
branch_labels = None
depends_on = None

REASONS = "reason IN ('staff', 'place', 'activity', 'safety', 'urgent', 'private')"


def upgrade() -> None:
    op.create_table(
        "withdrawal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("slot_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=12), nullable=False),
        sa.Column("words", sa.String(length=500), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(REASONS, name=op.f("ck_withdrawal_reason_known")),
        sa.CheckConstraint("people >= 1", name=op.f("ck_withdrawal_people_positive")),
        sa.ForeignKeyConstraint(
            ["cohort_id", "slot_id"],
            ["slot.cohort_id", "slot.id"],
            name=op.f("fk_withdrawal_cohort_id_slot_id_slot"),
        ),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name=op.f("fk_withdrawal_cohort_id_cohort")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_withdrawal")),
    )
    for column in ("cohort_id", "slot_id"):
        op.create_index(op.f(f"ix_withdrawal_{column}"), "withdrawal", [column], unique=False)


def downgrade() -> None:
    op.drop_table("withdrawal")
