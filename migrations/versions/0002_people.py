"""Users, coordinators, leaders and partners."""

import sqlalchemy as sa
from alembic import op

revision = "0002_people"
down_revision = "0001_programmes"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _user()
    _coordinator()
    _leader()
    _partner()


def downgrade() -> None:
    op.drop_table("partner")
    op.drop_table("leader")
    op.drop_table("coordinator")
    op.drop_table("user")


def _user() -> None:
    op.create_table(
        "user",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.CheckConstraint("email = lower(email)", name=op.f("ck_user_email_lower_case")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user")),
        sa.UniqueConstraint("email", name=op.f("uq_user_email")),
    )


def _coordinator() -> None:
    op.create_table(
        "coordinator",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.CheckConstraint("role IN ('coordinator', 'viewer')", name=op.f("ck_coordinator_role_known")),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name=op.f("fk_coordinator_cohort_id_cohort")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_coordinator_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coordinator")),
        sa.UniqueConstraint("user_id", "cohort_id", name=op.f("uq_coordinator_one_role_per_cohort")),
    )
    op.create_index("ix_coordinator_cohort_id", "coordinator", ["cohort_id"], unique=False)


def _leader() -> None:
    op.create_table(
        "leader",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("team_id", sa.Integer(), nullable=True),
        sa.Column("sector", sa.String(length=200), nullable=False),
        sa.Column("role", sa.String(length=300), nullable=False),
        sa.Column("pay_band", sa.String(length=100), nullable=False),
        sa.Column("gender", sa.String(length=20), nullable=False),
        sa.Column("base_postcode", sa.String(length=10), nullable=False),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.Column("check_held", sa.String(length=10), nullable=False),
        sa.Column("travel", sa.String(length=100), nullable=False),
        sa.Column("max_km", sa.Float(), nullable=True),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("check_held IN ('none', 'basic', 'enhanced')", name=op.f("ck_leader_check_known")),
        sa.CheckConstraint("(latitude IS NULL) = (longitude IS NULL)", name=op.f("ck_leader_position_whole")),
        sa.CheckConstraint("days >= 1", name=op.f("ck_leader_days_positive")),
        sa.CheckConstraint("max_km >= 0", name=op.f("ck_leader_max_km_not_negative")),
        sa.ForeignKeyConstraint(
            ["cohort_id", "organisation_id"],
            ["organisation.cohort_id", "organisation.id"],
            name=op.f("fk_leader_cohort_id_organisation_id_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["cohort_id", "team_id"],
            ["team.cohort_id", "team.id"],
            name=op.f("fk_leader_cohort_id_team_id_team"),
        ),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name=op.f("fk_leader_cohort_id_cohort")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_leader_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leader")),
        sa.UniqueConstraint("cohort_id", "id", name=op.f("uq_leader_cohort")),
        sa.UniqueConstraint("cohort_id", "user_id", name=op.f("uq_leader_once_per_cohort")),
    )
    op.create_index("ix_leader_user_id", "leader", ["user_id"], unique=False)
    op.create_index("ix_leader_organisation_id", "leader", ["organisation_id"], unique=False)
    op.create_index("ix_leader_team_id", "leader", ["team_id"], unique=False)


def _partner() -> None:
    op.create_table(
        "partner",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("theme", sa.String(length=200), nullable=False),
        sa.Column("contact_name", sa.String(length=300), nullable=False),
        sa.Column("phone", sa.String(length=50), nullable=False),
        sa.Column("website", sa.String(length=300), nullable=False),
        sa.Column("about", sa.String(length=4000), nullable=False),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name=op.f("fk_partner_cohort_id_cohort")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_partner_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner")),
        sa.UniqueConstraint("cohort_id", "id", name=op.f("uq_partner_cohort")),
        sa.UniqueConstraint("cohort_id", "name", name=op.f("uq_partner_one_name_per_cohort")),
    )
    op.create_index("ix_partner_user_id", "partner", ["user_id"], unique=False)
