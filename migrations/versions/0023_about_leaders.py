"""What leaders say of themselves: where they start from, a car, and conflicts of interest."""

import sqlalchemy as sa
from alembic import op

from placement.db.watching import unwatch, watch

revision = "0023_about_leaders"
down_revision = "0022_interrupted_forms"
branch_labels = None
depends_on = None

# Not in batches: SQLite would build the table anew, and the trigger that watches it would be gone.


def upgrade() -> None:
    op.add_column(
        "leader",
        sa.Column(
            "postcode_kind",
            sa.String(length=10),
            sa.CheckConstraint(
                "postcode_kind IN ('home', 'work')", name=op.f("ck_leader_postcode_kind_known")
            ),
            nullable=True,
        ),
    )
    op.add_column("leader", sa.Column("no_car", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("leader", sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("leader", sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("access_need", sa.Column("shared", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "conflict",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("leader_id", sa.Integer(), nullable=False),
        sa.Column("partner_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("said_by", sa.String(length=12), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.CheckConstraint(
            "kind IN ('funds', 'commissions', 'board', 'works', 'volunteers', 'family', 'other')",
            name=op.f("ck_conflict_kind_known"),
        ),
        sa.CheckConstraint("said_by IN ('leader', 'coordinator')", name=op.f("ck_conflict_said_by_known")),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name=op.f("fk_conflict_cohort_id_cohort")),
        sa.ForeignKeyConstraint(
            ["cohort_id", "leader_id"],
            ["leader.cohort_id", "leader.id"],
            name=op.f("fk_conflict_cohort_id_leader_id_leader"),
        ),
        sa.ForeignKeyConstraint(
            ["cohort_id", "partner_id"],
            ["partner.cohort_id", "partner.id"],
            name=op.f("fk_conflict_cohort_id_partner_id_partner"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conflict")),
        sa.UniqueConstraint("leader_id", "partner_id", name=op.f("uq_conflict_once_per_pair")),
    )
    op.create_index(op.f("ix_conflict_cohort_id"), "conflict", ["cohort_id"])
    op.create_index(op.f("ix_conflict_partner_id"), "conflict", ["partner_id"])
    watch("conflict")


def downgrade() -> None:
    unwatch("conflict")
    op.drop_table("conflict")
    op.drop_column("access_need", "shared")
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint(op.f("ck_leader_postcode_kind_known"), "leader", type_="check")
    for column in ("erased_at", "checked_at", "no_car", "postcode_kind"):
        op.drop_column("leader", column)
