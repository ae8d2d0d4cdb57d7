"""Addresses that mail does not reach, invites that came back, and how far the mailbox was read."""

import sqlalchemy as sa
from alembic import op

revision = "0015_doors"
down_revision = "0014_schedule"
branch_labels = None
depends_on = None

NAME = "ck_invite_state_known"
BEFORE = "state IN ('owed', 'sent', 'cancelled')"
AFTER = "state IN ('owed', 'sent', 'undelivered', 'cancelled')"


def upgrade() -> None:
    op.add_column("user", sa.Column("bounced_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("user", sa.Column("bounce_reason", sa.String(length=400), nullable=True))
    op.add_column("leader", sa.Column("matched_as", sa.String(length=320), nullable=True))
    op.create_table(
        "mailbox_position",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mailbox", sa.String(length=600), nullable=False),
        sa.Column("uid_validity", sa.BigInteger(), nullable=False),
        sa.Column("last_uid", sa.BigInteger(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailbox_position")),
        sa.UniqueConstraint("mailbox", name=op.f("uq_mailbox_position_mailbox")),
    )
    _change_states(AFTER)


def downgrade() -> None:
    op.execute("UPDATE invite SET state = 'sent' WHERE state = 'undelivered'")
    _change_states(BEFORE)
    op.drop_table("mailbox_position")
    op.drop_column("leader", "matched_as")
    op.drop_column("user", "bounce_reason")
    op.drop_column("user", "bounced_at")


def _change_states(words: str) -> None:
    with op.batch_alter_table("invite") as invite:
        invite.drop_constraint(op.f(NAME), type_="check")
        invite.create_check_constraint(op.f(NAME), words)
