"""What leaders would like, and when they can."""

import datetime as dt

from sqlalchemy import JSON, CheckConstraint, Date, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from placement.db import Base, UtcDateTime
from placement.domain.states import DateAnswerWord
from placement.models.limits import one_of, same_cohort


class Preference(Base):
    """One leader's rank of one opportunity; 1 is the first choice."""

    __tablename__ = "preference"
    __table_args__ = (
        same_cohort("leader_id", "leader"),
        same_cohort("opportunity_id", "opportunity"),
        UniqueConstraint("leader_id", "opportunity_id", name="ranked_once"),
        UniqueConstraint("leader_id", "rank", name="one_per_rank"),
        CheckConstraint("rank >= 1", name="rank_positive"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"), index=True)
    leader_id: Mapped[int]
    opportunity_id: Mapped[int] = mapped_column(index=True)
    rank: Mapped[int]


class DateAnswer(Base):
    """What a leader said of one date, in Europe/London; a date without an answer is one they can do."""

    __tablename__ = "date_answer"
    __table_args__ = (
        same_cohort("leader_id", "leader"),
        UniqueConstraint("leader_id", "date", name="one_per_date"),
        one_of("answer", DateAnswerWord, name="answer_known"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"), index=True)
    leader_id: Mapped[int]
    date: Mapped[dt.date] = mapped_column(Date)
    answer: Mapped[str] = mapped_column(String(12))


class PreviousRanking(Base):
    """The ranking of a leader before its last change, so that this can be undone.

    `before` and `after` are ids of opportunities, first choice first; `changed_at` is when it was changed.
    `undone`: that change was itself the undoing of one.
    """

    __tablename__ = "previous_ranking"
    __table_args__ = (
        same_cohort("leader_id", "leader"),
        UniqueConstraint("leader_id", name="one_per_leader"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"), index=True)
    leader_id: Mapped[int]
    before: Mapped[list[int]] = mapped_column(JSON)
    after: Mapped[list[int]] = mapped_column(JSON)
    undone: Mapped[bool] = mapped_column(default=False)
    changed_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)


class RefusedOpportunity(Base):
    """An opportunity that a leader would not go to: they are never given it."""

    __tablename__ = "refused_opportunity"
    __table_args__ = (
        same_cohort("leader_id", "leader"),
        same_cohort("opportunity_id", "opportunity"),
        UniqueConstraint("leader_id", "opportunity_id", name="refused_once"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"), index=True)
    leader_id: Mapped[int]
    opportunity_id: Mapped[int] = mapped_column(index=True)
    refused_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
