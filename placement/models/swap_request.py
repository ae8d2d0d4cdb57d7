"""What leaders ask for instead of a day that they were given."""

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from placement.db import Base, UtcDateTime
from placement.domain.states import SwapReason, SwapStatus
from placement.models.limits import one_of, same_cohort
from placement.models.people import Leader
from placement.models.placement import Placement

WAITING = "status = 'waiting'"
OF_PLACEMENT = ["placement.cohort_id", "placement.leader_id", "placement.id"]


class SwapRequest(Base):
    """A leader would like another day than one that they have; a placement has one that waits at most.

    `wish` holds references of slots that they would take, None where any of their choices would do. `words`
    are theirs, `answer` what a coordinator wrote who refused it. `new_placement_id` is what was made of it.
    """

    __tablename__ = "swap_request"
    __table_args__ = (
        same_cohort("leader_id", "leader"),
        ForeignKeyConstraint(["cohort_id", "leader_id", "placement_id"], OF_PLACEMENT),
        ForeignKeyConstraint(["cohort_id", "leader_id", "new_placement_id"], OF_PLACEMENT),
        one_of("status", SwapStatus, name="status_known"),
        one_of("reason", SwapReason, name="reason_known"),
        CheckConstraint("new_placement_id IS NULL OR status = 'granted'", name="made_where_granted"),
        CheckConstraint("version >= 1", name="version_positive"),
        Index(
            "uq_swap_request_one_waiting_per_placement",
            "placement_id",
            unique=True,
            sqlite_where=text(WAITING),
            postgresql_where=text(WAITING),
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"), index=True)
    leader_id: Mapped[int] = mapped_column(index=True)
    placement_id: Mapped[int] = mapped_column(index=True)
    reason: Mapped[str] = mapped_column(String(12))
    words: Mapped[str] = mapped_column(String(500), default="")
    wish: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    status: Mapped[str] = mapped_column(String(12), default="waiting")
    version: Mapped[int] = mapped_column(default=1)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answer: Mapped[str] = mapped_column(String(500), default="")
    new_placement_id: Mapped[int | None] = mapped_column(index=True)

    leader: Mapped[Leader] = relationship(
        lazy="joined",
        innerjoin=True,
        primaryjoin="Leader.id == foreign(SwapRequest.leader_id)",
        viewonly=True,
    )
    placement: Mapped[Placement] = relationship(
        lazy="joined",
        innerjoin=True,
        primaryjoin="Placement.id == foreign(SwapRequest.placement_id)",
        viewonly=True,
    )
