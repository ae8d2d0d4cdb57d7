"""The people: a user reads one mailbox, and may be leader, partner or coordinator in many cohorts."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Float, ForeignKey, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from placement.db import Base, UtcDateTime
from placement.domain.states import Check, CoordinatorRole, PostcodeKind
from placement.models.limits import one_of, same_cohort
from placement.models.programme import Cohort, Organisation, Team


class User(Base):
    """Whoever reads one mailbox; `email` is kept in lower case and is what signs in.

    `bounced_at` says since when mail to the address comes back, and `bounce_reason` what was said of it.
    """

    __tablename__ = "user"
    __table_args__ = (
        UniqueConstraint("email", name="email"),
        CheckConstraint("email = lower(email)", name="email_lower_case"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(320))
    name: Mapped[str] = mapped_column(String(300))
    bounced_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    bounce_reason: Mapped[str | None] = mapped_column(String(400))


class UserAlias(Base):
    """A further address from which a user writes: a mail from it counts as theirs. It signs nobody in."""

    __tablename__ = "user_alias"
    __table_args__ = (
        UniqueConstraint("email", name="email"),
        CheckConstraint("email = lower(email)", name="email_lower_case"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    email: Mapped[str] = mapped_column(String(320))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Coordinator(Base):
    """A user who runs the match of a cohort, or who may only see its figures (viewer)."""

    __tablename__ = "coordinator"
    __table_args__ = (
        UniqueConstraint("user_id", "cohort_id", name="one_role_per_cohort"),
        one_of("role", CoordinatorRole, name="role_known"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"), index=True)
    role: Mapped[str] = mapped_column(String(20), default="coordinator")

    user: Mapped[User] = relationship(lazy="joined", innerjoin=True)


class Leader(Base):
    """A person of one cohort who is to be placed; `withdrawn_at` says since when no longer.

    `matched_as` is the address by which match runs know them, where theirs has been corrected since.
    `checked_at` says when they last looked at what is known of them, `signed_off_at` when their organisation
    last signed off a list with them on it, `erased_at` since when the row is only a number: nothing in it
    says any more who they were.
    """

    __tablename__ = "leader"
    __table_args__ = (
        UniqueConstraint("cohort_id", "user_id", name="once_per_cohort"),
        UniqueConstraint("cohort_id", "id", name="cohort"),
        same_cohort("organisation_id", "organisation"),
        same_cohort("team_id", "team"),
        one_of("check_held", Check, name="check_known"),
        one_of("postcode_kind", PostcodeKind, name="postcode_kind_known"),
        CheckConstraint("days >= 1", name="days_positive"),
        CheckConstraint("max_km >= 0", name="max_km_not_negative"),
        CheckConstraint("(latitude IS NULL) = (longitude IS NULL)", name="position_whole"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    name: Mapped[str] = mapped_column(String(300))
    organisation_id: Mapped[int | None] = mapped_column(index=True)
    team_id: Mapped[int | None] = mapped_column(index=True)
    sector: Mapped[str] = mapped_column(String(200), default="")
    role: Mapped[str] = mapped_column(String(300), default="")
    pay_band: Mapped[str] = mapped_column(String(100), default="")
    gender: Mapped[str] = mapped_column(String(20), default="")
    base_postcode: Mapped[str] = mapped_column(String(10), default="")
    latitude: Mapped[float | None] = mapped_column(Float)
    longitude: Mapped[float | None] = mapped_column(Float)
    check_held: Mapped[str] = mapped_column(String(10), default="none")
    travel: Mapped[str] = mapped_column(String(100), default="")
    max_km: Mapped[float | None] = mapped_column(Float)
    days: Mapped[int] = mapped_column(default=1)
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    matched_as: Mapped[str | None] = mapped_column(String(320))
    postcode_kind: Mapped[str | None] = mapped_column(String(10))
    no_car: Mapped[bool] = mapped_column(default=False, server_default=false())
    checked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    erased_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    signed_off_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    cohort: Mapped[Cohort] = relationship(lazy="joined", innerjoin=True, viewonly=True)
    user: Mapped[User] = relationship(lazy="joined", innerjoin=True)
    organisation: Mapped[Organisation | None] = relationship(
        lazy="joined", primaryjoin="Organisation.id == foreign(Leader.organisation_id)", viewonly=True
    )
    team: Mapped[Team | None] = relationship(
        lazy="joined", primaryjoin="Team.id == foreign(Leader.team_id)", viewonly=True
    )

    @property
    def match_id(self) -> str:
        """What the leader is called in match runs: an address for life, so that older runs stay readable."""
        return self.matched_as or self.user.email


class Partner(Base):
    """A voluntary-sector organisation that hosts leaders of one cohort.

    `capacity_overall` is for how many it has room over all its days, and `rest_days` how many days lie
    between two of them; None for no limit.
    """

    __tablename__ = "partner"
    __table_args__ = (
        UniqueConstraint("cohort_id", "name", name="one_name_per_cohort"),
        UniqueConstraint("cohort_id", "id", name="cohort"),
        CheckConstraint("capacity_overall >= 1", name="capacity_overall_positive"),
        CheckConstraint("rest_days >= 1", name="rest_days_positive"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    name: Mapped[str] = mapped_column(String(300))
    theme: Mapped[str] = mapped_column(String(200), default="")
    contact_name: Mapped[str] = mapped_column(String(300), default="")
    phone: Mapped[str] = mapped_column(String(50), default="")
    website: Mapped[str] = mapped_column(String(300), default="")
    about: Mapped[str] = mapped_column(String(4000), default="")
    capacity_overall: Mapped[int | None]
    rest_days: Mapped[int | None]

    cohort: Mapped[Cohort] = relationship(lazy="joined", innerjoin=True, viewonly=True)
    user: Mapped[User] = relationship(lazy="joined", innerjoin=True)
