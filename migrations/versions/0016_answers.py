"""The history of answers, the declines that wait for somebody, further addresses, and replies settled."""

import sqlalchemy as sa
from alembic import op

revision = "0016_answers"
down_revision = "0015_doors"
branch_labels = None
depends_on = None

OPEN = sa.text("closed_at IS NULL")
MOMENT = sa.DateTime(timezone=True)
# What was held before there was a history is its first entry; a decline of those waits for somebody too.
HELD_BEFORE = """
    INSERT INTO held_answer
        (cohort_id, invite_id, reply_id, partstat, sequence, way, actor, note, given_at, held_at)
    SELECT i.cohort_id, i.id, r.id, i.partstat, COALESCE(i.partstat_seq, i.sequence), 'mail', 'upgrade',
        COALESCE(r.comment, ''), i.partstat_stamp, COALESCE(r.received_at, i.partstat_stamp)
    FROM invite AS i
    LEFT JOIN reply AS r ON r.id = (
        SELECT MAX(id) FROM reply
        WHERE reply.invite_id = i.id AND reply.action = 'applied' AND reply.partstat = i.partstat
    )
    WHERE i.partstat <> 'NEEDS-ACTION' AND i.partstat_stamp IS NOT NULL
"""
DECLINED_BEFORE = """
    INSERT INTO task (cohort_id, leader_id, placement_id, answer_id, opened_at)
    SELECT p.cohort_id, p.leader_id, p.id, a.id, a.held_at
    FROM held_answer AS a
    JOIN invite AS i ON i.id = a.invite_id
    JOIN placement AS p ON p.id = i.placement_id
    WHERE a.partstat = 'DECLINED' AND p.status = 'confirmed' AND i.state <> 'cancelled'
"""


def upgrade() -> None:
    _reply()
    _user_alias()
    _held_answer()
    _task()
    op.execute(HELD_BEFORE)
    op.execute(DECLINED_BEFORE)


def downgrade() -> None:
    op.drop_table("task")
    op.drop_table("held_answer")
    op.drop_table("user_alias")
    with op.batch_alter_table("reply") as reply:
        reply.drop_constraint(op.f("uq_reply_cohort"), type_="unique")
        reply.drop_constraint(op.f("ck_reply_outcome_known"), type_="check")
        reply.drop_constraint(op.f("ck_reply_sender_check_known"), type_="check")
        for column in ("outcome", "settled_by", "settled_at", "sender_check"):
            reply.drop_column(column)


def _reply() -> None:
    with op.batch_alter_table("reply") as reply:
        reply.add_column(
            sa.Column("sender_check", sa.String(length=12), nullable=False, server_default="unchecked")
        )
        reply.add_column(sa.Column("settled_at", MOMENT, nullable=True))
        reply.add_column(sa.Column("settled_by", sa.String(length=300), nullable=True))
        reply.add_column(sa.Column("outcome", sa.String(length=12), nullable=True))
        reply.create_check_constraint(
            op.f("ck_reply_sender_check_known"), "sender_check IN ('passed', 'failed', 'unchecked')"
        )
        reply.create_check_constraint(op.f("ck_reply_outcome_known"), "outcome IN ('taken', 'nothing')")
        reply.create_unique_constraint(op.f("uq_reply_cohort"), ["cohort_id", "id"])


def _user_alias() -> None:
    op.create_table(
        "user_alias",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.CheckConstraint("email = lower(email)", name=op.f("ck_user_alias_email_lower_case")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_user_alias_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_alias")),
        sa.UniqueConstraint("email", name=op.f("uq_user_alias_email")),
    )
    op.create_index("ix_user_alias_user_id", "user_alias", ["user_id"], unique=False)


def _held_answer() -> None:
    op.create_table(
        "held_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("invite_id", sa.Integer(), nullable=False),
        sa.Column("reply_id", sa.Integer(), nullable=True),
        sa.Column("partstat", sa.String(length=12), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("way", sa.String(length=12), nullable=False),
        sa.Column("actor", sa.String(length=300), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("given_at", MOMENT, nullable=False),
        sa.Column("held_at", MOMENT, nullable=False),
        sa.Column("undone_at", MOMENT, nullable=True),
        sa.CheckConstraint(
            "partstat IN ('ACCEPTED', 'TENTATIVE', 'DECLINED')", name=op.f("ck_held_answer_partstat_known")
        ),
        sa.CheckConstraint(
            "way IN ('mail', 'link', 'page', 'coordinator')", name=op.f("ck_held_answer_way_known")
        ),
        sa.CheckConstraint("sequence >= 0", name=op.f("ck_held_answer_sequence_not_negative")),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name=op.f("fk_held_answer_cohort_id_cohort")),
        sa.ForeignKeyConstraint(
            ["cohort_id", "invite_id"],
            ["invite.cohort_id", "invite.id"],
            name=op.f("fk_held_answer_cohort_id_invite_id_invite"),
        ),
        sa.ForeignKeyConstraint(
            ["cohort_id", "reply_id"],
            ["reply.cohort_id", "reply.id"],
            name=op.f("fk_held_answer_cohort_id_reply_id_reply"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_held_answer")),
        sa.UniqueConstraint("cohort_id", "id", name=op.f("uq_held_answer_cohort")),
    )
    op.create_index("ix_held_answer_invite_id", "held_answer", ["invite_id"], unique=False)
    op.create_index("ix_held_answer_reply_id", "held_answer", ["reply_id"], unique=False)


def _task() -> None:
    op.create_table(
        "task",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("leader_id", sa.Integer(), nullable=False),
        sa.Column("placement_id", sa.Integer(), nullable=False),
        sa.Column("answer_id", sa.Integer(), nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.Column("outcome", sa.String(length=12), nullable=True),
        sa.CheckConstraint("outcome IN ('kept', 'changed')", name=op.f("ck_task_outcome_known")),
        sa.CheckConstraint(
            "(closed_at IS NULL) = (outcome IS NULL)", name=op.f("ck_task_outcome_when_closed")
        ),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name=op.f("fk_task_cohort_id_cohort")),
        sa.ForeignKeyConstraint(
            ["cohort_id", "leader_id", "placement_id"],
            ["placement.cohort_id", "placement.leader_id", "placement.id"],
            name=op.f("fk_task_cohort_id_leader_id_placement_id_placement"),
        ),
        sa.ForeignKeyConstraint(
            ["cohort_id", "answer_id"],
            ["held_answer.cohort_id", "held_answer.id"],
            name=op.f("fk_task_cohort_id_answer_id_held_answer"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task")),
        sa.UniqueConstraint("answer_id", name=op.f("uq_task_one_per_answer")),
    )
    op.create_index("ix_task_cohort_id", "task", ["cohort_id"], unique=False)
    op.create_index("ix_task_placement_id", "task", ["placement_id"], unique=False)
    op.create_index(
        "uq_task_one_open",
        "task",
        ["placement_id"],
        unique=True,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )
