"""A random word per cohort that is drawn anew whenever something changes that a match depends on.

Whoever keeps what was worked out from these rows sees by the word whether it is still true. It is random, not
counted: a database that was put back to an earlier state never shows a word that it had before.
A migration that rebuilds one of these tables on SQLite (batch mode) would lose its trigger; a test sees that,
and another that no table which a match reads is left out.
"""

import sqlalchemy as sa
from alembic import op

from placement.db.watching import unwatch, watch

revision = "0021_match_stamps"
down_revision = "0020_written_mails"
branch_labels = None
depends_on = None

OF_COHORT = (
    *("leader", "slot", "placement", "preference", "date_answer", "organisation", "team", "partner"),
    *("opportunity", "site", "event", "event_guest"),
)

OF_USER = "SELECT cohort_id FROM leader WHERE user_id = {row}.id"


def upgrade() -> None:
    op.create_table(
        "match_stamp",
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("stamp", sa.String(length=36), nullable=False),
        sa.Column("changed_in", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["cohort_id"], ["cohort.id"], name=op.f("fk_match_stamp_cohort_id_cohort"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("cohort_id", name=op.f("pk_match_stamp")),
    )
    for table in OF_COHORT:
        watch(table)
    watch("cohort", cohorts="SELECT {row}.id", events=("INSERT", "UPDATE"))
    watch("access_need", cohorts="SELECT cohort_id FROM leader WHERE id = {row}.leader_id")
    watch("user", cohorts=OF_USER, events=("UPDATE OF email, name",))


def downgrade() -> None:
    for table in (*OF_COHORT, "cohort", "access_need", "user"):
        unwatch(table)
    op.drop_table("match_stamp")
