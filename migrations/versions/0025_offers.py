"""Offers are described in full, wait for approval and name their activities; sites say how to get in.

What was on offer before stays so. The texts that calendars show are watched, as 0019 does.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0025_offers"
down_revision = "0024_lists"
branch_labels = None
depends_on = None

STATUSES = "'draft', 'waiting', 'returned', 'live'"
KINDS = (
    "'shown_round', 'staff_talks', 'sorting', 'practical', 'serving_food', 'group_session', 'advice_desk', "
    "'outreach', 'listening', 'children_with_staff', 'night_shift', 'home_visit', 'personal_care', "
    "'health_care', 'handling_money', 'driving_people', 'children_alone'"
)
EMPTY = sa.text("''")


def text_column(name: str, length: int) -> sa.Column[str]:
    return sa.Column(name, sa.String(length=length), nullable=False, server_default=EMPTY)


def moment_column(name: str) -> sa.Column[datetime]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=True)


def word_column(name: str, check: str, words: str, default: str | None = None) -> sa.Column[str]:
    return sa.Column(
        name,
        sa.String(length=10),
        sa.CheckConstraint(f"{name} IN ({words})", name=op.f(f"ck_opportunity_{check}")),
        nullable=default is None,
        server_default=default,
    )


CHECKS = ("status_known", "part_known", "photographs_known")

# What calendars show of these tables: before, and from here on.
WATCHED_BEFORE = {
    "site": ("cohort_id", "address", "postcode", "latitude", "longitude"),
    "opportunity": ("cohort_id", "partner_id", "site_id", "title", "what_to_know"),
}
WATCHED = {
    "site": (*WATCHED_BEFORE["site"], "directions", "parking"),
    "opportunity": (
        *WATCHED_BEFORE["opportunity"],
        "what_to_wear",
        "house_rules",
        "photographs",
        "confidentiality",
    ),
}

CHANGED_SQLITE = """
CREATE TRIGGER {table}_calendar_update AFTER UPDATE OF {columns} ON "{table}"
BEGIN
  INSERT INTO calendar_version (cohort_id, version)
  SELECT id, 1 FROM cohort WHERE id = NEW.cohort_id
  ON CONFLICT (cohort_id) DO UPDATE SET version = version + 1;
END
"""
WATCH_POSTGRESQL = """
CREATE CONSTRAINT TRIGGER calendar_changed AFTER UPDATE OF {columns} ON "{table}"
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION calendar_changed_cohort_id()
"""


def upgrade() -> None:
    for column in _site_columns():
        op.add_column("site", column)
    for column in _opportunity_columns():
        op.add_column("opportunity", column)
    op.create_table(
        "activity",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("opportunity_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.CheckConstraint(f"kind IN ({KINDS})", name=op.f("ck_activity_kind_known")),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name=op.f("fk_activity_cohort_id_cohort")),
        sa.ForeignKeyConstraint(
            ["cohort_id", "opportunity_id"],
            ["opportunity.cohort_id", "opportunity.id"],
            name=op.f("fk_activity_cohort_id_opportunity_id_opportunity"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity")),
        sa.UniqueConstraint("opportunity_id", "kind", name=op.f("uq_activity_once_per_opportunity")),
    )
    op.create_index(op.f("ix_activity_cohort_id"), "activity", ["cohort_id"])
    _watch(WATCHED)


def downgrade() -> None:
    _watch(WATCHED_BEFORE)
    op.drop_table("activity")
    if op.get_bind().dialect.name == "postgresql":
        for name in CHECKS:
            op.drop_constraint(op.f(f"ck_opportunity_{name}"), "opportunity", type_="check")
    for table, columns in (("opportunity", _opportunity_columns()), ("site", _site_columns())):
        for column in columns:
            op.drop_column(table, column.name)


def _site_columns() -> list[sa.Column[Any]]:
    return [
        text_column("name", 200),
        text_column("directions", 1000),
        text_column("parking", 500),
        sa.Column("step_free", sa.Boolean(), nullable=True),
    ]


def _opportunity_columns() -> list[sa.Column[Any]]:
    return [
        word_column("status", "status_known", STATUSES, "live"),
        moment_column("waiting_since"),
        moment_column("decided_at"),
        text_column("review_note", 2000),
        moment_column("safeguarding_at"),
        text_column("who_they_meet", 2000),
        word_column("part_taken", "part_known", "'observe', 'help', 'both'"),
        sa.Column("lone_working", sa.Boolean(), nullable=True),
        text_column("language", 200),
        text_column("what_to_wear", 1000),
        text_column("house_rules", 1000),
        word_column("photographs", "photographs_known", "'no', 'ask', 'yes'"),
        text_column("confidentiality", 1000),
    ]


def _watch(watched: Mapping[str, tuple[str, ...]]) -> None:
    """Let the feeds' number rise with these columns, and no others of the tables."""
    postgresql = op.get_bind().dialect.name == "postgresql"
    for table, columns in watched.items():
        listed = ", ".join(columns)
        if postgresql:
            op.execute(f'DROP TRIGGER calendar_changed ON "{table}"')
            op.execute(WATCH_POSTGRESQL.format(table=table, columns=listed))
        else:
            op.execute(f"DROP TRIGGER {table}_calendar_update")
            op.execute(CHANGED_SQLITE.format(table=table, columns=listed))
