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
    _change_states(BEFORE, AFTER)


def downgrade() -> None:
    op.execute("UPDATE invite SET state = 'sent' WHERE state = 'undelivered'")
    _change_states(AFTER, BEFORE)
    op.drop_table("mailbox_position")
    op.drop_column("leader", "matched_as")
    op.drop_column("user", "bounce_reason")
    op.drop_column("user", "bounced_at")


def _change_states(old: str, new: str) -> None:
    """Let the state of an invite be one of other words.

    SQLite cannot change a check, but keeps it as text that may be changed where no row is concerned
    (sqlite.org/lang_altertable.html, section 7): nothing is copied, and nothing of the table can be lost.
    """
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        op.drop_constraint(op.f(NAME), "invite", type_="check")
        op.create_check_constraint(op.f(NAME), "invite", new)
        return
    version = connection.exec_driver_sql("PRAGMA schema_version").scalar_one()
    connection.exec_driver_sql("PRAGMA writable_schema=ON")
    changed = connection.execute(
        sa.text(
            "UPDATE sqlite_master SET sql = replace(sql, :old, :new) "
            "WHERE type = 'table' AND name = 'invite' AND instr(sql, :old) > 0"
        ),
        {"old": old, "new": new},
    )
    assert changed.rowcount == 1  # noqa: S101  # else the check would silently stay as it was
    connection.exec_driver_sql(f"PRAGMA schema_version={version + 1}")
    connection.exec_driver_sql("PRAGMA writable_schema=OFF")
