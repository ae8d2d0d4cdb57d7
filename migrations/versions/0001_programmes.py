"""Programmes, cohorts, organisations and teams."""

import sqlalchemy as sa
from alembic import op

revision = "0001_programmes"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    _programme()
    _cohort()
    _organisation()
    _team()


def downgrade() -> None:
    op.drop_table("team")
    op.drop_table("organisation")
    op.drop_table("cohort")
    op.drop_table("programme")


def _programme() -> None:
    op.create_table(
        "programme",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programme")),
        sa.UniqueConstraint("name", name=op.f("uq_programme_name")),
    )


def _cohort() -> None:
    op.create_table(
        "cohort",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("preferences_close_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("choices_minimum", sa.Integer(), nullable=False),
        sa.Column("objective", sa.String(length=20), nullable=False),
        sa.Column("seed", sa.String(length=200), nullable=False),
        sa.Column("place_unranked", sa.Boolean(), nullable=False),
        sa.Column("max_same_organisation", sa.Integer(), nullable=True),
        sa.Column("min_sectors", sa.Integer(), nullable=True),
        sa.Column("max_per_partner", sa.Integer(), nullable=True),
        sa.Column("teams", sa.String(length=10), nullable=True),
        sa.Column("gap_minutes", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "objective IN ('generous', 'rank-maximal', 'total-rank', 'lottery')",
            name=op.f("ck_cohort_objective_known"),
        ),
        sa.CheckConstraint("teams IN ('spread', 'together')", name=op.f("ck_cohort_teams_known")),
        sa.CheckConstraint("choices_minimum >= 1", name=op.f("ck_cohort_choices_minimum_positive")),
        sa.CheckConstraint("gap_minutes >= 0", name=op.f("ck_cohort_gap_minutes_not_negative")),
        sa.CheckConstraint("max_per_partner >= 1", name=op.f("ck_cohort_max_per_partner_positive")),
        sa.CheckConstraint(
            "max_same_organisation >= 1", name=op.f("ck_cohort_max_same_organisation_positive")
        ),
        sa.CheckConstraint("min_sectors BETWEEN 2 AND 3", name=op.f("ck_cohort_min_sectors_two_or_three")),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programme.id"], name=op.f("fk_cohort_programme_id_programme")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cohort")),
        sa.UniqueConstraint("name", name=op.f("uq_cohort_name")),
    )
    op.create_index("ix_cohort_programme_id", "cohort", ["programme_id"], unique=False)


def _organisation() -> None:
    op.create_table(
        "organisation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name=op.f("fk_organisation_cohort_id_cohort")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
        sa.UniqueConstraint("cohort_id", "id", name=op.f("uq_organisation_cohort")),
        sa.UniqueConstraint("cohort_id", "name", name=op.f("uq_organisation_one_name_per_cohort")),
    )


def _team() -> None:
    op.create_table(
        "team",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name=op.f("fk_team_cohort_id_cohort")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team")),
        sa.UniqueConstraint("cohort_id", "id", name=op.f("uq_team_cohort")),
        sa.UniqueConstraint("cohort_id", "name", name=op.f("uq_team_one_name_per_cohort")),
    )
