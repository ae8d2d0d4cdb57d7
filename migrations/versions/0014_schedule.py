"""Periodic work as rows, workers that say they are there, and one solve at a time in each cohort."""

import sqlalchemy as sa
from alembic import op

revision = "0014_schedule"
down_revision = "0013_deliveries"
branch_labels = None
depends_on = None

SOLVING = sa.text("status = 'solving'")


def upgrade() -> None:
    op.create_table(
        "schedule",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lease_token", sa.String(length=120), nullable=True),
        sa.Column("last_ran_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_schedule")),
    )
    op.create_table(
        "worker",
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("engine", sa.String(length=20), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_worker")),
    )
    # Not in a batch: SQLite would build the table anew.
    op.add_column("match_run", sa.Column("lease_token", sa.String(length=120), nullable=True))
    # Whoever solves at this moment may go on: the first result of a run is kept, whatever its state says.
    op.execute("UPDATE match_run SET status = 'queued', lease_until = NULL WHERE status = 'solving'")
    op.create_index(
        "uq_match_run_one_solving",
        "match_run",
        ["cohort_id"],
        unique=True,
        sqlite_where=SOLVING,
        postgresql_where=SOLVING,
    )


def downgrade() -> None:
    op.drop_index("uq_match_run_one_solving", table_name="match_run")
    op.drop_column("match_run", "lease_token")
    op.drop_table("worker")
    op.drop_table("schedule")
