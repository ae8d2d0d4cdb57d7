"""Placements and invites, with the limits that the database keeps."""

import sqlalchemy as sa
from alembic import op

revision = "0006_placements"
down_revision = "0005_match_runs"
branch_labels = None
depends_on = None


# Whichever way a placement is written, these count it in its slot; the slot's own check then refuses to
# pass the capacity. One statement leaves before the next joins, so that a move within a full slot is fine.
# Nothing but these may write the count, or a wrong count would let a slot be overbooked.
LEAVE = "UPDATE slot SET taken = taken - 1 WHERE id = OLD.slot_id AND OLD.status = 'confirmed';"
JOIN = "UPDATE slot SET taken = taken + 1 WHERE id = NEW.slot_id AND NEW.status = 'confirmed';"

LIMITS_SQLITE = (
    f"""
CREATE TRIGGER placement_count_insert AFTER INSERT ON placement
BEGIN
  {JOIN}
END
""",
    f"""
CREATE TRIGGER placement_count_delete AFTER DELETE ON placement
BEGIN
  {LEAVE}
END
""",
    f"""
CREATE TRIGGER placement_count_update AFTER UPDATE OF status, slot_id ON placement
WHEN OLD.status <> NEW.status OR OLD.slot_id <> NEW.slot_id
BEGIN
  {LEAVE} {JOIN}
END
""",
    # INSERT OR REPLACE deletes the old row without asking the trigger that counts deletions.
    """
CREATE TRIGGER placement_no_replace BEFORE INSERT ON placement
WHEN EXISTS (SELECT 1 FROM placement WHERE id = NEW.id)
BEGIN
  SELECT RAISE(ABORT, 'placement_exists');
END
""",
    """
CREATE TRIGGER slot_taken_insert BEFORE INSERT ON slot
WHEN NEW.taken <> 0 OR EXISTS (SELECT 1 FROM placement WHERE slot_id = NEW.id AND status = 'confirmed')
BEGIN
  SELECT RAISE(ABORT, 'taken_is_counted');
END
""",
    """
CREATE TRIGGER slot_taken_update AFTER UPDATE OF taken ON slot
WHEN NEW.taken <> (SELECT count(*) FROM placement WHERE slot_id = NEW.id AND status = 'confirmed')
BEGIN
  SELECT RAISE(ABORT, 'taken_is_counted');
END
""",
)

# Asked on inserting, on updating, and, through the foreign key's cascade, when a slot's hours move.
OVERLAP_SQLITE = """
CREATE TRIGGER placement_overlap_{event_name} BEFORE {event} ON placement WHEN NEW.status = 'confirmed'
BEGIN
  SELECT RAISE(ABORT, 'no_overlap') WHERE EXISTS (
    SELECT 1 FROM placement AS other
    WHERE other.leader_id = NEW.leader_id AND other.status = 'confirmed' AND other.id IS NOT NEW.id
      AND other.starts_at < NEW.ends_at AND NEW.starts_at < other.ends_at);
END
"""

LIMITS_POSTGRESQL = (
    "CREATE EXTENSION IF NOT EXISTS btree_gist",
    """
CREATE FUNCTION placement_count() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'TRUNCATE' THEN
    UPDATE slot SET taken = 0;
    RETURN NULL;
  END IF;
  IF TG_OP = 'UPDATE' AND OLD.status = NEW.status AND OLD.slot_id = NEW.slot_id THEN
    RETURN NULL;
  END IF;
  IF TG_OP <> 'INSERT' AND OLD.status = 'confirmed' THEN
    UPDATE slot SET taken = taken - 1 WHERE id = OLD.slot_id;
  END IF;
  IF TG_OP <> 'DELETE' AND NEW.status = 'confirmed' THEN
    UPDATE slot SET taken = taken + 1 WHERE id = NEW.slot_id;
  END IF;
  RETURN NULL;
END $$
""",
    """
CREATE TRIGGER placement_count AFTER INSERT OR DELETE OR UPDATE OF status, slot_id ON placement
FOR EACH ROW EXECUTE FUNCTION placement_count()
""",
    """
CREATE TRIGGER placement_count_truncate AFTER TRUNCATE ON placement
FOR EACH STATEMENT EXECUTE FUNCTION placement_count()
""",
    """
ALTER TABLE placement ADD CONSTRAINT no_overlap EXCLUDE USING gist
(leader_id WITH =, tstzrange(starts_at, ends_at) WITH &&) WHERE (status = 'confirmed')
""",
    # Two clients that write overlapping placements at one moment would wait for each other, and one would be
    # told of a deadlock instead of the limit. So a cohort's placements are written one after the other.
    """
CREATE FUNCTION placement_in_turn() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM cohort WHERE id = NEW.cohort_id FOR NO KEY UPDATE;
  RETURN NEW;
END $$
""",
    """
CREATE TRIGGER placement_in_turn BEFORE INSERT OR UPDATE ON placement
FOR EACH ROW EXECUTE FUNCTION placement_in_turn()
""",
    """
CREATE FUNCTION slot_taken() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'taken_is_counted' USING ERRCODE = 'check_violation';
END $$
""",
    """
CREATE TRIGGER slot_taken_insert BEFORE INSERT ON slot
FOR EACH ROW WHEN (NEW.taken <> 0) EXECUTE FUNCTION slot_taken()
""",
    # Within a trigger the depth is above 0: then it is the count that writes.
    """
CREATE TRIGGER slot_taken_update BEFORE UPDATE ON slot
FOR EACH ROW WHEN (OLD.id <> NEW.id OR OLD.taken <> NEW.taken AND pg_trigger_depth() = 0)
EXECUTE FUNCTION slot_taken()
""",
)
SLOT_TRIGGERS = ("slot_taken_insert", "slot_taken_update")


def upgrade() -> None:
    _placement()
    _invite()
    if op.get_bind().dialect.name == "postgresql":
        _limits_postgresql()
    else:
        _limits_sqlite()


def downgrade() -> None:
    postgresql = op.get_bind().dialect.name == "postgresql"
    for trigger in SLOT_TRIGGERS:
        op.execute(f"DROP TRIGGER {trigger}" + (" ON slot" if postgresql else ""))
    op.drop_table("invite")
    op.drop_table("placement")
    if postgresql:
        op.execute("DROP FUNCTION placement_count()")
        op.execute("DROP FUNCTION placement_in_turn()")
        op.execute("DROP FUNCTION slot_taken()")
    op.execute("UPDATE slot SET taken = 0")  # there are no placements left to count


def _limits_sqlite() -> None:
    for statement in LIMITS_SQLITE:
        op.execute(statement)
    for event in ("INSERT", "UPDATE"):
        op.execute(OVERLAP_SQLITE.format(event=event, event_name=event.lower()))


def _limits_postgresql() -> None:
    for statement in LIMITS_POSTGRESQL:
        op.execute(statement)


def _placement() -> None:
    op.create_table(
        "placement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("leader_id", sa.Integer(), nullable=False),
        sa.Column("slot_id", sa.Integer(), nullable=False),
        sa.Column("match_run_id", sa.Integer(), nullable=True),
        sa.Column("rank", sa.Integer(), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("status IN ('confirmed', 'cancelled')", name=op.f("ck_placement_status_known")),
        sa.CheckConstraint("rank >= 1", name=op.f("ck_placement_rank_positive")),
        sa.ForeignKeyConstraint(
            ["cohort_id", "leader_id"],
            ["leader.cohort_id", "leader.id"],
            name=op.f("fk_placement_cohort_id_leader_id_leader"),
        ),
        sa.ForeignKeyConstraint(
            ["cohort_id", "match_run_id"],
            ["match_run.cohort_id", "match_run.id"],
            name=op.f("fk_placement_cohort_id_match_run_id_match_run"),
        ),
        sa.ForeignKeyConstraint(
            ["cohort_id", "slot_id", "starts_at", "ends_at"],
            ["slot.cohort_id", "slot.id", "slot.starts_at", "slot.ends_at"],
            name=op.f("fk_placement_cohort_id_slot_id_starts_at_ends_at_slot"),
            onupdate="CASCADE",
        ),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name=op.f("fk_placement_cohort_id_cohort")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_placement")),
        sa.UniqueConstraint("cohort_id", "leader_id", "id", name=op.f("uq_placement_leader")),
    )
    op.create_index(
        "uq_placement_one_live_per_leader_and_slot",
        "placement",
        ["leader_id", "slot_id"],
        unique=True,
        sqlite_where=sa.text("status = 'confirmed'"),
        postgresql_where=sa.text("status = 'confirmed'"),
    )
    op.create_index("ix_placement_leader_id", "placement", ["leader_id"], unique=False)
    op.create_index("ix_placement_slot_id", "placement", ["slot_id"], unique=False)
    op.create_index("ix_placement_match_run_id", "placement", ["match_run_id"], unique=False)


def _invite() -> None:
    op.create_table(
        "invite",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("placement_id", sa.Integer(), nullable=False),
        sa.Column("leader_id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=255), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("dtstamp", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("partstat", sa.String(length=12), nullable=False),
        sa.CheckConstraint(
            "partstat IN ('NEEDS-ACTION', 'ACCEPTED', 'DECLINED', 'TENTATIVE')",
            name=op.f("ck_invite_partstat_known"),
        ),
        sa.CheckConstraint("state IN ('owed', 'sent', 'cancelled')", name=op.f("ck_invite_state_known")),
        sa.CheckConstraint("revision >= 0", name=op.f("ck_invite_revision_not_negative")),
        sa.CheckConstraint("sequence >= 0", name=op.f("ck_invite_sequence_not_negative")),
        sa.ForeignKeyConstraint(
            ["cohort_id", "leader_id", "placement_id"],
            ["placement.cohort_id", "placement.leader_id", "placement.id"],
            name=op.f("fk_invite_cohort_id_leader_id_placement_id_placement"),
        ),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name=op.f("fk_invite_cohort_id_cohort")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invite")),
        sa.UniqueConstraint("cohort_id", "id", name=op.f("uq_invite_cohort")),
        sa.UniqueConstraint("placement_id", name=op.f("uq_invite_one_per_placement")),
        sa.UniqueConstraint("uid", name=op.f("uq_invite_uid")),
    )
