"""Places that a coordinator fixes, notes on runs, approval by a second person, how far a solver is."""

import sqlalchemy as sa
from alembic import op

from placement.db.watching import unwatch, watch

revision = "0026_review_board"
down_revision = "0025_offers"
branch_labels = None
depends_on = None

# Columns are not added in batches: SQLite would build the tables anew, and triggers on them would be gone.


def upgrade() -> None:
    op.add_column(
        "cohort", sa.Column("second_approval", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.add_column("match_run", sa.Column("stage", sa.String(length=20), nullable=True))
    op.add_column("match_run", sa.Column("stages_done", sa.Integer(), nullable=True))
    op.add_column("match_run", sa.Column("stages_all", sa.Integer(), nullable=True))
    op.add_column("match_run", sa.Column("approved_by", sa.String(length=320), nullable=True))
    op.add_column("match_run", sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True))
    _fixed_pair()
    _fixing_step()
    _run_note()
    watch("fixed_pair")


def _fixed_pair() -> None:
    op.create_table(
        "fixed_pair",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("leader_id", sa.Integer(), nullable=False),
        sa.Column("opportunity_id", sa.Integer(), nullable=False),
        sa.Column("slot_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("made_by", sa.String(length=320), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_by", sa.String(length=320), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('pin', 'forbid')", name=op.f("ck_fixed_pair_kind_known")),
        sa.CheckConstraint("kind = 'forbid' OR slot_id IS NOT NULL", name=op.f("ck_fixed_pair_pin_has_slot")),
        sa.CheckConstraint(
            "(removed_at IS NULL) = (removed_by IS NULL)", name=op.f("ck_fixed_pair_removed_whole")
        ),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name=op.f("fk_fixed_pair_cohort_id_cohort")),
        *(
            sa.ForeignKeyConstraint(
                ["cohort_id", f"{table}_id"],
                [f"{table}.cohort_id", f"{table}.id"],
                name=op.f(f"fk_fixed_pair_cohort_id_{table}_id_{table}"),
            )
            for table in ("leader", "opportunity", "slot")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fixed_pair")),
    )
    for column in ("cohort_id", "leader_id", "opportunity_id", "slot_id"):
        op.create_index(op.f(f"ix_fixed_pair_{column}"), "fixed_pair", [column])
    for name, column, where in (
        ("uq_fixed_pair_one_per_slot", "slot_id", "removed_at IS NULL"),
        ("uq_fixed_pair_one_per_opportunity", "opportunity_id", "removed_at IS NULL AND slot_id IS NULL"),
    ):
        op.create_index(
            name,
            "fixed_pair",
            ["leader_id", column],
            unique=True,
            sqlite_where=sa.text(where),
            postgresql_where=sa.text(where),
        )


def _fixing_step() -> None:
    op.create_table(
        "fixing_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("word", sa.String(length=10), nullable=False),
        sa.Column("added", sa.JSON(), nullable=False),
        sa.Column("removed", sa.JSON(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=True),
        sa.Column("new_run_id", sa.Integer(), nullable=True),
        sa.Column("made_by", sa.String(length=320), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "word IN ('keep', 'never', 'change', 'remove')", name=op.f("ck_fixing_step_word_known")
        ),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name=op.f("fk_fixing_step_cohort_id_cohort")),
        *(
            sa.ForeignKeyConstraint(
                ["cohort_id", column],
                ["match_run.cohort_id", "match_run.id"],
                name=op.f(f"fk_fixing_step_cohort_id_{column}_match_run"),
            )
            for column in ("run_id", "new_run_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fixing_step")),
    )
    for column in ("cohort_id", "run_id", "new_run_id"):
        op.create_index(op.f(f"ix_fixing_step_{column}"), "fixing_step", [column])


def _run_note() -> None:
    op.create_table(
        "run_note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("match_run_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=2000), nullable=False),
        sa.Column("written_by", sa.String(length=320), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name=op.f("fk_run_note_cohort_id_cohort")),
        sa.ForeignKeyConstraint(
            ["cohort_id", "match_run_id"],
            ["match_run.cohort_id", "match_run.id"],
            name=op.f("fk_run_note_cohort_id_match_run_id_match_run"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_run_note")),
    )
    for column in ("cohort_id", "match_run_id"):
        op.create_index(op.f(f"ix_run_note_{column}"), "run_note", [column])


def downgrade() -> None:
    unwatch("fixed_pair")
    for table in ("run_note", "fixing_step", "fixed_pair"):
        op.drop_table(table)
    for column in ("approved_at", "approved_by", "stages_all", "stages_done", "stage"):
        op.drop_column("match_run", column)
    op.drop_column("cohort", "second_approval")
