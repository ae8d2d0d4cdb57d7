"""Free seats that are offered to one leader each, who says yes or no."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from placement.db import Base, UtcDateTime
from placement.domain.states import SeatOfferState
from placement.models.limits import one_of, same_cohort
from placement.models.people import Leader
from placement.models.slot import Slot

OPEN = "state = 'open'"


class SeatOffer(Base):
    """A seat of one slot, held for one leader until they answer or `expires_at`; a leader has one at a time.

    `noted_at`: a coordinator has seen that it ended without a yes, or has offered the seat to the next.
    """

    __tablename__ = "seat_offer"
    __table_args__ = (
        same_cohort("leader_id", "leader"),
        same_cohort("slot_id", "slot"),
        one_of("state", SeatOfferState, name="state_known"),
        Index(
            "uq_seat_offer_one_open_per_leader",
            "leader_id",
            unique=True,
            sqlite_where=text(OPEN),
            postgresql_where=text(OPEN),
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"), index=True)
    leader_id: Mapped[int] = mapped_column(index=True)
    slot_id: Mapped[int] = mapped_column(index=True)
    offered_by: Mapped[str] = mapped_column(String(50))
    offered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(String(12), default="open")
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    noted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    leader: Mapped[Leader] = relationship(
        lazy="joined", innerjoin=True, primaryjoin="Leader.id == foreign(SeatOffer.leader_id)", viewonly=True
    )
    slot: Mapped[Slot] = relationship(
        lazy="joined", innerjoin=True, primaryjoin="Slot.id == foreign(SeatOffer.slot_id)", viewonly=True
    )
