"""Checks of the audit log, its indexes, and the views of lists that coordinators keep."""

import sqlalchemy as sa
from alembic import op

revision = "0024_lists"
down_revision = "0023_about_leaders"
branch_labels = None
depends_on = None

INDEXES = {
    "ix_audit_event_newest": ["cohort_id", "at", "id"],
    "ix_audit_event_verb": ["cohort_id", "verb", "at", "id"],
    "ix_audit_event_actor": ["cohort_id", "actor", "at", "id"],
    "ix_audit_event_subject": ["cohort_id", "subject", "at", "id"],
}


def upgrade() -> None:
    for name, columns in INDEXES.items():
        op.create_index(name, "audit_event", columns, unique=False)
    op.drop_index("ix_audit_event_cohort_id", table_name="audit_event")
    op.create_table(
        "audit_check",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("whole", sa.Boolean(), nullable=False),
        sa.Column("events", sa.Integer(), nullable=False),
        sa.Column("last_event_id", sa.Integer(), nullable=False),
        sa.Column("last_hash", sa.String(length=64), nullable=False),
        sa.Column("broken_at", sa.Integer(), nullable=True),
        sa.Column("fault", sa.String(length=10), nullable=True),
        sa.CheckConstraint("fault IN ('changed', 'gap', 'missing')", name=op.f("ck_audit_check_fault_known")),
        sa.CheckConstraint(
            "(fault IS NULL) = (broken_at IS NULL)", name=op.f("ck_audit_check_fault_somewhere")
        ),
        sa.CheckConstraint("events >= 0", name=op.f("ck_audit_check_events_not_negative")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_check")),
    )
    op.create_table(
        "saved_view",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("page", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("query", sa.String(length=500), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("page IN ('people', 'days')", name=op.f("ck_saved_view_page_known")),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name=op.f("fk_saved_view_cohort_id_cohort")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_saved_view_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_view")),
        sa.UniqueConstraint("cohort_id", "user_id", "page", "name", name=op.f("uq_saved_view_one_name_each")),
    )
    op.create_index(op.f("ix_saved_view_user_id"), "saved_view", ["user_id"], unique=False)


def downgrade() -> None:
    op.drop_table("saved_view")
    op.drop_table("audit_check")
    op.create_index("ix_audit_event_cohort_id", "audit_event", ["cohort_id"], unique=False)
    for name in INDEXES:
        op.drop_index(name, table_name="audit_event")
