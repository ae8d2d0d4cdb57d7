"""Confirmed assignments, and the calendar request of each."""

from datetime import datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from placement.db import Base, UtcDateTime
from placement.domain.states import InviteState, Partstat, PlacementStatus
from placement.models.event import Event
from placement.models.limits import one_of, same_cohort
from placement.models.people import Leader
from placement.models.slot import Slot

LIVE = "status = 'confirmed'"
LIVE_EVENT = "event_id IS NOT NULL AND state <> 'cancelled'"


class Placement(Base):
    """A leader's day at a slot: what actually happens.

    `starts_at` and `ends_at` follow the slot's by the foreign key, so that the database itself can refuse
    two overlapping placements of one leader (an exclusion constraint or triggers, see the migrations).
    """

    __tablename__ = "placement"
    __table_args__ = (
        same_cohort("leader_id", "leader"),
        same_cohort("match_run_id", "match_run"),
        ForeignKeyConstraint(
            ["cohort_id", "slot_id", "starts_at", "ends_at"],
            ["slot.cohort_id", "slot.id", "slot.starts_at", "slot.ends_at"],
            onupdate="CASCADE",
        ),
        UniqueConstraint("cohort_id", "leader_id", "id", name="leader"),
        Index(
            "uq_placement_one_live_per_leader_and_slot",
            "leader_id",
            "slot_id",
            unique=True,
            sqlite_where=text(LIVE),
            postgresql_where=text(LIVE),
        ),
        one_of("status", PlacementStatus, name="status_known"),
        CheckConstraint("rank >= 1", name="rank_positive"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"))
    leader_id: Mapped[int] = mapped_column(index=True)
    slot_id: Mapped[int] = mapped_column(index=True)
    match_run_id: Mapped[int | None] = mapped_column(index=True)
    rank: Mapped[int | None]
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    status: Mapped[str] = mapped_column(String(12), default="confirmed")
    confirmed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    cancelled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    leader: Mapped[Leader] = relationship(
        primaryjoin="Leader.id == foreign(Placement.leader_id)", viewonly=True
    )
    slot: Mapped[Slot] = relationship(primaryjoin="Slot.id == foreign(Placement.slot_id)", viewonly=True)


class Invite(Base):
    """The calendar request of one placement or event: one UID for life, a SEQUENCE that never falls.

    It is of either a placement or an event. A placement has one; of an event each person has one that is
    live, and a new one where they are invited again after a cancellation.

    `partstat` is the newest answer to the present SEQUENCE, given at `partstat_stamp` to `partstat_seq`; both
    are empty while none is held. An invite that is answered stays "sent".
    """

    __tablename__ = "invite"
    __table_args__ = (
        ForeignKeyConstraint(
            ["cohort_id", "leader_id", "placement_id"],
            ["placement.cohort_id", "placement.leader_id", "placement.id"],
        ),
        same_cohort("leader_id", "leader"),
        same_cohort("event_id", "event"),
        UniqueConstraint("placement_id", name="one_per_placement"),
        Index(
            "uq_invite_one_live_per_event_and_leader",
            "event_id",
            "leader_id",
            unique=True,
            sqlite_where=text(LIVE_EVENT),
            postgresql_where=text(LIVE_EVENT),
        ),
        CheckConstraint("(placement_id IS NULL) <> (event_id IS NULL)", name="of_one_thing"),
        UniqueConstraint("uid", name="uid"),
        UniqueConstraint("cohort_id", "id", name="cohort"),
        one_of("state", InviteState, name="state_known"),
        one_of("partstat", Partstat, name="partstat_known"),
        CheckConstraint("sequence >= 0", name="sequence_not_negative"),
        CheckConstraint("revision >= 0", name="revision_not_negative"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"))
    placement_id: Mapped[int | None]
    leader_id: Mapped[int] = mapped_column(index=True)
    uid: Mapped[str] = mapped_column(String(255))
    sequence: Mapped[int] = mapped_column(default=0)
    revision: Mapped[int] = mapped_column(default=0)
    dtstamp: Mapped[datetime] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(String(12), default="owed")
    partstat: Mapped[str] = mapped_column(String(12), default="NEEDS-ACTION")
    partstat_stamp: Mapped[datetime | None] = mapped_column(UtcDateTime)
    partstat_seq: Mapped[int | None]
    event_id: Mapped[int | None] = mapped_column(index=True)

    placement: Mapped[Placement | None] = relationship(
        primaryjoin="Placement.id == foreign(Invite.placement_id)", viewonly=True
    )
    event: Mapped[Event | None] = relationship(
        primaryjoin="Event.id == foreign(Invite.event_id)", viewonly=True
    )
    leader: Mapped[Leader] = relationship(primaryjoin="Leader.id == foreign(Invite.leader_id)", viewonly=True)

    @property
    def day(self) -> Placement | Event:
        """What it invites to."""
        day = self.placement or self.event
        if day is None:
            raise LookupError(f"Invite {self.id} is of nothing.")  # the database refuses such a row
        return day
