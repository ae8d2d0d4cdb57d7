"""Who did what: rows that are only ever added, each carrying the hash of the one before; and their checks."""

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from placement.db import Base, UtcDateTime
from placement.domain.states import ChainFault
from placement.models.limits import one_of


class AuditEvent(Base):
    """One thing that somebody did. The database refuses to change or delete it."""

    __tablename__ = "audit_event"
    __table_args__ = (
        # A cohort's log is read newest first, whole or by what was done, by whom or to what.
        Index("ix_audit_event_newest", "cohort_id", "at", "id"),
        Index("ix_audit_event_verb", "cohort_id", "verb", "at", "id"),
        Index("ix_audit_event_actor", "cohort_id", "actor", "at", "id"),
        Index("ix_audit_event_subject", "cohort_id", "subject", "at", "id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor: Mapped[str] = mapped_column(String(40))
    cohort_id: Mapped[int | None] = mapped_column(ForeignKey("cohort.id"))
    verb: Mapped[str] = mapped_column(String(60))
    subject: Mapped[str] = mapped_column(String(80))
    facts: Mapped[dict[str, object]] = mapped_column(JSON)
    previous_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class AuditCheck(Base):
    """One look at the chain of audit events: how far it reached, and where the chain was found broken.

    `last_event_id` and `last_hash` are those of the last event that was in order; `events` counts all up to
    it. `whole`: it began at the first event, not where the check before had ended.
    """

    __tablename__ = "audit_check"
    __table_args__ = (
        one_of("fault", ChainFault, name="fault_known"),
        CheckConstraint("(fault IS NULL) = (broken_at IS NULL)", name="fault_somewhere"),
        CheckConstraint("events >= 0", name="events_not_negative"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    whole: Mapped[bool]
    events: Mapped[int]
    last_event_id: Mapped[int]
    last_hash: Mapped[str] = mapped_column(String(64))
    broken_at: Mapped[int | None]
    fault: Mapped[str | None] = mapped_column(String(10))
