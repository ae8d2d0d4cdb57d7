"""Signing in, calendar feeds, counting tries, and access needs, which are kept apart and encrypted."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, String, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from placement.db import Base, UtcDateTime
from placement.domain.states import FeedPurpose
from placement.models.limits import one_of


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


class SecondStep(Base):
    """What a user's app and the service share, for the code that is asked for after the mail at sign-in.

    `sealed` is the key, encrypted as access needs are. It counts from `on_since`, when a first code was
    right; until then the user may be setting it up. `last_used` is the number of the half minute whose code
    was used last: neither it nor an earlier one counts again.
    """

    __tablename__ = "second_step"
    user_id: Mapped[int] = mapped_column(
        ForeignKey("user.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    begun_at: Mapped[datetime] = mapped_column(UtcDateTime)
    on_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_used: Mapped[int | None] = mapped_column(BigInteger)


class RecoveryCode(Base):
    """A code that takes the place of the app's, once; only its hash is kept."""

    __tablename__ = "recovery_code"
    __table_args__ = (UniqueConstraint("user_id", "code_hash", name="once_per_user"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    code_hash: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Hit(Base):
    """How often something limited was tried in one window of time."""

    __tablename__ = "hit"
    bucket: Mapped[str] = mapped_column(String(100), primary_key=True)
    window_starts_at: Mapped[datetime] = mapped_column(UtcDateTime, primary_key=True)
    count: Mapped[int] = mapped_column(default=0)


class AccessNeed(Base):
    """What a leader needs to take part, encrypted with a key that the database does not hold.

    `shared`: the leader wants the partner to know it who hosts them.
    """

    __tablename__ = "access_need"
    leader_id: Mapped[int] = mapped_column(ForeignKey("leader.id", ondelete="CASCADE"), primary_key=True)
    ciphertext: Mapped[bytes] = mapped_column(LargeBinary)
    shared: Mapped[bool] = mapped_column(default=False, server_default=false())


class Feed(Base):
    """A private address at which calendar programs read somebody's days, until it is revoked.

    The owner holds the token, this row its hash. `subject_id` is the leader, partner or cohort whose days
    they are, as `purpose` says; whether the user still is that is asked each time the feed is read.

    `tag` is the ETag that was sent last. It is still true while `tag_of` says the present state, which holds
    the `CalendarVersion`, and until `tag_until`, when the first of the days would leave the feed.
    """

    __tablename__ = "feed"
    __table_args__ = (
        UniqueConstraint("token_hash", name="token_hash"),
        one_of("purpose", FeedPurpose, name="purpose_known"),
        Index(
            "uq_feed_one_live",
            "user_id",
            "purpose",
            "subject_id",
            unique=True,
            sqlite_where=text("revoked_at IS NULL"),
            postgresql_where=text("revoked_at IS NULL"),
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    purpose: Mapped[str] = mapped_column(String(12))
    subject_id: Mapped[int]
    token_hash: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    tag: Mapped[str | None] = mapped_column(String(64))
    tag_of: Mapped[str | None] = mapped_column(String(64))
    tag_until: Mapped[datetime | None] = mapped_column(UtcDateTime)


class CalendarVersion(Base):
    """A number that rises with every change of what the calendar feeds of a cohort show.

    Triggers of the database keep it, whoever writes; `changed_in` is the transaction that counted last, where
    the database counts once in each. A cohort in which nothing was written yet has no row.
    """

    __tablename__ = "calendar_version"
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id", ondelete="CASCADE"), primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    changed_in: Mapped[int | None] = mapped_column(BigInteger)


class MatchStamp(Base):
    """A random word that is drawn anew whenever something changes that a match of the cohort depends on.

    Triggers of the database draw it (`placement.db.watching`), whoever writes; `changed_in` is the
    transaction that drew last, where the database draws once in each.
    """

    __tablename__ = "match_stamp"
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id", ondelete="CASCADE"), primary_key=True)
    stamp: Mapped[str] = mapped_column(String(36))
    changed_in: Mapped[int | None] = mapped_column(BigInteger)


class InterruptedForm(Base):
    """What a user sent after their session had ended, until they have signed in again; the last one only.

    `path` is the page that holds the form. `sealed` are the fields as JSON, encrypted as access needs are.
    """

    __tablename__ = "interrupted_form"
    user_id: Mapped[int] = mapped_column(
        ForeignKey("user.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    path: Mapped[str] = mapped_column(String(500))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    kept_at: Mapped[datetime] = mapped_column(UtcDateTime)
