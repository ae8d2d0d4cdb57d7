"""The rows of the five sheets as values, once they are understood."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time

from placement.domain.geo import Position
from placement.domain.sheets.faults import Fault, Note
from placement.domain.sheets.tables import Kind
from placement.domain.states import Check


@dataclass(frozen=True, kw_only=True)
class Row:
    """What all rows have: their number in the spreadsheet, and the columns whose cells held a fault.

    A column in `unread` has its empty value here and must not be compared with anything. Two rows that say
    the same are equal, wherever they stand.
    """

    row: int = field(compare=False)
    unread: frozenset[str] = field(default=frozenset(), compare=False)

    def has_read(self, *columns: str) -> bool:
        """Whether the cells of all `columns` were read without a fault."""
        return self.unread.isdisjoint(columns)


@dataclass(frozen=True, kw_only=True)
class PartnerRow(Row):
    """One partner."""

    partner: str
    theme: str
    contact: str
    email: str
    phone: str
    website: str
    about: str


@dataclass(frozen=True, kw_only=True)
class OpportunityRow(Row):
    """One opportunity, with its site. `position` is where the site is, `given` whether the sheet says it."""

    ref: str
    partner: str
    title: str
    check: Check
    step_free: bool
    women_only: bool
    address: str
    postcode: str
    position: Position | None
    given: bool


@dataclass(frozen=True, kw_only=True)
class SlotRow(Row):
    """One slot in local time and in UTC. `repeats` holds what the sheet says again of its opportunity."""

    slot: str
    opportunity: str
    day: date
    start: time
    end: time
    starts_at: datetime
    ends_at: datetime
    capacity: int
    minimum: int
    repeats: Mapping[str, object]


@dataclass(frozen=True, kw_only=True)
class LeaderRow(Row):
    """One leader. `position` is where they start from, `given` whether the sheet says it."""

    name: str
    email: str
    organisation: str
    sector: str
    role: str
    pay_band: str
    gender: str
    postcode: str
    position: Position | None
    given: bool
    check: Check
    access_needs: str
    travel: str
    max_km: float | None
    days: int
    team: str


@dataclass(frozen=True, kw_only=True)
class PreferenceRow(Row):
    """One leader's answer: references of opportunities, first choice first, and dates.

    `columns` names the column of each choice.
    """

    email: str
    choices: tuple[str, ...]
    columns: tuple[str, ...] = field(compare=False)
    cannot_do: tuple[date, ...]
    if_need_be: tuple[date, ...]
    submitted_at: datetime | None

    @property
    def is_answer(self) -> bool:
        """Whether the leader said anything at all."""
        return bool(self.choices or self.cannot_do or self.if_need_be or self.submitted_at)


@dataclass(frozen=True)
class CohortSheets:
    """The five sheets of a cohort, understood, with everything that is wrong in them.

    `files` and `shown` are the names of files and headings that the coordinator knows them by.
    """

    partners: tuple[PartnerRow, ...] = ()
    opportunities: tuple[OpportunityRow, ...] = ()
    slots: tuple[SlotRow, ...] = ()
    leaders: tuple[LeaderRow, ...] = ()
    preferences: tuple[PreferenceRow, ...] = ()
    faults: tuple[Fault, ...] = ()
    notes: tuple[Note, ...] = ()
    files: Mapping[Kind, str] = field(default_factory=dict)
    shown: Mapping[Kind, Mapping[str, str]] = field(default_factory=dict)

    def fault(self, kind: Kind, row: int, column: str, problem: str, remedy: str) -> Fault:
        """A fault in one cell, under the names of this file and its headings."""
        return Fault(self.file(kind), row, self.heading(kind, column), problem, remedy)

    def in_order(self, faults: Iterable[Fault]) -> tuple[Fault, ...]:
        """`faults` by sheet, in the order in which sheets build on one another, and by row."""
        order = {self.file(kind): position for position, kind in enumerate(Kind)}
        return tuple(sorted(faults, key=lambda fault: (order.get(fault.file, -1), fault.row)))

    def file(self, kind: Kind) -> str:
        """The name of the file that holds the `kind` sheet."""
        return self.files.get(kind, str(kind))

    def heading(self, kind: Kind, column: str) -> str:
        """The heading of `column` as the file has it."""
        return self.shown.get(kind, {}).get(column, column)
