"""One kind of thing that is kept about somebody, as rows; all of it as JSON values."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

Cell = str | int | bool | datetime | None


@dataclass(frozen=True)
class Section:
    """One kind of thing that is kept: `key` names it in files, `title` on pages."""

    key: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


class Kept(Protocol):
    """All that is kept about somebody in one cohort, as a leader or as a partner's contact."""

    @property
    def made_at(self) -> datetime:
        """When it was read."""

    @property
    def cohort(self) -> str:
        """In which cohort."""

    @property
    def sections(self) -> tuple[Section, ...]:
        """What is kept, one kind after the other."""


def section(key: str, title: str, columns: Sequence[str], rows: Iterable[Iterable[Cell]]) -> Section:
    """A section of rows, whatever they come as."""
    return Section(key, title, tuple(columns), tuple(tuple(row) for row in rows))


def as_json(kept: Kept) -> dict[str, object]:
    """All of it as JSON values: a list of named cells for each section, times in UTC."""
    return {
        "made_at": _plain(kept.made_at),
        "cohort": kept.cohort,
        **{section.key: [_named(section, row) for row in section.rows] for section in kept.sections},
    }


def _named(section: Section, row: Sequence[Cell]) -> dict[str, object]:
    return {column: _plain(cell) for column, cell in zip(section.columns, row, strict=True)}


def _plain(cell: Cell) -> object:
    return cell.astimezone(UTC).isoformat() if isinstance(cell, datetime) else cell
