"""What partners offer, and where."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Float, ForeignKey, ForeignKeyConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from placement.db import Base, UtcDateTime
from placement.domain.states import Check
from placement.models.limits import one_of, same_cohort
from placement.models.people import Partner


class Site(Base):
    """A place of one partner."""

    __tablename__ = "site"
    __table_args__ = (
        same_cohort("partner_id", "partner"),
        UniqueConstraint("cohort_id", "partner_id", "id", name="partner"),
        UniqueConstraint("partner_id", "address", "postcode", name="one_address_per_partner"),
        CheckConstraint("(latitude IS NULL) = (longitude IS NULL)", name="position_whole"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"))
    partner_id: Mapped[int]
    address: Mapped[str] = mapped_column(String(500))
    postcode: Mapped[str] = mapped_column(String(10), default="")
    latitude: Mapped[float | None] = mapped_column(Float)
    longitude: Mapped[float | None] = mapped_column(Float)


class Opportunity(Base):
    """What a partner offers at one site, whatever the date; `renewed_at` is when they last said so."""

    __tablename__ = "opportunity"
    __table_args__ = (
        ForeignKeyConstraint(
            ["cohort_id", "partner_id", "site_id"], ["site.cohort_id", "site.partner_id", "site.id"]
        ),
        UniqueConstraint("cohort_id", "reference", name="one_reference_per_cohort"),
        UniqueConstraint("cohort_id", "id", name="cohort"),
        UniqueConstraint("cohort_id", "partner_id", "id", name="partner"),
        one_of("check_required", Check, name="check_known"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"))
    partner_id: Mapped[int] = mapped_column(index=True)
    site_id: Mapped[int] = mapped_column(index=True)
    reference: Mapped[str] = mapped_column(String(50))
    title: Mapped[str] = mapped_column(String(300))
    description: Mapped[str] = mapped_column(String(4000), default="")
    what_to_know: Mapped[str] = mapped_column(String(4000), default="")
    check_required: Mapped[str] = mapped_column(String(10), default="none")
    step_free: Mapped[bool] = mapped_column(default=False)
    women_only: Mapped[bool] = mapped_column(default=False)
    renewed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    site: Mapped[Site] = relationship(
        lazy="joined", innerjoin=True, primaryjoin="Site.id == foreign(Opportunity.site_id)", viewonly=True
    )
    partner: Mapped[Partner] = relationship(
        lazy="joined",
        innerjoin=True,
        primaryjoin="Partner.id == foreign(Opportunity.partner_id)",
        viewonly=True,
    )
