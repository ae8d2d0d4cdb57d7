"""Mail that is owed."""

import sqlalchemy as sa
from alembic import op

revision = "0007_outbox"
down_revision = "0006_placements"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _message()


def downgrade() -> None:
    op.drop_table("message")


def _message() -> None:
    op.create_table(
        "message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=True),
        sa.Column("invite_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("idem_key", sa.String(length=64), nullable=False),
        sa.Column("message_id", sa.String(length=255), nullable=False),
        sa.Column("recipient", sa.String(length=320), nullable=False),
        sa.Column("recipient_name", sa.String(length=300), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("octets", sa.LargeBinary(), nullable=True),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("unknowns", sa.Integer(), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lease_token", sa.String(length=120), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "status IN ('held', 'todo', 'sending', 'sent', 'failed', 'cancelled', 'superseded')",
            name=op.f("ck_message_status_known"),
        ),
        sa.CheckConstraint(
            "invite_id IS NULL OR cohort_id IS NOT NULL", name=op.f("ck_message_invite_in_cohort")
        ),
        sa.ForeignKeyConstraint(
            ["cohort_id", "invite_id"],
            ["invite.cohort_id", "invite.id"],
            name=op.f("fk_message_cohort_id_invite_id_invite"),
        ),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name=op.f("fk_message_cohort_id_cohort")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        sa.UniqueConstraint("idem_key", name=op.f("uq_message_idem_key")),
        sa.UniqueConstraint("message_id", name=op.f("uq_message_message_id")),
    )
    op.create_index("ix_message_due", "message", ["status", "due_at", "id"], unique=False)
    op.create_index("ix_message_cohort", "message", ["cohort_id", "status"], unique=False)
    op.create_index("ix_message_invite", "message", ["invite_id", "id"], unique=False)
