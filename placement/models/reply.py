"""Mails that came back: what was done with each, and why; and how far the mailbox for them has been read."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from placement.db import Base, UtcDateTime
from placement.domain.states import Partstat, ReplyAction, ReplyOutcome, SenderCheck
from placement.models.limits import one_of, same_cohort


class Reply(Base):
    """One mail to the address for replies, kept so that the same mail is never acted on twice.

    `octets` is the whole mail, only for one that a person has still to look at. When somebody has, it is
    settled: `outcome` says what they made of it, `settled_by` who they were.
    """

    __tablename__ = "reply"
    __table_args__ = (
        UniqueConstraint("message_id", "digest", name="mail"),
        UniqueConstraint("cohort_id", "id", name="cohort"),
        same_cohort("invite_id", "invite"),
        one_of("action", ReplyAction, name="action_known"),
        one_of("partstat", Partstat, name="partstat_known"),
        one_of("sender_check", SenderCheck, name="sender_check_known"),
        one_of("outcome", ReplyOutcome, name="outcome_known"),
        # Without a cohort the composite foreign key of the invite would not be looked at.
        CheckConstraint("invite_id IS NULL OR cohort_id IS NOT NULL", name="invite_in_cohort"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    cohort_id: Mapped[int | None] = mapped_column(ForeignKey("cohort.id"), index=True)
    invite_id: Mapped[int | None] = mapped_column(index=True)
    message_id: Mapped[str] = mapped_column(String(255))
    digest: Mapped[str] = mapped_column(String(64))
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sender: Mapped[str] = mapped_column(String(320))
    action: Mapped[str] = mapped_column(String(12))
    reason: Mapped[str] = mapped_column(String(40))
    partstat: Mapped[str | None] = mapped_column(String(12))
    comment: Mapped[str] = mapped_column(Text, default="")
    octets: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    sender_check: Mapped[str] = mapped_column(String(12), default="unchecked", server_default="unchecked")
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    settled_by: Mapped[str | None] = mapped_column(String(300))
    outcome: Mapped[str | None] = mapped_column(String(12))


class MailboxPosition(Base):
    """How far one folder of a mailbox has been read; UIDs mean nothing once the server's validity changes."""

    __tablename__ = "mailbox_position"
    __table_args__ = (UniqueConstraint("mailbox", name="mailbox"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    mailbox: Mapped[str] = mapped_column(String(600))
    uid_validity: Mapped[int] = mapped_column(BigInteger)
    last_uid: Mapped[int] = mapped_column(BigInteger)
    read_at: Mapped[datetime] = mapped_column(UtcDateTime)
