"""The octets of mails in a table of their own: a mail's row is written anew with every change of status."""

import sqlalchemy as sa
from alembic import op

revision = "0020_written_mails"
down_revision = "0019_calendar_version"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "written_mail",
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("octets", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"], ["message.id"], name=op.f("fk_written_mail_message_id_message")
        ),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_written_mail")),
    )
    op.execute(
        "INSERT INTO written_mail (message_id, octets) "
        "SELECT id, octets FROM message WHERE octets IS NOT NULL"
    )
    op.drop_column("message", "octets")


def downgrade() -> None:
    op.add_column("message", sa.Column("octets", sa.LargeBinary(), nullable=True))
    op.execute(
        "UPDATE message SET octets = "
        "(SELECT written_mail.octets FROM written_mail WHERE written_mail.message_id = message.id)"
    )
    op.drop_table("written_mail")
