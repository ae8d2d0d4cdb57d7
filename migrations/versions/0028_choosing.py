"""What leaders would not go to, and each ranking before its last change, so that it can be undone."""

import sqlalchemy as sa
from alembic import op

from placement.db.watching import unwatch, watch

revision = "0028_choosing"
down_revision = "0027_day_after"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "refused_opportunity",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("leader_id", sa.Integer(), nullable=False),
        sa.Column("opportunity_id", sa.Integer(), nullable=False),
        sa.Column("refused_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["cohort_id", "leader_id"],
            ["leader.cohort_id", "leader.id"],
            name=op.f("fk_refused_opportunity_cohort_id_leader_id_leader"),
        ),
        sa.ForeignKeyConstraint(
            ["cohort_id", "opportunity_id"],
            ["opportunity.cohort_id", "opportunity.id"],
            name=op.f("fk_refused_opportunity_cohort_id_opportunity_id_opportunity"),
        ),
        sa.ForeignKeyConstraint(
            ["cohort_id"], ["cohort.id"], name=op.f("fk_refused_opportunity_cohort_id_cohort")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refused_opportunity")),
        sa.UniqueConstraint("leader_id", "opportunity_id", name=op.f("uq_refused_opportunity_refused_once")),
    )
    op.create_index("ix_refused_opportunity_cohort_id", "refused_opportunity", ["cohort_id"], unique=False)
    op.create_index(
        "ix_refused_opportunity_opportunity_id", "refused_opportunity", ["opportunity_id"], unique=False
    )
    watch("refused_opportunity")
    op.create_table(
        "previous_ranking",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("leader_id", sa.Integer(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.Column("undone", sa.Boolean(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["cohort_id", "leader_id"],
            ["leader.cohort_id", "leader.id"],
            name=op.f("fk_previous_ranking_cohort_id_leader_id_leader"),
        ),
        sa.ForeignKeyConstraint(
            ["cohort_id"], ["cohort.id"], name=op.f("fk_previous_ranking_cohort_id_cohort")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_previous_ranking")),
        sa.UniqueConstraint("leader_id", name=op.f("uq_previous_ranking_one_per_leader")),
    )
    op.create_index("ix_previous_ranking_cohort_id", "previous_ranking", ["cohort_id"], unique=False)


def downgrade() -> None:
    unwatch("refused_opportunity")
    op.drop_table("previous_ranking")
    op.drop_table("refused_opportunity")
