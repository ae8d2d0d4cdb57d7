"""Signing in, counting tries, and access needs, which are kept apart and encrypted."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from placement.db import Base, UtcDateTime


class SignInLink(Base):
    """A one-time link and its six-digit code; only hashes are kept."""

    __tablename__ = "sign_in_link"
    __table_args__ = (UniqueConstraint("token_hash", name="token_hash"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64))
    code_hash: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class SignedIn(Base):
    """A session of a user in one browser; the browser holds the token, this row its hash."""

    __tablename__ = "signed_in"
    __table_args__ = (UniqueConstraint("token_hash", name="token_hash"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Hit(Base):
    """How often something limited was tried in one window of time."""

    __tablename__ = "hit"
    bucket: Mapped[str] = mapped_column(String(100), primary_key=True)
    window_starts_at: Mapped[datetime] = mapped_column(UtcDateTime, primary_key=True)
    count: Mapped[int] = mapped_column(default=0)


class AccessNeed(Base):
    """What a leader needs to take part, encrypted with a key that the database does not hold."""

    __tablename__ = "access_need"
    leader_id: Mapped[int] = mapped_column(ForeignKey("leader.id", ondelete="CASCADE"), primary_key=True)
    ciphertext: Mapped[bytes] = mapped_column(LargeBinary)
