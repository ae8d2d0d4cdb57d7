"""What leaders ask for instead of a day that they were given, and what became of it."""

import sqlalchemy as sa
from alembic import op

revision = "0034_swap_requests"
down_revision = "0033_partner_messages"
branch_labels = None
depends_on = None

STATUSES = "status IN ('waiting', 'granted', 'refused', 'withdrawn', 'lapsed')"
REASONS = "reason IN ('work', 'caring', 'travel', 'place', 'other')"
WAITING = sa.text("status = 'waiting'")
OF_PLACEMENT = ["placement.cohort_id", "placement.leader_id", "placement.id"]


def upgrade() -> None:
    op.create_table(
        "swap_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("leader_id", sa.Integer(), nullable=False),
        sa.Column("placement_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=12), nullable=False),
        sa.Column("words", sa.String(length=500), nullable=False),
        sa.Column("wish", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.String(length=500), nullable=False),
        sa.Column("new_placement_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(STATUSES, name=op.f("ck_swap_request_status_known")),
        sa.CheckConstraint(REASONS, name=op.f("ck_swap_request_reason_known")),
        sa.CheckConstraint(
            "new_placement_id IS NULL OR status = 'granted'", name=op.f("ck_swap_request_made_where_granted")
        ),
        sa.CheckConstraint("version >= 1", name=op.f("ck_swap_request_version_positive")),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name=op.f("fk_swap_request_cohort_id_cohort")),
        sa.ForeignKeyConstraint(
            ["cohort_id", "leader_id"],
            ["leader.cohort_id", "leader.id"],
            name=op.f("fk_swap_request_cohort_id_leader_id_leader"),
        ),
        sa.ForeignKeyConstraint(
            ["cohort_id", "leader_id", "placement_id"],
            OF_PLACEMENT,
            name=op.f("fk_swap_request_cohort_id_leader_id_placement_id_placement"),
        ),
        sa.ForeignKeyConstraint(
            ["cohort_id", "leader_id", "new_placement_id"],
            OF_PLACEMENT,
            name=op.f("fk_swap_request_cohort_id_leader_id_new_placement_id_placement"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_swap_request")),
    )
    for column in ("cohort_id", "leader_id", "placement_id", "new_placement_id"):
        op.create_index(op.f(f"ix_swap_request_{column}"), "swap_request", [column], unique=False)
    op.create_index(
        "uq_swap_request_one_waiting_per_placement",
        "swap_request",
        ["placement_id"],
        unique=True,
        sqlite_where=WAITING,
        postgresql_where=WAITING,
    )


def downgrade() -> None:
    op.drop_table("swap_request")
