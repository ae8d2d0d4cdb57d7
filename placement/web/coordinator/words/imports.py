"""An import in words: what each sheet would do, what to know before, what an undo does."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from placement.domain.sheets.differences import Changed
from placement.domain.sheets.tables import Kind
from placement.services.imports import BatchLine, ImportPlan
from placement.services.imports.checked import ImportCheck
from placement.services.imports.undo import Undone
from placement.web.presenters import count, listed, moment

SHOWN = 40
"""How many rows of a sheet a page names; the file names all."""
CHANGE_HEADINGS = ("sheet", "row", "who or what", "column", "now", "after the import")
NAMES: Mapping[str, tuple[str, str]] = {
    "partner": ("partner", "partners"),
    "opportunity": ("opportunity", "opportunities"),
    "slot": ("day", "days"),
    "leader": ("leader", "leaders"),
    "answer": ("answer of a leader", "answers of leaders"),
    "need": ("access need", "access needs"),
}
SHEETS: Mapping[str, str] = {
    "partners": "partner",
    "opportunities": "opportunity",
    "slots": "slot",
    "leaders": "leader",
    "preferences": "answer",
}


class ChangedCell(NamedTuple):
    """One cell that an import changes."""

    sheet: str
    row: int
    name: str
    column: str
    before: str
    after: str


@dataclass(frozen=True)
class SheetLine:
    """What an import would do to one sheet: figures, the first of the new names, the first changed rows."""

    kind: Kind
    added: tuple[str, ...]
    changed: tuple[tuple[str, tuple[ChangedCell, ...]], ...]
    unchanged: int
    stay: int
    changed_number: int
    added_number: int


def sheet_lines(plan: ImportPlan) -> list[SheetLine]:
    """The sheets that were sent, each with what it would do."""
    return [
        SheetLine(
            kind=kind,
            added=tuple(row.name for row in comparison.added[:SHOWN]),
            changed=tuple(
                (change.stored.name, tuple(_cells(plan, kind, [change])))
                for change in comparison.changed[:SHOWN]
            ),
            unchanged=comparison.unchanged,
            stay=len(comparison.kept),
            changed_number=len(comparison.changed),
            added_number=len(comparison.added),
        )
        for kind, comparison in plan.comparisons.items()
        if kind in plan.sheets.files
    ]


def changed_cells(plan: ImportPlan) -> Iterator[ChangedCell]:
    """Every row that is new, with no columns, and every cell that changes."""
    for kind, comparison in plan.comparisons.items():
        for row in comparison.added:
            yield ChangedCell(str(kind), row.row, row.name, "", "", "new")
        yield from _cells(plan, kind, comparison.changed)


def rows_of(plan: ImportPlan) -> int:
    """How many rows an import would add or change."""
    return sum(len(one.added) + len(one.changed) for one in plan.comparisons.values())


def warnings(check: ImportCheck) -> list[str]:
    """What to know before an import that comes late."""
    found = []
    window, plan = check.set_up.window, check.plan
    if not window.is_open and not plan.comparisons[Kind.PREFERENCES].changes_nothing:
        found.append(f"Choices closed {window.closed}. What the sheet says of choices counts all the same.")
    if check.set_up.decided_at:
        found.append(
            f"Places were decided on {moment(check.set_up.decided_at)}. "
            "An import moves nobody who has a day, and cannot change what they were told. "
            "New leaders get a day with the next match run or repair."
        )
    if check.run_id is not None and not plan.changes_nothing:
        found.append(
            f"Run {check.run_id} was made from the cohort as it is now. After this import it may be "
            "out of date and can then not be confirmed: run the match again."
        )
    return found


def said_of_import(plan: ImportPlan) -> str:
    """What was done, for the page that follows."""
    parts = [
        f"{name_of(SHEETS[kind], number)} {word}"
        for kind, comparison in plan.comparisons.items()
        for word, number in (("added", len(comparison.added)), ("changed", len(comparison.changed)))
        if number
    ]
    return f"Imported: {listed(parts)}." if parts else "Everything was as in these files already."


def counts_of(line: BatchLine) -> str:
    """What an import did, for the list of imports."""
    parts = [
        f"{name_of(thing, number)} {word}"
        for kind, thing in SHEETS.items()
        for word in ("added", "changed")
        if (number := line.counts.get(f"{kind}_{word}"))
    ]
    return ", ".join(parts)


def state_of(line: BatchLine) -> str:
    """Whether an import can still be undone."""
    if line.undone_at:
        more = f". {count(line.left, 'row')} stayed" if line.left else ""
        return f"Undone on {moment(line.undone_at)}{more}"
    return "Can be undone" if line.left else "Too long ago to be undone"


def said_of_undo(done: Undone) -> str:
    """What an undo did, for the page that follows."""
    parts = [*_parts(done.removed, "removed"), *_parts(done.restored, "put back")]
    kept = f" {count(len(done.kept), 'row stays', 'rows stay')} as they are." if done.kept else ""
    return f"Undone: {listed(parts)}.{kept}" if parts else "Nothing was undone."


def undo_parts(names: Mapping[str, Sequence[str]]) -> list[tuple[str, Sequence[str]]]:
    """Things in words with what they are called, in the order of the sheets."""
    return [(name_of(thing, len(names[thing])), names[thing]) for thing in NAMES if names.get(thing)]


def name_of(thing: str, number: int) -> str:
    """A number of things in words."""
    return count(number, *NAMES[thing])


def _parts(names: Mapping[str, Sequence[str]], word: str) -> list[str]:
    return [f"{part} {word}" for part, _ in undo_parts(names)]


def _cells(plan: ImportPlan, kind: Kind, changed: Iterable[Changed]) -> Iterator[ChangedCell]:
    for change in changed:
        for each in change.differences():
            heading = plan.sheets.heading(kind, each.column)
            yield ChangedCell(
                str(kind), change.wanted.row, change.stored.name, heading, each.before, each.after
            )
