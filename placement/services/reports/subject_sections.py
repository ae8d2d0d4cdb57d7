"""One kind of thing that is kept about a leader, as rows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

Cell = str | int | bool | datetime | None


@dataclass(frozen=True)
class Section:
    """One kind of thing that is kept: `key` names it in files, `title` on pages."""

    key: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def section(key: str, title: str, columns: Sequence[str], rows: Iterable[Iterable[Cell]]) -> Section:
    """A section of rows, whatever they come as."""
    return Section(key, title, tuple(columns), tuple(tuple(row) for row in rows))
