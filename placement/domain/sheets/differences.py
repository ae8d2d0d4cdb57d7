"""What an import would change: rows of the sheets beside the rows that are stored."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time

from placement.domain.geo import Position
from placement.domain.text import to_london

Values = Mapping[str, object]
"""What a row says, by column. The column "position" stands for latitude and longitude."""

SECRET_COLUMNS = frozenset({"access_needs"})


@dataclass(frozen=True)
class Wanted:
    """A row as the sheet has it. `key` is what it is known by, `name` the same as people write it.

    `said` are the columns that the sheet has; others never overwrite what is stored. `derived` tells that
    the position was worked out from the postcode in the column `postcode`.
    """

    key: str
    name: str
    row: int
    values: Values
    said: frozenset[str]
    derived: bool = False
    postcode: str = "postcode"


@dataclass(frozen=True)
class Stored:
    """A row as the database has it."""

    id: int
    name: str
    values: Values


@dataclass(frozen=True)
class Difference:
    """One cell that changes, in words."""

    column: str
    before: str
    after: str


@dataclass(frozen=True)
class Changed:
    """A stored row that the sheet has otherwise, and the columns in which it differs."""

    wanted: Wanted
    stored: Stored
    columns: tuple[str, ...]

    def has(self, *columns: str) -> bool:
        """Whether any of `columns` changes."""
        return not set(columns).isdisjoint(self.columns)

    def differences(self) -> tuple[Difference, ...]:
        """What changes, in words; of access needs only that they change."""
        return tuple(
            Difference(
                column, *(_in_words(column, side.values.get(column)) for side in (self.stored, self.wanted))
            )
            for column in self.columns
        )


@dataclass(frozen=True)
class Comparison:
    """One sheet beside what is stored. `kept` are stored rows that the sheet no longer has; they stay."""

    added: tuple[Wanted, ...] = ()
    changed: tuple[Changed, ...] = ()
    unchanged: int = 0
    kept: tuple[str, ...] = ()

    @property
    def changes_nothing(self) -> bool:
        """Whether everything in the sheet is stored just so."""
        return not self.added and not self.changed


def compare(wanted: Collection[Wanted], stored: Mapping[str, Stored]) -> Comparison:
    """Tell which rows are new, which differ, and which are in the sheet no longer."""
    pairs = [(row, stored[row.key]) for row in wanted if row.key in stored]
    changed = [Changed(row, before, columns) for row, before in pairs if (columns := _differing(row, before))]
    keys = {row.key for row in wanted}
    return Comparison(
        added=tuple(row for row in wanted if row.key not in stored),
        changed=tuple(changed),
        unchanged=len(pairs) - len(changed),
        kept=tuple(before.name for key, before in stored.items() if key not in keys),
    )


def _differing(wanted: Wanted, stored: Stored) -> tuple[str, ...]:
    differing = [
        column
        for column, value in wanted.values.items()
        if column in wanted.said and value != stored.values.get(column)
    ]
    if "position" in differing and _is_corrected(wanted, stored):
        differing.remove("position")
    return tuple(differing)


def _is_corrected(wanted: Wanted, stored: Stored) -> bool:
    """A stored position may be better than the middle of the postcode sector, as long as that is the same."""
    return (
        wanted.derived
        and stored.values.get("position") is not None
        and wanted.values.get(wanted.postcode) == stored.values.get(wanted.postcode)
    )


def _in_words(column: str, value: object) -> str:
    if value is None or value in ("", ()):
        return "nothing"
    if column in SECRET_COLUMNS:
        return "(not shown)"
    if isinstance(value, tuple) and not isinstance(value, Position):
        return ", ".join(_in_words(column, each) for each in value)
    return _one_in_words(value)


def _one_in_words(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Position):
        return f"{value.latitude:g}, {value.longitude:g}"
    if isinstance(value, datetime):
        return f"{to_london(value):%d/%m/%Y %H:%M}"
    if isinstance(value, (date, time)):
        return f"{value:%d/%m/%Y}" if isinstance(value, date) else f"{value:%H:%M}"
    return f"{value:g}" if isinstance(value, float) else str(value)
