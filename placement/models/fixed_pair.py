"""What a coordinator has fixed for the next runs, how that came about, and what was noted about a run."""

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from placement.db import Base, UtcDateTime
from placement.domain.states import FixingWord, PairKind
from placement.models.limits import one_of, same_cohort
from placement.models.opportunity import Opportunity
from placement.models.people import Leader
from placement.models.slot import Slot


class FixedPair(Base):
    """A place that a leader is to keep, or never to be given, until somebody takes that back.

    A pair without a slot is about all days of the opportunity. A row that was taken back stays, with
    `removed_at`, so that taking back can be undone.
    """

    __tablename__ = "fixed_pair"
    __table_args__ = (
        same_cohort("leader_id", "leader"),
        same_cohort("opportunity_id", "opportunity"),
        same_cohort("slot_id", "slot"),
        one_of("kind", PairKind, name="kind_known"),
        CheckConstraint("kind = 'forbid' OR slot_id IS NOT NULL", name="pin_has_slot"),
        CheckConstraint("(removed_at IS NULL) = (removed_by IS NULL)", name="removed_whole"),
        Index(
            "uq_fixed_pair_one_per_slot",
            "leader_id",
            "slot_id",
            unique=True,
            sqlite_where=text("removed_at IS NULL"),
            postgresql_where=text("removed_at IS NULL"),
        ),
        Index(
            "uq_fixed_pair_one_per_opportunity",
            "leader_id",
            "opportunity_id",
            unique=True,
            sqlite_where=text("removed_at IS NULL AND slot_id IS NULL"),
            postgresql_where=text("removed_at IS NULL AND slot_id IS NULL"),
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"), index=True)
    leader_id: Mapped[int] = mapped_column(index=True)
    opportunity_id: Mapped[int] = mapped_column(index=True)
    slot_id: Mapped[int | None] = mapped_column(index=True)
    kind: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(String(500))
    made_by: Mapped[str] = mapped_column(String(320))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    removed_by: Mapped[str | None] = mapped_column(String(320))
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    leader: Mapped[Leader] = relationship(
        lazy="joined", innerjoin=True, primaryjoin="Leader.id == foreign(FixedPair.leader_id)", viewonly=True
    )
    opportunity: Mapped[Opportunity] = relationship(
        lazy="joined",
        innerjoin=True,
        primaryjoin="Opportunity.id == foreign(FixedPair.opportunity_id)",
        viewonly=True,
    )
    slot: Mapped[Slot | None] = relationship(
        lazy="joined", primaryjoin="Slot.id == foreign(FixedPair.slot_id)", viewonly=True
    )


class FixingStep(Base):
    """One step of fixing places in a cohort, which can be undone and done again.

    `added` and `removed` are ids of fixed pairs. `run_id` is the run that was looked at, `new_run_id` the
    one that a change began.
    """

    __tablename__ = "fixing_step"
    __table_args__ = (
        same_cohort("run_id", "match_run"),
        same_cohort("new_run_id", "match_run"),
        one_of("word", FixingWord, name="word_known"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"), index=True)
    word: Mapped[str] = mapped_column(String(10))
    added: Mapped[list[int]] = mapped_column(JSON)
    removed: Mapped[list[int]] = mapped_column(JSON)
    run_id: Mapped[int | None] = mapped_column(index=True)
    new_run_id: Mapped[int | None] = mapped_column(index=True)
    made_by: Mapped[str] = mapped_column(String(320))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class RunNote(Base):
    """What somebody noted about a match run, for those who run the cohort."""

    __tablename__ = "run_note"
    __table_args__ = (same_cohort("match_run_id", "match_run"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"), index=True)
    match_run_id: Mapped[int] = mapped_column(index=True)
    text: Mapped[str] = mapped_column(String(2000))
    written_by: Mapped[str] = mapped_column(String(320))
    written_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
