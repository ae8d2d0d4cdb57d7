"""Conflicts of interest: leaders who must not be sent to a partner because of what they are to it."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from placement.db import Base, UtcDateTime
from placement.domain.states import ConflictKind, SaidBy
from placement.models.limits import one_of, same_cohort
from placement.models.people import Partner


class Conflict(Base):
    """A leader is never given a day at this partner; `note` is a coordinator's reason for saying so."""

    __tablename__ = "conflict"
    __table_args__ = (
        same_cohort("leader_id", "leader"),
        same_cohort("partner_id", "partner"),
        UniqueConstraint("leader_id", "partner_id", name="once_per_pair"),
        one_of("kind", ConflictKind, name="kind_known"),
        one_of("said_by", SaidBy, name="said_by_known"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"), index=True)
    leader_id: Mapped[int]
    partner_id: Mapped[int] = mapped_column(index=True)
    kind: Mapped[str] = mapped_column(String(12))
    said_by: Mapped[str] = mapped_column(String(12))
    said_at: Mapped[datetime] = mapped_column(UtcDateTime)
    note: Mapped[str] = mapped_column(String(300), default="")

    partner: Mapped[Partner] = relationship(
        lazy="joined", primaryjoin="Partner.id == foreign(Conflict.partner_id)", viewonly=True
    )
