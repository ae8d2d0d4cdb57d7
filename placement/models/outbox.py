"""Mail that is owed: the table that makes "owed" survive a crash."""

from datetime import datetime

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from placement.db import Base, UtcDateTime
from placement.domain.sending import domain_of
from placement.domain.states import DeliveryOutcome, MessageStatus
from placement.models.limits import one_of, same_cohort


class Message(Base):
    """One mail to one recipient, written in the transaction that caused it.

    Everything that identifies the mail is fixed then (`idem_key`, `message_id`, `payload`); the worker
    renders it once into `octets` and sends those same octets at every try. They stand in a table of their
    own, because this row is written anew with every change of status, and they are long.
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
    status: Mapped[str] = mapped_column(String(12), default="todo")
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    unknowns: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    lease_token: Mapped[str | None] = mapped_column(String(120))
    last_error: Mapped[str | None] = mapped_column(Text)
    domain: Mapped[str] = mapped_column(
        String(255),
        default=lambda context: domain_of(context.get_current_parameters()["recipient"]),
        server_default=text("''"),
    )
    written: Mapped["WrittenMail | None"] = relationship(cascade="all, delete-orphan")

    @property
    def octets(self) -> bytes | None:
        """What is sent; None before it was written, and after it was wiped."""
        return self.written.octets if self.written is not None else None

    @octets.setter
    def octets(self, octets: bytes | None) -> None:
        """Put what is sent beside this row, or take it away."""
        self.written = None if octets is None else WrittenMail(octets=octets)


class WrittenMail(Base):
    """A mail as it stands on the wire: made once, never changed, removed when nobody may read it any more."""

    __tablename__ = "written_mail"
    message_id: Mapped[int] = mapped_column(ForeignKey("message.id"), primary_key=True)
    octets: Mapped[bytes] = mapped_column(LargeBinary)


class DeliveryTry(Base):
    """One try to send a mail, or what somebody did about it: when, what became of it, what was said.

    Written in the same transaction as the mail's new status; only ever added to.
    """

    __tablename__ = "delivery_try"
    __table_args__ = (one_of("outcome", DeliveryOutcome, name="outcome_known"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("message.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    outcome: Mapped[str] = mapped_column(String(12))
    said: Mapped[str] = mapped_column(Text, default="")
