"""The record of who did what, to which rows are only ever added."""

import sqlalchemy as sa
from alembic import op

revision = "0009_audit"
down_revision = "0008_signing_in"
branch_labels = None
depends_on = None


KEEP_SQLITE = """
CREATE TRIGGER audit_event_no_{event_name} BEFORE {event} ON audit_event
BEGIN
  SELECT RAISE(ABORT, 'audit_append_only');
END
"""
# INSERT OR REPLACE deletes the old row without asking the trigger above.
KEEP_REPLACED_SQLITE = """
CREATE TRIGGER audit_event_no_replace BEFORE INSERT ON audit_event
WHEN EXISTS (SELECT 1 FROM audit_event WHERE id = NEW.id)
BEGIN
  SELECT RAISE(ABORT, 'audit_append_only');
END
"""
KEEP_POSTGRESQL = """
CREATE FUNCTION audit_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'audit_append_only' USING ERRCODE = 'integrity_constraint_violation';
END $$
"""
KEEP_TRIGGER_POSTGRESQL = """
CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_event
FOR EACH STATEMENT EXECUTE FUNCTION audit_append_only()
"""


def upgrade() -> None:
    _audit_event()
    if op.get_bind().dialect.name == "postgresql":
        op.execute(KEEP_POSTGRESQL)
        op.execute(KEEP_TRIGGER_POSTGRESQL)
        return
    for event in ("UPDATE", "DELETE"):
        op.execute(KEEP_SQLITE.format(event=event, event_name=event.lower()))
    op.execute(KEEP_REPLACED_SQLITE)


def downgrade() -> None:
    op.drop_table("audit_event")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION audit_append_only()")


def _audit_event() -> None:
    op.create_table(
        "audit_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=40), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=True),
        sa.Column("verb", sa.String(length=60), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("previous_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name=op.f("fk_audit_event_cohort_id_cohort")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_event")),
    )
    op.create_index("ix_audit_event_cohort_id", "audit_event", ["cohort_id"], unique=False)
