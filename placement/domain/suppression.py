"""Figures for evaluators: counts that are so small that they tell of single people are hidden.

A number is small from 1 to one less than the threshold. Hidden is what is small itself, what would leave a
small rest beside the number that it is a part of, and what else would let one work out a hidden number:

1. Of each group (an organisation, say) each measure that is small, or whose rest is small, is hidden, and
   with it every measure that is a part of it.
2. What a table hides of a measure is more than one group, and together neither small nor with a small rest:
   that sum can be had by taking what is shown from the total. If need be, the smallest group shown is hidden
   too.
3. Tables about the same people are looked at together: no hidden number may be a sum and difference of what
   the tables show. This is decided over two values (odd and even), which finds every such sum of two tables,
   and may hide a little more than is needed.

Within one table nobody can then tell a hidden small number, knowing all that is printed, that a part is never
more than its whole, and that no group is empty: there are always people of two hidden groups who could change
places without a printed number changing. Totals of everybody are shown unless they are small themselves.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

THRESHOLD = 5


@dataclass(frozen=True)
class Measure:
    """Something that is counted: all units (`whole` is None), or those of `whole` that got further."""

    word: str
    whole: str | None = None


@dataclass(frozen=True)
class Unit:
    """One person, or one placement: its group in each table, and the words of the measures that count it."""

    groups: Mapping[str, str]
    reached: frozenset[str]


@dataclass(frozen=True)
class Line:
    """One group of a table: its numbers by measure, None where hidden."""

    group: str
    numbers: Mapping[str, int | None]

    @property
    def hides(self) -> bool:
        """Whether any number is hidden."""
        return None in self.numbers.values()


@dataclass(frozen=True)
class Figures:
    """The totals by measure, and the lines of each table; None stands for what is hidden."""

    totals: Mapping[str, int | None]
    tables: Mapping[str, tuple[Line, ...]]


Cell = tuple[str, str]
"""A table and a group of it."""


def is_small(number: int, threshold: int = THRESHOLD) -> bool:
    """Whether a count may not be shown."""
    return 0 < number < threshold


def protect(
    units: Sequence[Unit], tables: Sequence[str], measures: Sequence[Measure], *, threshold: int = THRESHOLD
) -> Figures:
    """Count `units` by the groups of each table, and hide what is small.

    Each measure stands after the one that it is a part of; the first is all units.
    """
    hidden: dict[str, set[Cell]] = {}
    counts: dict[str, _Counted] = {}
    for measure in measures:
        whole = counts[measure.whole] if measure.whole else None
        counted = counts[measure.word] = _Counted(units, tables, measure.word)
        upwards = hidden[measure.whole] if measure.whole else set()
        hidden[measure.word] = _hidden(counted, whole, upwards, threshold)
    totals = {
        word: None if is_small(total := counted.total, threshold) else total
        for word, counted in counts.items()
    }
    lines = {
        table: tuple(
            Line(
                group,
                {
                    word: None if (table, group) in hidden[word] else counted.number((table, group))
                    for word, counted in counts.items()
                },
            )
            for group in counts[measures[0].word].groups(table)
        )
        for table in tables
    }
    return Figures(totals, lines)


class _Counted:
    """Who is counted by one measure, as sets of bits, one for each unit; `everybody` are all of a group."""

    def __init__(self, units: Sequence[Unit], tables: Sequence[str], word: str) -> None:
        self.units = (1 << len(units)) - 1
        self.counts = sum(1 << position for position, unit in enumerate(units) if word in unit.reached)
        self.everybody: dict[Cell, int] = {}
        for position, unit in enumerate(units):
            for table in tables:
                cell = (table, unit.groups[table])
                self.everybody[cell] = self.everybody.get(cell, 0) | (1 << position)

    @property
    def total(self) -> int:
        """How many are counted in all."""
        return self.counts.bit_count()

    def number(self, cell: Cell) -> int:
        """How many of a group are counted."""
        return (self.everybody[cell] & self.counts).bit_count()

    def groups(self, table: str) -> list[str]:
        """The groups of a table, by name."""
        return sorted((group for name, group in self.everybody if name == table), key=str.casefold)

    def cells(self, table: str) -> list[Cell]:
        """The same, as cells."""
        return [cell for cell in self.everybody if cell[0] == table]

    def overlapping(self, cell: Cell) -> list[Cell]:
        """The cells of other tables in which somebody of this one stands."""
        who = self.everybody[cell]
        return [other for other, there in self.everybody.items() if other[0] != cell[0] and there & who]


def _hidden(
    counted: _Counted, whole: _Counted | None, upwards: Collection[Cell], threshold: int
) -> set[Cell]:
    """The cells of one measure that are hidden; `upwards` are those of the measure that it is a part of."""
    if is_small(counted.total, threshold):
        return set(counted.everybody)
    small = {cell for cell in counted.everybody if _tells(counted, whole, [cell], threshold)}
    hidden = small | set(upwards)
    tables = sorted({table for table, _ in counted.everybody})
    while more := _one_more(counted, whole, hidden, small, tables, threshold):
        hidden.add(more)
    return hidden


def _one_more(
    counted: _Counted,
    whole: _Counted | None,
    hidden: Collection[Cell],
    small: Collection[Cell],
    tables: Sequence[str],
    threshold: int,
) -> Cell | None:
    """A cell that must be hidden too; None when all is safe."""
    for table in tables:
        cells = counted.cells(table)
        together = [cell for cell in cells if cell in hidden]
        shown = [cell for cell in cells if cell not in hidden]
        if together and shown and not _safe(counted, whole, together, threshold):
            return _smallest(counted, shown)
    span = _Span([counted.units, *(who for cell, who in counted.everybody.items() if cell not in hidden)])
    for cell in sorted(small):
        if counted.everybody[cell] in span:
            own = [other for other in counted.cells(cell[0]) if other not in hidden]
            near = [other for other in counted.overlapping(cell) if other not in hidden]
            if own or near:
                return _smallest(counted, own or near)
    return None


def _smallest(counted: _Counted, cells: Sequence[Cell]) -> Cell:
    return min(cells, key=lambda cell: (counted.everybody[cell].bit_count(), cell))


def _safe(counted: _Counted, whole: _Counted | None, cells: Sequence[Cell], threshold: int) -> bool:
    """Whether what these cells hold together may be known."""
    people = sum(counted.everybody[cell].bit_count() for cell in cells)
    # As many people as groups would mean that each group is one person. A single group is never safe: it is
    # hidden because it tells something.
    return people > len(cells) and not _tells(counted, whole, cells, threshold)


def _tells(counted: _Counted, whole: _Counted | None, cells: Sequence[Cell], threshold: int) -> bool:
    """Whether the number of these cells together is small, or leaves a small rest."""
    number = sum(counted.number(cell) for cell in cells)
    rest = sum(whole.number(cell) for cell in cells) - number if whole is not None else 0
    return is_small(number, threshold) or is_small(rest, threshold)


class _Span:
    """What can be made of sets of bits by sums, odd and even."""

    def __init__(self, vectors: Sequence[int]) -> None:
        self.basis: dict[int, int] = {}
        for vector in vectors:
            left = self._reduced(vector)
            if left:
                self.basis[left.bit_length()] = left

    def __contains__(self, vector: int) -> bool:
        return not self._reduced(vector)

    def _reduced(self, vector: int) -> int:
        while vector and (known := self.basis.get(vector.bit_length())):
            vector ^= known
        return vector
