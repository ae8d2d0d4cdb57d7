"""What leaders would like, and when they can."""

import datetime as dt

from sqlalchemy import CheckConstraint, Date, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from placement.db import Base
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
