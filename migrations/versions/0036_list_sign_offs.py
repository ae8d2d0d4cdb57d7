"""Which organisations have signed off the list of their leaders, by whom, and who was on it."""

import sqlalchemy as sa
from alembic import op

revision = "0036_list_sign_offs"
down_revision = "0035_second_steps"
branch_labels = None
depends_on = None

# Columns are not added in batches: SQLite would build the tables anew, and triggers on them would be gone.


def upgrade() -> None:
    op.add_column(
        "organisation",
        sa.Column("signed_off_by", sa.String(length=200), nullable=False, server_default=sa.text("''")),
    )
    op.add_column("organisation", sa.Column("signed_off_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("leader", sa.Column("signed_off_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("leader", "signed_off_at")
    op.drop_column("organisation", "signed_off_at")
    op.drop_column("organisation", "signed_off_by")
