"""Mail that is owed: the table that makes "owed" survive a crash."""

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from placement.db import Base, UtcDateTime
from placement.domain.states import MessageStatus
from placement.models.limits import one_of, same_cohort


class Message(Base):
    """One mail to one recipient, written in the transaction that caused it.

    Everything that identifies the mail is fixed then (`idem_key`, `message_id`, `payload`); the worker
    renders it once into `octets` and sends those same octets at every try.
    """

    __tablename__ = "message"
    __table_args__ = (
        UniqueConstraint("idem_key", name="idem_key"),
        UniqueConstraint("message_id", name="message_id"),
        same_cohort("invite_id", "invite"),
        one_of("status", MessageStatus, name="status_known"),
        Index("ix_message_due", "status", "due_at", "id"),
        Index("ix_message_invite", "invite_id", "id"),
        Index("ix_message_cohort", "cohort_id", "status"),
        # Without a cohort the composite foreign key of the invite would not be looked at.
        CheckConstraint("invite_id IS NULL OR cohort_id IS NOT NULL", name="invite_in_cohort"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    cohort_id: Mapped[int | None] = mapped_column(ForeignKey("cohort.id"))
    invite_id: Mapped[int | None]
    kind: Mapped[str] = mapped_column(String(40))
    idem_key: Mapped[str] = mapped_column(String(64))
    message_id: Mapped[str] = mapped_column(String(255))
    recipient: Mapped[str] = mapped_column(String(320))
    recipient_name: Mapped[str] = mapped_column(String(300), default="")
    payload: Mapped[dict[str, object]] = mapped_column(JSON)
    octets: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    status: Mapped[str] = mapped_column(String(12), default="todo")
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    unknowns: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    lease_token: Mapped[str | None] = mapped_column(String(120))
    last_error: Mapped[str | None] = mapped_column(Text)
