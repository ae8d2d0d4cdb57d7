"""What somebody sent after their session had ended, sealed, until they have signed in again."""

import sqlalchemy as sa
from alembic import op

revision = "0022_interrupted_forms"
down_revision = "0021_match_stamps"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "interrupted_form",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("path", sa.String(length=500), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_interrupted_form_user_id_user"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_interrupted_form")),
    )


def downgrade() -> None:
    op.drop_table("interrupted_form")
