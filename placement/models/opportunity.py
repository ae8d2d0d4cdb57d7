"""What partners offer, and where."""

from datetime import datetime

from sqlalchemy import (
    CheckConstraint,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from placement.db import Base, UtcDateTime
from placement.domain.good_to_know import good_to_know
from placement.domain.states import ActivityKind, Check, OpportunityStatus, PartTaken, Photographs
from placement.models.limits import one_of, same_cohort
from placement.models.people import Partner


class Site(Base):
    """A place of one partner; `step_free` is None where nobody has said so of the whole place."""

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
    name: Mapped[str] = mapped_column(String(200), default="", server_default=text("''"))
    directions: Mapped[str] = mapped_column(String(1000), default="", server_default=text("''"))
    parking: Mapped[str] = mapped_column(String(500), default="", server_default=text("''"))
    step_free: Mapped[bool | None]


class Opportunity(Base):
    """What a partner offers at one site, whatever the date; `renewed_at` is when they last said so.

    Only a "live" one is offered to leaders. `waiting_since` is when its partner sent it for approval,
    `decided_at` when a coordinator approved or returned it, with the `review_note` of a return, and
    `safeguarding_at` when a coordinator noted that the safeguarding lead has agreed.
    """

    __tablename__ = "opportunity"
    __table_args__ = (
        ForeignKeyConstraint(
            ["cohort_id", "partner_id", "site_id"], ["site.cohort_id", "site.partner_id", "site.id"]
        ),
        UniqueConstraint("cohort_id", "reference", name="one_reference_per_cohort"),
        UniqueConstraint("cohort_id", "id", name="cohort"),
        UniqueConstraint("cohort_id", "partner_id", "id", name="partner"),
        one_of("check_required", Check, name="check_known"),
        one_of("status", OpportunityStatus, name="status_known"),
        one_of("part_taken", PartTaken, name="part_known"),
        one_of("photographs", Photographs, name="photographs_known"),
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
    status: Mapped[str] = mapped_column(String(10), default="live", server_default="live")
    waiting_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    review_note: Mapped[str] = mapped_column(String(2000), default="", server_default=text("''"))
    safeguarding_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    who_they_meet: Mapped[str] = mapped_column(String(2000), default="", server_default=text("''"))
    part_taken: Mapped[str | None] = mapped_column(String(10))
    lone_working: Mapped[bool | None]
    language: Mapped[str] = mapped_column(String(200), default="", server_default=text("''"))
    what_to_wear: Mapped[str] = mapped_column(String(1000), default="", server_default=text("''"))
    house_rules: Mapped[str] = mapped_column(String(1000), default="", server_default=text("''"))
    photographs: Mapped[str | None] = mapped_column(String(10))
    confidentiality: Mapped[str] = mapped_column(String(1000), default="", server_default=text("''"))

    site: Mapped[Site] = relationship(
        lazy="joined", innerjoin=True, primaryjoin="Site.id == foreign(Opportunity.site_id)", viewonly=True
    )
    partner: Mapped[Partner] = relationship(
        lazy="joined",
        innerjoin=True,
        primaryjoin="Partner.id == foreign(Opportunity.partner_id)",
        viewonly=True,
    )

    activities: Mapped[list["Activity"]] = relationship(
        primaryjoin="Opportunity.id == foreign(Activity.opportunity_id)", viewonly=True
    )

    @property
    def kinds(self) -> tuple[str, ...]:
        """What visitors do, as the words of the closed list."""
        return tuple(sorted(activity.kind for activity in self.activities))

    @property
    def live(self) -> bool:
        """Whether leaders are offered it."""
        return self.status == "live"

    def good_to_know(self, *, virtual: bool = False) -> str:
        """What somebody should know before they come, of the offer and of its site, in one text."""
        return good_to_know(
            what_to_know=self.what_to_know,
            what_to_wear=self.what_to_wear,
            house_rules=self.house_rules,
            photographs=self.photographs,
            confidentiality=self.confidentiality,
            directions=self.site.directions,
            parking=self.site.parking,
            virtual=virtual,
        )


class Activity(Base):
    """One thing that visitors do at an opportunity, of the closed list of activities."""

    __tablename__ = "activity"
    __table_args__ = (
        same_cohort("opportunity_id", "opportunity"),
        UniqueConstraint("opportunity_id", "kind", name="once_per_opportunity"),
        one_of("kind", ActivityKind, name="kind_known"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"), index=True)
    opportunity_id: Mapped[int]
    kind: Mapped[str] = mapped_column(String(30))
