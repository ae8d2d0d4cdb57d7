"""What coordinators keep of their lists."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from placement.db import Base, UtcDateTime
from placement.domain.states import ListPage
from placement.models.limits import one_of
from placement.models.people import User


class SavedView(Base):
    """A part of a list that a coordinator gave a name: `query` is what follows the ? of its address.

    `shared`: everybody who runs the cohort finds it, not only its owner.
    """

    __tablename__ = "saved_view"
    __table_args__ = (
        UniqueConstraint("cohort_id", "user_id", "page", "name", name="one_name_each"),
        one_of("page", ListPage, name="page_known"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    page: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(60))
    query: Mapped[str] = mapped_column(String(500))
    shared: Mapped[bool]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    owner: Mapped[User] = relationship(lazy="joined", innerjoin=True, viewonly=True)
