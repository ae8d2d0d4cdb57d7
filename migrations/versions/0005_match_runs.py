"""Match runs and what they propose."""

import sqlalchemy as sa
from alembic import op

revision = "0005_match_runs"
down_revision = "0004_preferences"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _match_run()
    _assignment()


def downgrade() -> None:
    op.drop_table("assignment")
    op.drop_table("match_run")


def _match_run() -> None:
    op.create_table(
        "match_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("objective", sa.String(length=20), nullable=False),
        sa.Column("seed", sa.String(length=200), nullable=False),
        sa.Column("frozen_input", sa.Text(), nullable=False),
        sa.Column("input_digest", sa.String(length=64), nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("versions", sa.JSON(), nullable=True),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.Column("requested_by", sa.String(length=320), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "status IN ('queued', 'solving', 'solved', 'confirmed', 'failed', 'cancelled')",
            name=op.f("ck_match_run_status_known"),
        ),
        sa.CheckConstraint(
            "objective IN ('generous', 'rank-maximal', 'total-rank', 'lottery')",
            name=op.f("ck_match_run_objective_known"),
        ),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name=op.f("fk_match_run_cohort_id_cohort")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_match_run")),
        sa.UniqueConstraint("cohort_id", "id", name=op.f("uq_match_run_cohort")),
    )


def _assignment() -> None:
    op.create_table(
        "assignment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("match_run_id", sa.Integer(), nullable=False),
        sa.Column("leader_id", sa.Integer(), nullable=False),
        sa.Column("slot_id", sa.Integer(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=True),
        sa.CheckConstraint("rank >= 1", name=op.f("ck_assignment_rank_positive")),
        sa.ForeignKeyConstraint(
            ["cohort_id", "leader_id"],
            ["leader.cohort_id", "leader.id"],
            name=op.f("fk_assignment_cohort_id_leader_id_leader"),
        ),
        sa.ForeignKeyConstraint(
            ["cohort_id", "match_run_id"],
            ["match_run.cohort_id", "match_run.id"],
            name=op.f("fk_assignment_cohort_id_match_run_id_match_run"),
        ),
        sa.ForeignKeyConstraint(
            ["cohort_id", "slot_id"],
            ["slot.cohort_id", "slot.id"],
            name=op.f("fk_assignment_cohort_id_slot_id_slot"),
        ),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name=op.f("fk_assignment_cohort_id_cohort")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment")),
        sa.UniqueConstraint("match_run_id", "leader_id", "slot_id", name=op.f("uq_assignment_one_per_pair")),
    )
    op.create_index("ix_assignment_cohort_id", "assignment", ["cohort_id"], unique=False)
    op.create_index("ix_assignment_leader_id", "assignment", ["leader_id"], unique=False)
    op.create_index("ix_assignment_slot_id", "assignment", ["slot_id"], unique=False)
