"""Leaders who have left, capacities that wait for a repair, and what kind of run a match run is."""

import sqlalchemy as sa
from alembic import op

revision = "0010_repairs"
down_revision = "0009_audit"
branch_labels = None
depends_on = None

# Not in batches: SQLite would build the tables anew, and the triggers that count seats would be gone.


def upgrade() -> None:
    op.add_column("leader", sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "slot",
        sa.Column(
            "wanted_capacity",
            sa.Integer(),
            sa.CheckConstraint(
                "wanted_capacity >= minimum AND wanted_capacity < capacity",
                name=op.f("ck_slot_wanted_capacity_between"),
            ),
            nullable=True,
        ),
    )
    op.add_column(
        "match_run",
        sa.Column(
            "kind",
            sa.String(length=10),
            sa.CheckConstraint("kind IN ('match', 'repair', 'fresh')", name=op.f("ck_match_run_kind_known")),
            nullable=False,
            server_default="match",
        ),
    )


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint(op.f("ck_match_run_kind_known"), "match_run", type_="check")
        op.drop_constraint(op.f("ck_slot_wanted_capacity_between"), "slot", type_="check")
    op.drop_column("match_run", "kind")
    op.drop_column("slot", "wanted_capacity")
    op.drop_column("leader", "withdrawn_at")
