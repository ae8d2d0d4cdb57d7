"""What partners write to all who come to a day."""

import sqlalchemy as sa
from alembic import op

revision = "0033_partner_messages"
down_revision = "0032_withdrawals"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "partner_message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("slot_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=2000), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("people >= 1", name=op.f("ck_partner_message_people_positive")),
        sa.ForeignKeyConstraint(
            ["cohort_id", "slot_id"],
            ["slot.cohort_id", "slot.id"],
            name=op.f("fk_partner_message_cohort_id_slot_id_slot"),
        ),
        sa.ForeignKeyConstraint(
            ["cohort_id"], ["cohort.id"], name=op.f("fk_partner_message_cohort_id_cohort")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_message")),
    )
    for column in ("cohort_id", "slot_id"):
        op.create_index(op.f(f"ix_partner_message_{column}"), "partner_message", [column], unique=False)


def downgrade() -> None:
    op.drop_table("partner_message")
