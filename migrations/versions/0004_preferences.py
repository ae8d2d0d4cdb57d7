"""What leaders would like and when they can."""

import sqlalchemy as sa
from alembic import op

revision = "0004_preferences"
down_revision = "0003_opportunities"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _preference()
    _date_answer()


def downgrade() -> None:
    op.drop_table("date_answer")
    op.drop_table("preference")


def _preference() -> None:
    op.create_table(
        "preference",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("leader_id", sa.Integer(), nullable=False),
        sa.Column("opportunity_id", sa.Integer(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.CheckConstraint("rank >= 1", name=op.f("ck_preference_rank_positive")),
        sa.ForeignKeyConstraint(
            ["cohort_id", "leader_id"],
            ["leader.cohort_id", "leader.id"],
            name=op.f("fk_preference_cohort_id_leader_id_leader"),
        ),
        sa.ForeignKeyConstraint(
            ["cohort_id", "opportunity_id"],
            ["opportunity.cohort_id", "opportunity.id"],
            name=op.f("fk_preference_cohort_id_opportunity_id_opportunity"),
        ),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name=op.f("fk_preference_cohort_id_cohort")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_preference")),
        sa.UniqueConstraint("leader_id", "opportunity_id", name=op.f("uq_preference_ranked_once")),
        sa.UniqueConstraint("leader_id", "rank", name=op.f("uq_preference_one_per_rank")),
    )
    op.create_index("ix_preference_cohort_id", "preference", ["cohort_id"], unique=False)
    op.create_index("ix_preference_opportunity_id", "preference", ["opportunity_id"], unique=False)


def _date_answer() -> None:
    op.create_table(
        "date_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("leader_id", sa.Integer(), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("answer", sa.String(length=12), nullable=False),
        sa.CheckConstraint(
            "answer IN ('can', 'if_need_be', 'cannot')", name=op.f("ck_date_answer_answer_known")
        ),
        sa.ForeignKeyConstraint(
            ["cohort_id", "leader_id"],
            ["leader.cohort_id", "leader.id"],
            name=op.f("fk_date_answer_cohort_id_leader_id_leader"),
        ),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name=op.f("fk_date_answer_cohort_id_cohort")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_date_answer")),
        sa.UniqueConstraint("leader_id", "date", name=op.f("uq_date_answer_one_per_date")),
    )
    op.create_index("ix_date_answer_cohort_id", "date_answer", ["cohort_id"], unique=False)
