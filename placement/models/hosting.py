"""What partners say of a day while people are coming: that they take it back, messages to all who come."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from placement.db import Base, UtcDateTime
from placement.domain.states import WithdrawalReason
from placement.models.limits import one_of, same_cohort
from placement.models.slot import Slot


class Withdrawal(Base):
    """A day that its partner took back although people were coming, and why; it asks for a coordinator.

    Those who lost the day are the placements on it that ended at `withdrawn_at`; `people` is how many.
    `noted_at`: a coordinator has put it away.
    """

    __tablename__ = "withdrawal"
    __table_args__ = (
        same_cohort("slot_id", "slot"),
        one_of("reason", WithdrawalReason, name="reason_known"),
        CheckConstraint("people >= 1", name="people_positive"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"), index=True)
    slot_id: Mapped[int] = mapped_column(index=True)
    reason: Mapped[str] = mapped_column(String(12))
    words: Mapped[str] = mapped_column(String(500), default="")
    people: Mapped[int]
    withdrawn_at: Mapped[datetime] = mapped_column(UtcDateTime)
    noted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    slot: Mapped[Slot] = relationship(primaryjoin="Slot.id == foreign(Withdrawal.slot_id)", viewonly=True)


class PartnerMessage(Base):
    """What a partner wrote to all who were coming to a day; `people` is to how many it went."""

    __tablename__ = "partner_message"
    __table_args__ = (
        same_cohort("slot_id", "slot"),
        CheckConstraint("people >= 1", name="people_positive"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"), index=True)
    slot_id: Mapped[int] = mapped_column(index=True)
    text: Mapped[str] = mapped_column(String(2000))
    people: Mapped[int]
    sent_at: Mapped[datetime] = mapped_column(UtcDateTime)

    slot: Mapped[Slot] = relationship(primaryjoin="Slot.id == foreign(PartnerMessage.slot_id)", viewonly=True)
