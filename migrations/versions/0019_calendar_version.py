"""A number per cohort that rises with whatever its calendar feeds show, and the newest tag of each feed.

Rows that a feed shows hang on a placement or an event, so only these, their invites and guests are watched
when they come and go.
A migration that rebuilds one of these tables on SQLite (batch mode) would lose its trigger; a test sees that.
"""

import sqlalchemy as sa
from alembic import op

revision = "0019_calendar_version"
down_revision = "0018_events"
branch_labels = None
depends_on = None

# What the feeds show, by table. The key is the column that holds the cohort's id.
WATCHED = {
    "cohort": ("id", "name"),
    "organisation": ("cohort_id", "name"),
    "leader": ("cohort_id", "name", "organisation_id"),
    "partner": ("cohort_id", "name", "contact_name", "phone"),
    "site": ("cohort_id", "address", "postcode", "latitude", "longitude"),
    "opportunity": ("cohort_id", "partner_id", "site_id", "title", "what_to_know"),
    "slot": ("cohort_id", "partner_id", "opportunity_id", "starts_at", "ends_at", "capacity", "joining_link"),
    "placement": ("cohort_id", "leader_id", "slot_id", "status", "confirmed_at", "cancelled_at"),
    "invite": (
        "cohort_id",
        "placement_id",
        "event_id",
        "uid",
        "sequence",
        "revision",
        "dtstamp",
        "created_at",
    ),
    "event": (
        "cohort_id",
        "kind",
        "title",
        "description",
        "starts_at",
        "ends_at",
        "mode",
        "address",
        "postcode",
        "joining_link",
        "status",
        "cancelled_at",
    ),
    "event_guest": ("cohort_id", "event_id", "leader_id", "removed_at"),
}
COME_AND_GO = frozenset({"placement", "invite", "event", "event_guest"})

# A cohort that is deleted takes its number along, and the rows deleted with it make no new one.
CHANGED_SQLITE = """
CREATE TRIGGER {table}_calendar_{event_name} AFTER {event} ON "{table}"
BEGIN
  INSERT INTO calendar_version (cohort_id, version)
  SELECT id, 1 FROM cohort WHERE id = {row}.{key}
  ON CONFLICT (cohort_id) DO UPDATE SET version = version + 1;
END
"""

# Counted at the end of the transaction, and once: the number's row is locked for a moment only, after all
# other locks, so that nobody can wait for it while holding what its holder waits for.
CHANGED_POSTGRESQL = """
CREATE FUNCTION calendar_changed_{key}() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE changed integer;
BEGIN
  IF TG_OP = 'DELETE' THEN changed := OLD.{key}; ELSE changed := NEW.{key}; END IF;
  INSERT INTO calendar_version AS held (cohort_id, version, changed_in)
  SELECT id, 1, txid_current() FROM cohort WHERE id = changed
  ON CONFLICT (cohort_id) DO UPDATE SET version = held.version + 1, changed_in = excluded.changed_in
  WHERE held.changed_in IS DISTINCT FROM excluded.changed_in;
  RETURN NULL;
END $$
"""
WATCH_POSTGRESQL = """
CREATE CONSTRAINT TRIGGER calendar_changed AFTER {events} ON "{table}"
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION calendar_changed_{key}()
"""


def upgrade() -> None:
    op.create_table(
        "calendar_version",
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("changed_in", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["cohort_id"],
            ["cohort.id"],
            name=op.f("fk_calendar_version_cohort_id_cohort"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("cohort_id", name=op.f("pk_calendar_version")),
    )
    op.add_column("feed", sa.Column("tag", sa.String(length=64), nullable=True))
    op.add_column("feed", sa.Column("tag_of", sa.String(length=64), nullable=True))
    op.add_column("feed", sa.Column("tag_until", sa.DateTime(timezone=True), nullable=True))
    if op.get_bind().dialect.name == "postgresql":
        _watch_postgresql()
    else:
        _watch_sqlite()


def downgrade() -> None:
    postgresql = op.get_bind().dialect.name == "postgresql"
    if postgresql:
        for table in WATCHED:
            op.execute(f'DROP TRIGGER calendar_changed ON "{table}"')
        for key in _keys():
            op.execute(f"DROP FUNCTION calendar_changed_{key}()")
    else:
        for table in WATCHED:
            for event_name in _events(table):
                op.execute(f"DROP TRIGGER {table}_calendar_{event_name}")
    for column in ("tag_until", "tag_of", "tag"):
        op.drop_column("feed", column)
    op.drop_table("calendar_version")


def _watch_sqlite() -> None:
    for table, (key, *_) in WATCHED.items():
        for event_name, event in _events(table).items():
            row = "OLD" if event_name == "delete" else "NEW"
            op.execute(
                CHANGED_SQLITE.format(table=table, key=key, event=event, event_name=event_name, row=row)
            )


def _watch_postgresql() -> None:
    for key in _keys():
        op.execute(CHANGED_POSTGRESQL.format(key=key))
    for table, (key, *_) in WATCHED.items():
        events = " OR ".join(_events(table).values())
        op.execute(WATCH_POSTGRESQL.format(table=table, key=key, events=events))


def _events(table: str) -> dict[str, str]:
    """What is watched of a table, by a short name."""
    columns = ", ".join(column for column in WATCHED[table] if column != "id")
    events = {"update": f"UPDATE OF {columns}"}
    if table in COME_AND_GO:
        events |= {"insert": "INSERT", "delete": "DELETE"}
    return events


def _keys() -> list[str]:
    return sorted({key for key, *_ in WATCHED.values()})
