"""The answers to invites that were held, one after the other, and the declines that wait for somebody."""

from datetime import datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from placement.db import Base, UtcDateTime
from placement.domain.states import AnswerWay, AnswerWord, TaskOutcome
from placement.models.limits import one_of, same_cohort
from placement.models.placement import Invite, Placement

OPEN = "closed_at IS NULL"


class HeldAnswer(Base):
    """One answer to an invite: the newest to its present SEQUENCE that was not undone is the one that counts.

    `given_at` is when the leader gave it, `held_at` when it was written down, `actor` who did that, and
    `note` the comment or reason that came with it.
    """

    __tablename__ = "held_answer"
    __table_args__ = (
        same_cohort("invite_id", "invite"),
        same_cohort("reply_id", "reply"),
        UniqueConstraint("cohort_id", "id", name="cohort"),
        one_of("partstat", AnswerWord, name="partstat_known"),
        one_of("way", AnswerWay, name="way_known"),
        CheckConstraint("sequence >= 0", name="sequence_not_negative"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"))
    invite_id: Mapped[int] = mapped_column(index=True)
    reply_id: Mapped[int | None] = mapped_column(index=True)
    partstat: Mapped[str] = mapped_column(String(12))
    sequence: Mapped[int]
    way: Mapped[str] = mapped_column(String(12))
    actor: Mapped[str] = mapped_column(String(300))
    note: Mapped[str] = mapped_column(Text, default="")
    given_at: Mapped[datetime] = mapped_column(UtcDateTime)
    held_at: Mapped[datetime] = mapped_column(UtcDateTime)
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    invite: Mapped[Invite] = relationship(
        primaryjoin="Invite.id == foreign(HeldAnswer.invite_id)", viewonly=True
    )


class Task(Base):
    """A decline of a placement that stands: it waits for its coordinator until it is closed.

    One that is not closed can have become void: its placement ended, its day moved or went by.
    """

    __tablename__ = "task"
    __table_args__ = (
        ForeignKeyConstraint(
            ["cohort_id", "leader_id", "placement_id"],
            ["placement.cohort_id", "placement.leader_id", "placement.id"],
        ),
        same_cohort("answer_id", "held_answer"),
        UniqueConstraint("answer_id", name="one_per_answer"),
        Index(
            "uq_task_one_open",
            "placement_id",
            unique=True,
            sqlite_where=text(OPEN),
            postgresql_where=text(OPEN),
        ),
        one_of("outcome", TaskOutcome, name="outcome_known"),
        CheckConstraint("(closed_at IS NULL) = (outcome IS NULL)", name="outcome_when_closed"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"), index=True)
    leader_id: Mapped[int]
    placement_id: Mapped[int] = mapped_column(index=True)
    answer_id: Mapped[int]
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    outcome: Mapped[str | None] = mapped_column(String(12))

    placement: Mapped[Placement] = relationship(
        primaryjoin="Placement.id == foreign(Task.placement_id)", viewonly=True
    )
    answer: Mapped[HeldAnswer] = relationship(
        primaryjoin="HeldAnswer.id == foreign(Task.answer_id)", viewonly=True
    )
