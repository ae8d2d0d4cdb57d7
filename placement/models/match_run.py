"""Solves over a frozen copy of a cohort, and what they propose."""

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from placement.db import Base, UtcDateTime
from placement.domain.states import Objective, RunKind, RunStatus
from placement.models.limits import one_of, same_cohort
from placement.models.programme import Cohort


class MatchRun(Base):
    """One solve over a frozen copy of a cohort.

    `frozen_input` is the matching problem as JSON text, `input_digest` its digest, `result` the solution as
    JSON text; both are kept as they were, so that a run can be repeated and defended.

    A run of the kind "repair" or "fresh" may move what stands. Its `settings` hold `standing`, the placements
    as they were, and those of a fresh run `repair`, the number of the run that it is the alternative to. A
    repair that gives somebody a seat holds in `given` the pairs that are pinned in it and in no other run.
    Any run holds in `fixed` the pairs that the coordinator had fixed and in `stood` whether days were pinned
    that stood already; one that changes another run in `keep` the pairs of which it keeps as many as it can.
    `stage`, `stages_done` and `stages_all` say how far a solver is.
    """

    __tablename__ = "match_run"
    __table_args__ = (
        UniqueConstraint("cohort_id", "id", name="cohort"),
        one_of("status", RunStatus, name="status_known"),
        one_of("objective", Objective, name="objective_known"),
        one_of("kind", RunKind, name="kind_known"),
        # One solve at a time in each cohort, whichever machines its workers run on.
        Index(
            "uq_match_run_one_solving",
            "cohort_id",
            unique=True,
            sqlite_where=text("status = 'solving'"),
            postgresql_where=text("status = 'solving'"),
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"))
    status: Mapped[str] = mapped_column(String(12), default="queued")
    objective: Mapped[str] = mapped_column(String(20))
    seed: Mapped[str] = mapped_column(String(200))
    frozen_input: Mapped[str] = mapped_column(Text, deferred=True)  # by far the longest of the columns
    input_digest: Mapped[str] = mapped_column(String(64))
    settings: Mapped[dict[str, object]] = mapped_column(JSON)
    versions: Mapped[dict[str, str] | None] = mapped_column(JSON)
    result: Mapped[str | None] = mapped_column(Text)
    failure: Mapped[str | None] = mapped_column(Text)
    requested_by: Mapped[str] = mapped_column(String(320))
    requested_at: Mapped[datetime] = mapped_column(UtcDateTime)
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    kind: Mapped[str] = mapped_column(String(10), default="match", server_default="match")
    lease_token: Mapped[str | None] = mapped_column(String(120))
    stage: Mapped[str | None] = mapped_column(String(20))
    stages_done: Mapped[int | None]
    stages_all: Mapped[int | None]
    approved_by: Mapped[str | None] = mapped_column(String(320))
    approved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    cohort: Mapped[Cohort] = relationship(lazy="joined", innerjoin=True, viewonly=True)
    assignments: Mapped[list["Assignment"]] = relationship(
        primaryjoin="MatchRun.id == foreign(Assignment.match_run_id)",
        order_by="Assignment.id",
        viewonly=True,
    )


class Assignment(Base):
    """One leader–slot pair that a run proposes; `rank` is the leader's choice number, empty if not ranked."""

    __tablename__ = "assignment"
    __table_args__ = (
        same_cohort("match_run_id", "match_run"),
        same_cohort("leader_id", "leader"),
        same_cohort("slot_id", "slot"),
        UniqueConstraint("match_run_id", "leader_id", "slot_id", name="one_per_pair"),
        CheckConstraint("rank >= 1", name="rank_positive"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"), index=True)
    match_run_id: Mapped[int]
    leader_id: Mapped[int] = mapped_column(index=True)
    slot_id: Mapped[int] = mapped_column(index=True)
    rank: Mapped[int | None]
