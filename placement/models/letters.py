"""What people have said about mails: coordinators' words and switches, and readers' "no more of these"."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from placement.db import Base, UtcDateTime
from placement.domain.states import OptOutSort
from placement.models.limits import one_of


class Wording(Base):
    """The coordinators' own words before one kind of mail of a cohort, and whether it goes by itself.

    `version` rises with each change, so that two people do not overwrite each other unseen.
    """

    __tablename__ = "wording"
    __table_args__ = (CheckConstraint("version >= 1", name="version_positive"),)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(40), primary_key=True)
    intro: Mapped[str] = mapped_column(String(1000), default="")
    goes: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)


class OptOut(Base):
    """A user who wants no more mails of one sort, whatever the cohort."""

    __tablename__ = "opt_out"
    __table_args__ = (one_of("sort", OptOutSort, name="sort_known"),)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    sort: Mapped[str] = mapped_column(String(12), primary_key=True)
    since: Mapped[datetime] = mapped_column(UtcDateTime)
