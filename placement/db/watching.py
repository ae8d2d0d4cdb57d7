"""Triggers by which the database itself sees that something changed which a match depends on.

A migration that adds a table which a match reads calls `watch` for it, and `unwatch` on the way back.
"""

from collections.abc import Sequence

from alembic import op

EVERY = ("INSERT", "UPDATE", "DELETE")

SQLITE = """
CREATE TRIGGER {table}_match_{name} AFTER {event} ON "{table}"
BEGIN
  INSERT INTO match_stamp (cohort_id, stamp)
  SELECT id, lower(hex(randomblob(16))) FROM cohort WHERE id IN ({cohorts})
  ON CONFLICT (cohort_id) DO UPDATE SET stamp = excluded.stamp;
END
"""

# Drawn at the end of the transaction, and once: the stamp's row is locked for a moment only, after all other
# locks, so that nobody can wait for it while holding what its holder waits for.
POSTGRESQL = """
CREATE FUNCTION {table}_match_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN {old} ELSE {new} END IF;
  RETURN NULL;
END $$
"""
DRAW = """
  INSERT INTO match_stamp AS held (cohort_id, stamp, changed_in)
  SELECT id, CAST(gen_random_uuid() AS text), txid_current() FROM cohort WHERE id IN ({cohorts}) ORDER BY id
  ON CONFLICT (cohort_id) DO UPDATE SET stamp = excluded.stamp, changed_in = excluded.changed_in
  WHERE held.changed_in IS DISTINCT FROM excluded.changed_in;
"""


def watch(table: str, *, cohorts: str = "SELECT {row}.cohort_id", events: Sequence[str] = EVERY) -> None:
    """Draw a new stamp for the cohorts of each row of `table` that one of the `events` touches.

    `cohorts` is a query for the ids of the cohorts, in which `{row}` stands for the row.
    """
    if op.get_bind().dialect.name == "postgresql":
        _watch_postgresql(table, cohorts, events)
        return
    for event in events:
        name = event.partition(" ")[0].lower()
        row = "OLD" if name == "delete" else "NEW"
        op.execute(SQLITE.format(table=table, name=name, event=event, cohorts=cohorts.format(row=row)))


def unwatch(table: str, *, events: Sequence[str] = EVERY) -> None:
    """Take the triggers of `watch` away again."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f'DROP TRIGGER match_changed ON "{table}"')
        op.execute(f"DROP FUNCTION {table}_match_changed()")
        return
    for event in events:
        op.execute(f"DROP TRIGGER IF EXISTS {table}_match_{event.lower()}")


def _watch_postgresql(table: str, cohorts: str, events: Sequence[str]) -> None:
    draw = {row: DRAW.format(cohorts=cohorts.format(row=row)) for row in ("OLD", "NEW")}
    op.execute(POSTGRESQL.format(table=table, old=draw["OLD"], new=draw["NEW"]))
    op.execute(
        f'CREATE CONSTRAINT TRIGGER match_changed AFTER {" OR ".join(events)} ON "{table}" '
        f"DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION {table}_match_changed()"
    )
