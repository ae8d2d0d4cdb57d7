"""For how many a partner has room over all its days, and how many days it needs between two of them."""

import sqlalchemy as sa
from alembic import op

revision = "0029_partner_limits"
down_revision = "0028_choosing"
branch_labels = None
depends_on = None

# Columns are not added in batches: SQLite would build the table anew, and the triggers on it would be gone.


def upgrade() -> None:
    op.add_column(
        "partner",
        sa.Column(
            "capacity_overall",
            sa.Integer(),
            sa.CheckConstraint("capacity_overall >= 1", name=op.f("ck_partner_capacity_overall_positive")),
            nullable=True,
        ),
    )
    op.add_column(
        "partner",
        sa.Column(
            "rest_days",
            sa.Integer(),
            sa.CheckConstraint("rest_days >= 1", name=op.f("ck_partner_rest_days_positive")),
            nullable=True,
        ),
    )


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint(op.f("ck_partner_rest_days_positive"), "partner", type_="check")
        op.drop_constraint(op.f("ck_partner_capacity_overall_positive"), "partner", type_="check")
    op.drop_column("partner", "rest_days")
    op.drop_column("partner", "capacity_overall")
