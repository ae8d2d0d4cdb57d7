"""Sites, opportunities and slots."""

import sqlalchemy as sa
from alembic import op

revision = "0003_opportunities"
down_revision = "0002_people"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _site()
    _opportunity()
    _slot()


def downgrade() -> None:
    op.drop_table("slot")
    op.drop_table("opportunity")
    op.drop_table("site")


def _site() -> None:
    op.create_table(
        "site",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("partner_id", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(length=500), nullable=False),
        sa.Column("postcode", sa.String(length=10), nullable=False),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.CheckConstraint("(latitude IS NULL) = (longitude IS NULL)", name=op.f("ck_site_position_whole")),
        sa.ForeignKeyConstraint(
            ["cohort_id", "partner_id"],
            ["partner.cohort_id", "partner.id"],
            name=op.f("fk_site_cohort_id_partner_id_partner"),
        ),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name=op.f("fk_site_cohort_id_cohort")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site")),
        sa.UniqueConstraint("cohort_id", "partner_id", "id", name=op.f("uq_site_partner")),
        sa.UniqueConstraint(
            "partner_id", "address", "postcode", name=op.f("uq_site_one_address_per_partner")
        ),
    )


def _opportunity() -> None:
    op.create_table(
        "opportunity",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("partner_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=50), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("description", sa.String(length=4000), nullable=False),
        sa.Column("what_to_know", sa.String(length=4000), nullable=False),
        sa.Column("check_required", sa.String(length=10), nullable=False),
        sa.Column("step_free", sa.Boolean(), nullable=False),
        sa.Column("women_only", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "check_required IN ('none', 'basic', 'enhanced')", name=op.f("ck_opportunity_check_known")
        ),
        sa.ForeignKeyConstraint(
            ["cohort_id", "partner_id", "site_id"],
            ["site.cohort_id", "site.partner_id", "site.id"],
            name=op.f("fk_opportunity_cohort_id_partner_id_site_id_site"),
        ),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name=op.f("fk_opportunity_cohort_id_cohort")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opportunity")),
        sa.UniqueConstraint("cohort_id", "id", name=op.f("uq_opportunity_cohort")),
        sa.UniqueConstraint("cohort_id", "partner_id", "id", name=op.f("uq_opportunity_partner")),
        sa.UniqueConstraint("cohort_id", "reference", name=op.f("uq_opportunity_one_reference_per_cohort")),
    )
    op.create_index("ix_opportunity_partner_id", "opportunity", ["partner_id"], unique=False)
    op.create_index("ix_opportunity_site_id", "opportunity", ["site_id"], unique=False)


def _slot() -> None:
    op.create_table(
        "slot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("partner_id", sa.Integer(), nullable=False),
        sa.Column("opportunity_id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=50), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("minimum", sa.Integer(), nullable=False),
        sa.Column("taken", sa.Integer(), server_default="0", nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.CheckConstraint("status IN ('open', 'withdrawn')", name=op.f("ck_slot_status_known")),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_slot_ends_after_start")),
        sa.CheckConstraint(
            "minimum >= 1 AND minimum <= capacity", name=op.f("ck_slot_minimum_within_capacity")
        ),
        sa.CheckConstraint("taken >= 0 AND taken <= capacity", name=op.f("ck_slot_taken_within_capacity")),
        sa.ForeignKeyConstraint(
            ["cohort_id", "partner_id", "opportunity_id"],
            ["opportunity.cohort_id", "opportunity.partner_id", "opportunity.id"],
            name=op.f("fk_slot_cohort_id_partner_id_opportunity_id_opportunity"),
        ),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name=op.f("fk_slot_cohort_id_cohort")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slot")),
        sa.UniqueConstraint("cohort_id", "id", "starts_at", "ends_at", name=op.f("uq_slot_hours")),
        sa.UniqueConstraint("cohort_id", "id", name=op.f("uq_slot_cohort")),
        sa.UniqueConstraint("cohort_id", "reference", name=op.f("uq_slot_one_reference_per_cohort")),
        sa.UniqueConstraint("opportunity_id", "starts_at", name=op.f("uq_slot_one_slot_per_start")),
    )
    op.create_index("ix_slot_partner_id", "slot", ["partner_id"], unique=False)
