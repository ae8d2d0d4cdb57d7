"""Words and switches for the mails of a season, who wants none, and when an offer was last confirmed."""

import sqlalchemy as sa
from alembic import op

revision = "0017_letters"
down_revision = "0016_answers"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "wording",
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("intro", sa.String(length=1000), nullable=False),
        sa.Column("goes", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("version >= 1", name=op.f("ck_wording_version_positive")),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name=op.f("fk_wording_cohort_id_cohort")),
        sa.ForeignKeyConstraint(["updated_by"], ["user.id"], name=op.f("fk_wording_updated_by_user")),
        sa.PrimaryKeyConstraint("cohort_id", "kind", name=op.f("pk_wording")),
    )
    op.create_index(op.f("ix_wording_updated_by"), "wording", ["updated_by"], unique=False)
    op.create_table(
        "opt_out",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("sort", sa.String(length=12), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("sort IN ('reminders', 'thanks', 'renewals')", name=op.f("ck_opt_out_sort_known")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_opt_out_user_id_user"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", "sort", name=op.f("pk_opt_out")),
    )
    op.add_column("opportunity", sa.Column("renewed_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("opportunity", "renewed_at")
    op.drop_table("opt_out")
    op.drop_table("wording")
