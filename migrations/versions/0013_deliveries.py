"""What became of each try to send a mail, and the domain that a mail goes to."""

import sqlalchemy as sa
from alembic import op

revision = "0013_deliveries"
down_revision = "0012_feeds"
branch_labels = None
depends_on = None

DOMAIN = {
    "postgresql": "UPDATE message SET domain = lower(split_part(recipient, '@', 2))",
    "sqlite": "UPDATE message SET domain = lower(substr(recipient, instr(recipient, '@') + 1))",
}
OUTCOMES = "'sent', 'put_off', 'refused', 'unknown', 'unwritable', 'interrupted', 'held', 'released', 'asked'"

# Not in batches: SQLite would build the table anew.


def upgrade() -> None:
    op.add_column(
        "message", sa.Column("domain", sa.String(length=255), nullable=False, server_default=sa.text("''"))
    )
    op.execute(DOMAIN[op.get_bind().dialect.name])
    op.create_table(
        "delivery_try",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.String(length=12), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.CheckConstraint(f"outcome IN ({OUTCOMES})", name=op.f("ck_delivery_try_outcome_known")),
        sa.ForeignKeyConstraint(
            ["message_id"], ["message.id"], name=op.f("fk_delivery_try_message_id_message")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery_try")),
    )
    op.create_index("ix_delivery_try_message_id", "delivery_try", ["message_id"], unique=False)


def downgrade() -> None:
    op.drop_table("delivery_try")
    op.drop_column("message", "domain")
