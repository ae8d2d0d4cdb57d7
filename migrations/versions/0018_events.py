"""Events beside placements with who is invited, invites of either, and days that are held online."""

import sqlalchemy as sa
from alembic import op

revision = "0018_events"
down_revision = "0017_letters"
branch_labels = None
depends_on = None

LIVE = sa.text("event_id IS NOT NULL AND state <> 'cancelled'")
STATE_KNOWN = "ck_invite_state_known"
OF_ONE_THING = "ck_invite_of_one_thing"
BEFORE = "state IN ('owed', 'sent', 'undelivered', 'cancelled')"
AFTER = "state IN ('owed', 'sent', 'undelivered', 'past', 'cancelled')"


def upgrade() -> None:
    _event()
    _event_guest()
    # Not in a batch: SQLite would build the table anew, and the triggers that count seats would be gone.
    op.add_column("slot", sa.Column("joining_link", sa.String(length=500), nullable=True))
    with op.batch_alter_table("invite") as invite:
        invite.alter_column("placement_id", existing_type=sa.Integer(), nullable=True)
        invite.add_column(sa.Column("event_id", sa.Integer(), nullable=True))
        invite.create_foreign_key(
            op.f("fk_invite_cohort_id_event_id_event"),
            "event",
            ["cohort_id", "event_id"],
            ["cohort_id", "id"],
        )
        invite.create_foreign_key(
            op.f("fk_invite_cohort_id_leader_id_leader"),
            "leader",
            ["cohort_id", "leader_id"],
            ["cohort_id", "id"],
        )
        invite.create_check_constraint(op.f(OF_ONE_THING), "(placement_id IS NULL) <> (event_id IS NULL)")
        invite.drop_constraint(op.f(STATE_KNOWN), type_="check")
        invite.create_check_constraint(op.f(STATE_KNOWN), AFTER)
    op.create_index("ix_invite_event_id", "invite", ["event_id"], unique=False)
    op.create_index("ix_invite_leader_id", "invite", ["leader_id"], unique=False)
    op.create_index(
        "uq_invite_one_live_per_event_and_leader",
        "invite",
        ["event_id", "leader_id"],
        unique=True,
        sqlite_where=LIVE,
        postgresql_where=LIVE,
    )


def downgrade() -> None:
    """Take events away, with the invites, mails and replies of theirs, which nothing else could explain."""
    of_events = "(SELECT id FROM invite WHERE event_id IS NOT NULL)"
    mails = f"(SELECT id FROM message WHERE invite_id IN {of_events})"  # noqa: S608  # no value from outside
    op.execute(f"DELETE FROM held_answer WHERE invite_id IN {of_events}")  # noqa: S608  # no value from outside
    op.execute(f"DELETE FROM delivery_try WHERE message_id IN {mails}")  # noqa: S608  # no value from outside
    op.execute(f"DELETE FROM reply WHERE invite_id IN {of_events}")  # noqa: S608  # no value from outside
    op.execute(f"DELETE FROM message WHERE invite_id IN {of_events}")  # noqa: S608  # no value from outside
    op.execute("DELETE FROM invite WHERE event_id IS NOT NULL")
    op.execute("UPDATE invite SET state = 'sent' WHERE state = 'past'")
    op.drop_index("ix_invite_leader_id", table_name="invite")
    op.drop_index("ix_invite_event_id", table_name="invite")
    op.drop_index("uq_invite_one_live_per_event_and_leader", table_name="invite")
    with op.batch_alter_table("invite") as invite:
        invite.drop_constraint(op.f(STATE_KNOWN), type_="check")
        invite.create_check_constraint(op.f(STATE_KNOWN), BEFORE)
        invite.drop_constraint(op.f(OF_ONE_THING), type_="check")
        invite.drop_constraint(op.f("fk_invite_cohort_id_leader_id_leader"), type_="foreignkey")
        invite.drop_constraint(op.f("fk_invite_cohort_id_event_id_event"), type_="foreignkey")
        invite.drop_column("event_id")
        invite.alter_column("placement_id", existing_type=sa.Integer(), nullable=False)
    op.drop_column("slot", "joining_link")
    op.drop_table("event_guest")
    op.drop_table("event")


def _event() -> None:
    op.create_table(
        "event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=True),
        sa.Column("reference", sa.String(length=50), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("description", sa.String(length=4000), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("mode", sa.String(length=10), nullable=False),
        sa.Column("address", sa.String(length=500), nullable=False),
        sa.Column("postcode", sa.String(length=10), nullable=False),
        sa.Column("joining_link", sa.String(length=500), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_event_ends_after_start")),
        sa.CheckConstraint("mode <> 'in_person' OR address <> ''", name=op.f("ck_event_somewhere")),
        sa.CheckConstraint("mode <> 'virtual' OR joining_link <> ''", name=op.f("ck_event_joinable")),
        sa.CheckConstraint(
            "kind IN ('workshop', 'learning_set', 'coaching', 'other')", name=op.f("ck_event_kind_known")
        ),
        sa.CheckConstraint("mode IN ('in_person', 'virtual')", name=op.f("ck_event_mode_known")),
        sa.CheckConstraint("status IN ('planned', 'cancelled')", name=op.f("ck_event_status_known")),
        sa.ForeignKeyConstraint(
            ["cohort_id", "team_id"],
            ["team.cohort_id", "team.id"],
            name=op.f("fk_event_cohort_id_team_id_team"),
        ),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name=op.f("fk_event_cohort_id_cohort")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
        sa.UniqueConstraint("cohort_id", "id", name=op.f("uq_event_cohort")),
        sa.UniqueConstraint("cohort_id", "reference", name=op.f("uq_event_one_reference_per_cohort")),
    )
    op.create_index("ix_event_team_id", "event", ["team_id"], unique=False)


def _event_guest() -> None:
    op.create_table(
        "event_guest",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("leader_id", sa.Integer(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["cohort_id", "event_id"],
            ["event.cohort_id", "event.id"],
            name=op.f("fk_event_guest_cohort_id_event_id_event"),
        ),
        sa.ForeignKeyConstraint(
            ["cohort_id", "leader_id"],
            ["leader.cohort_id", "leader.id"],
            name=op.f("fk_event_guest_cohort_id_leader_id_leader"),
        ),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name=op.f("fk_event_guest_cohort_id_cohort")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_guest")),
        sa.UniqueConstraint("event_id", "leader_id", name=op.f("uq_event_guest_once_per_event")),
    )
    op.create_index("ix_event_guest_cohort_id", "event_guest", ["cohort_id"], unique=False)
    op.create_index("ix_event_guest_leader_id", "event_guest", ["leader_id"], unique=False)
