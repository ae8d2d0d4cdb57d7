"""Replies to invites, and when and to what the held answer of an invite was given."""

import sqlalchemy as sa
from alembic import op

revision = "0011_replies"
down_revision = "0010_repairs"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("invite", sa.Column("partstat_stamp", sa.DateTime(timezone=True), nullable=True))
    op.add_column("invite", sa.Column("partstat_seq", sa.Integer(), nullable=True))
    _reply()


def downgrade() -> None:
    op.drop_table("reply")
    op.drop_column("invite", "partstat_seq")
    op.drop_column("invite", "partstat_stamp")


def _reply() -> None:
    op.create_table(
        "reply",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=True),
        sa.Column("invite_id", sa.Integer(), nullable=True),
        sa.Column("message_id", sa.String(length=255), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sender", sa.String(length=320), nullable=False),
        sa.Column("action", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("partstat", sa.String(length=12), nullable=True),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("octets", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "action IN ('applied', 'ignored', 'review', 'rejected')", name=op.f("ck_reply_action_known")
        ),
        sa.CheckConstraint(
            "partstat IN ('NEEDS-ACTION', 'ACCEPTED', 'DECLINED', 'TENTATIVE')",
            name=op.f("ck_reply_partstat_known"),
        ),
        sa.CheckConstraint(
            "invite_id IS NULL OR cohort_id IS NOT NULL", name=op.f("ck_reply_invite_in_cohort")
        ),
        sa.ForeignKeyConstraint(
            ["cohort_id", "invite_id"],
            ["invite.cohort_id", "invite.id"],
            name=op.f("fk_reply_cohort_id_invite_id_invite"),
        ),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name=op.f("fk_reply_cohort_id_cohort")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reply")),
        sa.UniqueConstraint("message_id", "digest", name=op.f("uq_reply_mail")),
    )
    op.create_index("ix_reply_cohort_id", "reply", ["cohort_id"], unique=False)
    op.create_index("ix_reply_invite_id", "reply", ["invite_id"], unique=False)
