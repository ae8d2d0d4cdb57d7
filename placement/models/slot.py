"""Days that partners can host."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from placement.db import Base, UtcDateTime
from placement.domain.states import SlotStatus
from placement.models.limits import one_of
from placement.models.opportunity import Opportunity


class Slot(Base):
    """One opportunity on one date, for between `minimum` and `capacity` leaders.

    `taken` counts the confirmed placements. Triggers of the database keep it, so that no way of writing a
    placement can pass the capacity; nothing else may change it.

    `wanted_capacity` is set while more leaders are confirmed than there is to be room for: the capacity then
    is the number confirmed, so that nobody joins, until a repair has moved enough of them.

    `joining_link` is set while the day is virtual: people meet online, not at the site.
    """

    __tablename__ = "slot"
    __table_args__ = (
        ForeignKeyConstraint(
            ["cohort_id", "partner_id", "opportunity_id"],
            ["opportunity.cohort_id", "opportunity.partner_id", "opportunity.id"],
        ),
        UniqueConstraint("cohort_id", "reference", name="one_reference_per_cohort"),
        UniqueConstraint("opportunity_id", "starts_at", name="one_slot_per_start"),
        UniqueConstraint("cohort_id", "id", name="cohort"),
        UniqueConstraint("cohort_id", "id", "starts_at", "ends_at", name="hours"),
        CheckConstraint("minimum >= 1 AND minimum <= capacity", name="minimum_within_capacity"),
        CheckConstraint("taken >= 0 AND taken <= capacity", name="taken_within_capacity"),
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        CheckConstraint(
            "wanted_capacity >= minimum AND wanted_capacity < capacity", name="wanted_capacity_between"
        ),
        one_of("status", SlotStatus, name="status_known"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"))
    partner_id: Mapped[int] = mapped_column(index=True)
    opportunity_id: Mapped[int]
    reference: Mapped[str] = mapped_column(String(50))
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    capacity: Mapped[int]
    minimum: Mapped[int] = mapped_column(default=1)
    taken: Mapped[int] = mapped_column(default=0, server_default="0")
    status: Mapped[str] = mapped_column(String(10), default="open")
    wanted_capacity: Mapped[int | None]
    joining_link: Mapped[str | None] = mapped_column(String(500))

    opportunity: Mapped[Opportunity] = relationship(
        lazy="joined",
        innerjoin=True,
        primaryjoin="Opportunity.id == foreign(Slot.opportunity_id)",
        viewonly=True,
    )

    @property
    def virtual(self) -> bool:
        """Whether people meet online on this day."""
        return bool(self.joining_link)

    @property
    def offered_capacity(self) -> int:
        """For how many leaders there is to be room: the wanted capacity while that waits for a repair."""
        return self.capacity if self.wanted_capacity is None else self.wanted_capacity
