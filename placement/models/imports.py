"""Imports by page: files that wait to be looked at, what was imported, and what each row was before."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from placement.db import Base, UtcDateTime


class ImportUpload(Base):
    """The files that a coordinator sent for one cohort, until they are imported; the last ones only.

    `sealed` are their names and octets, encrypted as access needs are.
    """

    __tablename__ = "import_upload"
    user_id: Mapped[int] = mapped_column(
        ForeignKey("user.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    cohort_id: Mapped[int] = mapped_column(
        ForeignKey("cohort.id", ondelete="CASCADE"), primary_key=True, autoincrement=False, index=True
    )
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    uploaded_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ImportBatch(Base):
    """One import into a cohort; `imported_by` is empty where a command did it.

    `counts` are the rows that were added and changed, by sheet. `undone_at` says when it was taken back, as
    far as that could be: its `ImportRow`s are what is left.
    """

    __tablename__ = "import_batch"
    id: Mapped[int] = mapped_column(primary_key=True)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id", ondelete="CASCADE"), index=True)
    imported_at: Mapped[datetime] = mapped_column(UtcDateTime)
    imported_by: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"), index=True)
    counts: Mapped[dict[str, int]] = mapped_column(JSON)
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ImportRow(Base):
    """What an import did to one row: what it was before, and after; removed after a month.

    `thing` names the table, `row_id` the row in it; "answer" and "need" are what the leader of that id chose
    and needs. `sealed` holds both states as JSON, encrypted as access needs are. A row about a leader names
    them, so that it goes when they are erased.
    """

    __tablename__ = "import_row"
    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("import_batch.id", ondelete="CASCADE"), index=True)
    leader_id: Mapped[int | None] = mapped_column(ForeignKey("leader.id", ondelete="CASCADE"), index=True)
    thing: Mapped[str] = mapped_column(String(20))
    row_id: Mapped[int]
    added: Mapped[bool]
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
