"""A placement day and after: who came, how it went, and what leaders write about it."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from placement.db import Base, UtcDateTime
from placement.domain.states import AbsenceReason, AttendanceState, HostAgain, MarkedBy
from placement.models.limits import one_of, same_cohort
from placement.models.people import Leader
from placement.models.slot import Slot

OF_PARTNER = "leader_id IS NULL"


class Attendance(Base):
    """How one person took part in one slot; somebody without a row is not known yet.

    `reason` is of those who did not come. A leader who has no placement there, or a person who is known by
    `name` alone, is an extra person. `batch` names the rows that were written in one go and not changed
    since, so that the lot can be undone.
    """

    __tablename__ = "attendance"
    __table_args__ = (
        same_cohort("slot_id", "slot"),
        same_cohort("leader_id", "leader"),
        UniqueConstraint("slot_id", "leader_id", name="once_per_slot"),
        one_of("state", AttendanceState, name="state_known"),
        one_of("reason", AbsenceReason, name="reason_known"),
        one_of("marked_by", MarkedBy, name="marked_by_known"),
        CheckConstraint("leader_id IS NOT NULL OR name <> ''", name="somebody"),
        CheckConstraint("version >= 1", name="version_positive"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"), index=True)
    slot_id: Mapped[int]
    leader_id: Mapped[int | None] = mapped_column(index=True)
    name: Mapped[str] = mapped_column(String(300), default="")
    organisation: Mapped[str] = mapped_column(String(300), default="")
    state: Mapped[str] = mapped_column(String(12))
    reason: Mapped[str | None] = mapped_column(String(12))
    note: Mapped[str] = mapped_column(String(500), default="")
    marked_by: Mapped[str] = mapped_column(String(12))
    marked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    batch: Mapped[str | None] = mapped_column(String(32))
    version: Mapped[int] = mapped_column(default=1)

    leader: Mapped[Leader | None] = relationship(
        primaryjoin="Leader.id == foreign(Attendance.leader_id)", viewonly=True
    )


class Feedback(Base):
    """What a leader, or the partner (no `leader_id`), says of a day to those who run the programme."""

    __tablename__ = "feedback"
    __table_args__ = (
        same_cohort("slot_id", "slot"),
        same_cohort("leader_id", "leader"),
        UniqueConstraint("slot_id", "leader_id", name="one_of_each_leader"),
        Index(
            "uq_feedback_one_of_the_partner",
            "slot_id",
            unique=True,
            sqlite_where=text(OF_PARTNER),
            postgresql_where=text(OF_PARTNER),
        ),
        one_of("again", HostAgain, name="again_known"),
        CheckConstraint("went BETWEEN 1 AND 5", name="went_from_1_to_5"),
        CheckConstraint("version >= 1", name="version_positive"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"), index=True)
    slot_id: Mapped[int]
    leader_id: Mapped[int | None] = mapped_column(index=True)
    went: Mapped[int]
    again: Mapped[str | None] = mapped_column(String(12))
    words: Mapped[str] = mapped_column(String(4000), default="")
    call_me: Mapped[bool] = mapped_column(default=False)
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)

    leader: Mapped[Leader | None] = relationship(
        primaryjoin="Leader.id == foreign(Feedback.leader_id)", viewonly=True
    )
    slot: Mapped[Slot] = relationship(primaryjoin="Slot.id == foreign(Feedback.slot_id)", viewonly=True)


class Reflection(Base):
    """What a leader writes about a day, encrypted as access needs are; a draft until `finished_at`.

    Nobody but the leader reads it, save those to whom it was given: `to_partner`, `to_coordinator`, and
    `to_evaluators`, who get the words without a name.
    """

    __tablename__ = "reflection"
    __table_args__ = (
        same_cohort("slot_id", "slot"),
        same_cohort("leader_id", "leader"),
        UniqueConstraint("slot_id", "leader_id", name="one_of_each_leader"),
        CheckConstraint("version >= 1", name="version_positive"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"), index=True)
    slot_id: Mapped[int]
    leader_id: Mapped[int] = mapped_column(index=True)
    ciphertext: Mapped[bytes] = mapped_column(LargeBinary)
    to_partner: Mapped[bool] = mapped_column(default=False)
    to_coordinator: Mapped[bool] = mapped_column(default=False)
    to_evaluators: Mapped[bool] = mapped_column(default=False)
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)

    leader: Mapped[Leader] = relationship(
        primaryjoin="Leader.id == foreign(Reflection.leader_id)", viewonly=True
    )
    slot: Mapped[Slot] = relationship(primaryjoin="Slot.id == foreign(Reflection.slot_id)", viewonly=True)
