"""What a cohort does together beside placements: workshops, learning sets, coaching; and who is invited."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from placement.db import Base, UtcDateTime
from placement.domain.states import EventKind, EventMode, EventStatus
from placement.models.limits import one_of, same_cohort
from placement.models.people import Leader
from placement.models.programme import Cohort, Team


class Event(Base):
    """A workshop, learning-set meeting or coaching session of a whole cohort (no `team_id`) or of one team.

    An event in person has an address, a virtual one a joining link; either is kept while the other counts,
    so that a switch back needs nothing typed again.
    """

    __tablename__ = "event"
    __table_args__ = (
        same_cohort("team_id", "team"),
        UniqueConstraint("cohort_id", "reference", name="one_reference_per_cohort"),
        UniqueConstraint("cohort_id", "id", name="cohort"),
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        CheckConstraint("mode <> 'in_person' OR address <> ''", name="somewhere"),
        CheckConstraint("mode <> 'virtual' OR joining_link <> ''", name="joinable"),
        one_of("kind", EventKind, name="kind_known"),
        one_of("mode", EventMode, name="mode_known"),
        one_of("status", EventStatus, name="status_known"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"))
    team_id: Mapped[int | None] = mapped_column(index=True)
    reference: Mapped[str] = mapped_column(String(50))
    kind: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(300))
    description: Mapped[str] = mapped_column(String(4000), default="")
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    mode: Mapped[str] = mapped_column(String(10))
    address: Mapped[str] = mapped_column(String(500), default="")
    postcode: Mapped[str] = mapped_column(String(10), default="")
    joining_link: Mapped[str] = mapped_column(String(500), default="")
    status: Mapped[str] = mapped_column(String(10), default="planned")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    cancelled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    cohort: Mapped[Cohort] = relationship(primaryjoin="Cohort.id == foreign(Event.cohort_id)", viewonly=True)
    team: Mapped[Team | None] = relationship(primaryjoin="Team.id == foreign(Event.team_id)", viewonly=True)


class EventGuest(Base):
    """Somebody invited to an event; `removed_at` is set where they are not any more."""

    __tablename__ = "event_guest"
    __table_args__ = (
        same_cohort("event_id", "event"),
        same_cohort("leader_id", "leader"),
        UniqueConstraint("event_id", "leader_id", name="once_per_event"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"), index=True)
    event_id: Mapped[int]
    leader_id: Mapped[int] = mapped_column(index=True)
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    leader: Mapped[Leader] = relationship(
        primaryjoin="Leader.id == foreign(EventGuest.leader_id)", viewonly=True
    )
    event: Mapped[Event] = relationship(primaryjoin="Event.id == foreign(EventGuest.event_id)", viewonly=True)
