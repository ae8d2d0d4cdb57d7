"""What an import would do: rows to add, rows to change, and everything that stands against it."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import cast

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from placement.domain.errors import NotFound
from placement.domain.sheets.cells import sameness
from placement.domain.sheets.differences import Changed, Comparison, Stored, Values, Wanted, compare
from placement.domain.sheets.faults import Fault, Note
from placement.domain.sheets.rows import CohortSheets
from placement.domain.sheets.tables import Kind
from placement.domain.sheets.wanted import (
    Spelling,
    answers_wanted,
    leaders_wanted,
    opportunities_wanted,
    partners_wanted,
    slots_wanted,
)
from placement.domain.text import clean_line
from placement.models import Cohort, Placement
from placement.services.cohorts import hold_cohort
from placement.services.imports.confirmed import against_confirmed
from placement.services.imports.references import unknown_to_all
from placement.services.imports.stored import StoredCohort, read_stored
from placement.services.scope import Scope

LONGEST_NAME = 200


@dataclass(frozen=True)
class ImportPlan:
    """What importing `sheets` into the cohort called `name` would do; `cohort_id` is None for a new one."""

    name: str
    programme: str
    cohort_id: int | None
    sheets: CohortSheets
    stored: StoredCohort
    comparisons: Mapping[Kind, Comparison]
    faults: tuple[Fault, ...]
    notes: tuple[Note, ...]

    @property
    def changes_nothing(self) -> bool:
        """Whether everything in the sheets is stored just so."""
        return self.cohort_id is not None and all(
            comparison.changes_nothing for comparison in self.comparisons.values()
        )


def plan_import(scope: Scope, sheets: CohortSheets, *, name: str, programme: str = "") -> ImportPlan:
    """Compare `sheets` with what is stored of the cohort called `name`, and gather every fault.

    A cohort that exists keeps its programme; a new one belongs to `programme`, or to one of its own name.
    Only the service itself may import a cohort that is new.
    """
    name, programme = clean_line(name), clean_line(programme)
    cohort = _cohort(scope, name)
    stored = StoredCohort()
    faults: list[Fault] = list(_name_faults(cohort, name, programme))
    if cohort is not None:
        hold_cohort(scope.session, cohort.id)
        stored = read_stored(scope.session, cohort.id)
    comparisons, notes = _comparisons(sheets, stored)
    if cohort is not None:
        placed = _placed(scope.session, cohort.id)
        faults.extend(against_confirmed(sheets, comparisons, stored, placed))
    faults.extend(_against_stored(sheets, comparisons, stored))
    if not sheets.faults:  # a sheet with a fault may hold what seems to be missing
        faults.extend(unknown_to_all(sheets, stored))
    return ImportPlan(
        name=cohort.name if cohort else name,
        programme=cohort.programme.name if cohort else (programme or name),
        cohort_id=cohort.id if cohort else None,
        sheets=sheets,
        stored=stored,
        comparisons=comparisons,
        faults=sheets.in_order([*sheets.faults, *faults]),
        notes=(*sheets.notes, *notes, *_standing_notes(sheets, comparisons, stored)),
    )


def _cohort(scope: Scope, name: str) -> Cohort | None:
    """The cohort of that name, however it is spelled; one out of reach does not exist for the actor."""
    cohorts = scope.session.scalars(scope.cohorts().order_by(Cohort.id))
    found = next((cohort for cohort in cohorts if sameness(cohort.name) == sameness(name)), None)
    if found is None and not scope.everything:
        raise NotFound(thing=f'cohort "{name}"')
    return found


def _name_faults(cohort: Cohort | None, name: str, programme: str) -> Iterator[Fault]:
    for said, option in ((name, "--name"), (programme, "--programme")):
        if len(said) > LONGEST_NAME:
            yield Fault(option, 0, "", f"the name has more than {LONGEST_NAME} characters", "Shorten it")
    if cohort and programme and sameness(programme) != sameness(cohort.programme.name):
        problem = f"the cohort belongs to the programme '{cohort.programme.name}' already"
        yield Fault("--programme", 0, "", problem, "Leave the programme out, or choose another cohort name")


def _comparisons(
    sheets: CohortSheets, stored: StoredCohort
) -> tuple[dict[Kind, Comparison], tuple[Note, ...]]:
    partners = Spelling.of(_names(stored.partners), (row.partner for row in sheets.partners))
    references = Spelling.of(_names(stored.opportunities), (row.ref for row in sheets.opportunities))
    slots = Spelling.of(_names(stored.slots), (row.slot for row in sheets.slots))
    organisations = Spelling.of(stored.organisations, (row.organisation for row in sheets.leaders))
    teams = Spelling.of(stored.teams, (row.team for row in sheets.leaders))
    answers, notes = _not_older(sheets, answers_wanted(sheets, references), stored)
    return {
        Kind.PARTNERS: compare(partners_wanted(sheets, partners), stored.partners),
        Kind.OPPORTUNITIES: compare(opportunities_wanted(sheets, references, partners), stored.opportunities),
        Kind.SLOTS: compare(slots_wanted(sheets, slots, references), stored.slots),
        Kind.LEADERS: compare(leaders_wanted(sheets, organisations, teams), stored.leaders),
        Kind.PREFERENCES: compare(answers, stored.answers),
    }, notes


def _names(rows: Mapping[str, Stored]) -> list[str]:
    return [row.name for row in rows.values()]


def _not_older(
    sheets: CohortSheets, answers: list[Wanted], stored: StoredCohort
) -> tuple[list[Wanted], tuple[Note, ...]]:
    """Answers given after the sheet was made win over the sheet."""
    newer = [answer for answer in answers if _is_older(answer, stored.answers.get(answer.key))]
    text = "this leader has answered again since, so the newer answer is kept"
    notes = tuple(Note(sheets.file(Kind.PREFERENCES), text, answer.row) for answer in newer)
    kept = {answer.key: replace(answer, said=frozenset()) for answer in newer}
    return [kept.get(answer.key, answer) for answer in answers], notes


def _is_older(answer: Wanted, stored: Stored | None) -> bool:
    told = answer.values["submitted_at"]
    known = stored.values["submitted_at"] if stored else None
    return isinstance(told, datetime) and isinstance(known, datetime) and told < known


def _standing_notes(
    sheets: CohortSheets, comparisons: Mapping[Kind, Comparison], stored: StoredCohort
) -> Iterator[Note]:
    """What stays as it is stored, whatever the sheets say or leave out."""
    for row in sheets.slots:
        slot = stored.slots.get(sameness(row.slot))
        if slot is not None and slot.values["status"] == "withdrawn":
            yield Note(sheets.file(Kind.SLOTS), f"the slot {slot.name} was withdrawn and stays so", row.row)
    for leader in sheets.leaders:
        known = stored.leaders.get(leader.email)
        if known is not None and known.values["withdrawn_at"] is not None:
            yield Note(
                sheets.file(Kind.LEADERS), f"{known.name} has left the cohort and stays so", leader.row
            )
    if sheets.faults:
        return  # a row with a fault would pass for one that is missing
    for kind, comparison in comparisons.items():
        if comparison.kept and kind in sheets.files and kind is not Kind.PREFERENCES:
            named = ", ".join(comparison.kept[:10]) + (" …" if len(comparison.kept) > 10 else "")
            text = f"{len(comparison.kept)} {kind} are stored and not in the sheet; they stay: {named}"
            yield Note(sheets.file(kind), text)


def _placed(session: Session, cohort_id: int) -> Counter[int]:
    """How many confirmed placements each leader has, by leader id."""
    rows = session.execute(
        select(Placement.leader_id, func.count())
        .where(Placement.cohort_id == cohort_id, Placement.status == "confirmed")
        .group_by(Placement.leader_id)
    )
    return Counter({row[0]: row[1] for row in rows})


def _against_stored(
    sheets: CohortSheets, comparisons: Mapping[Kind, Comparison], stored: StoredCohort
) -> Iterator[Fault]:
    """What is impossible beside rows that are stored and not in the sheets."""
    yield from _taken_mailboxes(sheets, comparisons[Kind.PARTNERS], stored)
    yield from _corrected(sheets, comparisons[Kind.LEADERS], stored)
    yield from _moved_away(sheets, comparisons[Kind.OPPORTUNITIES], stored)
    yield from _taken_starts(sheets, comparisons[Kind.SLOTS], stored)
    for change in comparisons[Kind.SLOTS].changed:
        yield from _minimum_above(sheets, change)


def _corrected(sheets: CohortSheets, leaders: Comparison, stored: StoredCohort) -> Iterator[Fault]:
    """Leaders under an address that was corrected since: they would be there twice."""
    former = {row.values["matched_as"]: row for row in stored.leaders.values() if row.values["matched_as"]}
    for wanted in leaders.added:
        known = former.get(wanted.key)
        if known is not None:
            yield sheets.fault(
                Kind.LEADERS,
                wanted.row,
                "email",
                f"'{wanted.key}' was the address of a leader whose address is {known.name} now",
                "Write the present address into the sheet",
            )


def _taken_mailboxes(sheets: CohortSheets, partners: Comparison, stored: StoredCohort) -> Iterator[Fault]:
    kept = set(partners.kept)
    owner = {row.values["email"]: row.name for row in stored.partners.values() if row.name in kept}
    for wanted in [*partners.added, *(change.wanted for change in partners.changed if change.has("email"))]:
        email = wanted.values["email"]
        if email in owner:
            yield sheets.fault(
                Kind.PARTNERS,
                wanted.row,
                "email",
                f"'{email}' is the address of the stored partner {owner[email]}",
                "Use the stored partner's name, or give this partner an address of its own",
            )


def _moved_away(sheets: CohortSheets, opportunities: Comparison, stored: StoredCohort) -> Iterator[Fault]:
    """An opportunity that has slots stays with its partner: the slots are that partner's."""
    offered = {slot.values["opportunity"] for slot in stored.slots.values()}
    for change in opportunities.changed:
        if change.has("partner") and change.stored.name in offered:
            yield sheets.fault(
                Kind.OPPORTUNITIES,
                change.wanted.row,
                "partner",
                f"{change.stored.name} has slots at '{change.stored.values['partner']}' already",
                "Put the partner back, or give this opportunity a new reference",
            )


def _taken_starts(sheets: CohortSheets, slots: Comparison, stored: StoredCohort) -> Iterator[Fault]:
    kept = set(slots.kept)
    starts = {_start_of(row.values): row.name for row in stored.slots.values() if row.name in kept}
    moved = (change.wanted for change in slots.changed if change.has("opportunity", "date", "start"))
    for wanted in [*slots.added, *moved]:
        other = starts.get(_start_of(wanted.values))
        if other is not None:
            yield sheets.fault(
                Kind.SLOTS,
                wanted.row,
                "start",
                f"the stored slot {other}, which is not in the sheet, starts at the same time",
                f"Use the reference {other}, or correct the date or the start",
            )


def _start_of(values: Values) -> tuple[object, ...]:
    return values["opportunity"], values["date"], values["start"]


def _minimum_above(sheets: CohortSheets, change: Changed) -> Iterator[Fault]:
    """A sheet without the column leaves the stored minimum, which may be too high for the new capacity."""
    minimum = cast("int", change.stored.values["minimum"])
    capacity = cast("int", change.wanted.values["capacity"])
    if "minimum" not in change.wanted.said and minimum > capacity:
        yield sheets.fault(
            Kind.SLOTS,
            change.wanted.row,
            "capacity",
            f"the stored minimum ({minimum}) is more than the capacity ({capacity})",
            "Raise the capacity, or add a column minimum",
        )
