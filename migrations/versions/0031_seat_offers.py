"""Free seats that are offered to one leader each, with a time until which they can answer."""

import sqlalchemy as sa
from alembic import op

revision = "0031_seat_offers"
down_revision = "0030_imports"
branch_labels = None
depends_on = None

STATES = "state IN ('open', 'accepted', 'declined', 'expired', 'withdrawn')"
OPEN = sa.text("state = 'open'")


def upgrade() -> None:
    op.create_table(
        "seat_offer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("leader_id", sa.Integer(), nullable=False),
        sa.Column("slot_id", sa.Integer(), nullable=False),
        sa.Column("offered_by", sa.String(length=50), nullable=False),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(STATES, name=op.f("ck_seat_offer_state_known")),
        sa.ForeignKeyConstraint(
            ["cohort_id", "leader_id"],
            ["leader.cohort_id", "leader.id"],
            name=op.f("fk_seat_offer_cohort_id_leader_id_leader"),
        ),
        sa.ForeignKeyConstraint(
            ["cohort_id", "slot_id"],
            ["slot.cohort_id", "slot.id"],
            name=op.f("fk_seat_offer_cohort_id_slot_id_slot"),
        ),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name=op.f("fk_seat_offer_cohort_id_cohort")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seat_offer")),
    )
    for column in ("cohort_id", "leader_id", "slot_id"):
        op.create_index(op.f(f"ix_seat_offer_{column}"), "seat_offer", [column], unique=False)
    op.create_index(
        "uq_seat_offer_one_open_per_leader",
        "seat_offer",
        ["leader_id"],
        unique=True,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )


def downgrade() -> None:
    op.drop_table("seat_offer")
