"""Programmes, their cohorts, and the organisations and teams that leaders of a cohort come from."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from placement.db import Base, UtcDateTime
from placement.domain.states import Objective, TeamRule
from placement.models.limits import one_of


class Programme(Base):
    """A leadership programme; it runs one cohort after another, or several at once."""

    __tablename__ = "programme"
    __table_args__ = (UniqueConstraint("name", name="name"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))


class Cohort(Base):
    """One intake of leaders, with the rules by which its match is made.

    `attendance_closed_at` says since when nobody changes any more who came, and what was said of it.
    """

    __tablename__ = "cohort"
    __table_args__ = (
        UniqueConstraint("name", name="name"),
        one_of("objective", Objective, name="objective_known"),
        one_of("teams", TeamRule, name="teams_known"),
        CheckConstraint("max_same_organisation >= 1", name="max_same_organisation_positive"),
        CheckConstraint("min_sectors BETWEEN 2 AND 3", name="min_sectors_two_or_three"),
        CheckConstraint("max_per_partner >= 1", name="max_per_partner_positive"),
        CheckConstraint("gap_minutes >= 0", name="gap_minutes_not_negative"),
        CheckConstraint("choices_minimum >= 1", name="choices_minimum_positive"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    preferences_close_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    choices_minimum: Mapped[int] = mapped_column(default=3)
    objective: Mapped[str] = mapped_column(String(20), default="generous")
    seed: Mapped[str] = mapped_column(String(200))
    place_unranked: Mapped[bool] = mapped_column(default=True)
    max_same_organisation: Mapped[int | None]
    min_sectors: Mapped[int | None]
    max_per_partner: Mapped[int | None]
    teams: Mapped[str | None] = mapped_column(String(10))
    gap_minutes: Mapped[int] = mapped_column(default=0)
    second_approval: Mapped[bool] = mapped_column(default=False, server_default=false())
    attendance_closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    programme: Mapped[Programme] = relationship(lazy="joined", innerjoin=True)


class Organisation(Base):
    """An employer of leaders in one cohort.

    `signed_off_at` says when it last signed off the list of its leaders, by `signed_off_by`; on that list is
    who has the same moment.
    """

    __tablename__ = "organisation"
    __table_args__ = (
        UniqueConstraint("cohort_id", "name", name="one_name_per_cohort"),
        UniqueConstraint("cohort_id", "id", name="cohort"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"))
    name: Mapped[str] = mapped_column(String(300))
    signed_off_by: Mapped[str] = mapped_column(String(200), default="", server_default=text("''"))
    signed_off_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Team(Base):
    """People of one cohort who are kept together, or spread, on purpose."""

    __tablename__ = "team"
    __table_args__ = (
        UniqueConstraint("cohort_id", "name", name="one_name_per_cohort"),
        UniqueConstraint("cohort_id", "id", name="cohort"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"))
    name: Mapped[str] = mapped_column(String(300))
