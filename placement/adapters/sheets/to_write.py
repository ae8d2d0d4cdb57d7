"""What is to be written into a workbook, apart from the writing, whose library takes long to load."""

from collections.abc import Sequence
from dataclasses import dataclass

WORKBOOK_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

WrittenCell = str | int | float


@dataclass(frozen=True)
class WrittenSheet:
    """One sheet of a workbook: its name, its head, its rows."""

    name: str
    head: Sequence[str]
    rows: Sequence[Sequence[WrittenCell]]
