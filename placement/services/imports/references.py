"""What the sheets point to, where the sheet that would hold it was left out: it must be stored."""

from collections.abc import Iterator

from placement.domain.sheets.cells import sameness, shown
from placement.domain.sheets.faults import Fault
from placement.domain.sheets.rows import CohortSheets
from placement.domain.sheets.tables import Kind
from placement.services.imports.stored import StoredCohort


def unknown_to_all(sheets: CohortSheets, stored: StoredCohort) -> Iterator[Fault]:
    """References to partners, opportunities and leaders that neither the sheets nor the cohort have."""
    if Kind.PARTNERS not in sheets.files:
        for offer in sheets.opportunities:
            if sameness(offer.partner) not in stored.partners:
                yield _fault(sheets, Kind.OPPORTUNITIES, offer.row, "partner", offer.partner)
    if Kind.OPPORTUNITIES not in sheets.files:
        yield from _unknown_opportunities(sheets, stored)
    if Kind.LEADERS not in sheets.files:
        for answer in sheets.preferences:
            if answer.email not in stored.leaders:
                yield _fault(sheets, Kind.PREFERENCES, answer.row, "email", answer.email)


def _unknown_opportunities(sheets: CohortSheets, stored: StoredCohort) -> Iterator[Fault]:
    for slot in sheets.slots:
        if sameness(slot.opportunity) not in stored.opportunities:
            yield _fault(sheets, Kind.SLOTS, slot.row, "opportunity", slot.opportunity)
    for answer in sheets.preferences:
        for reference, column in zip(answer.choices, answer.columns, strict=True):
            if sameness(reference) not in stored.opportunities:
                yield _fault(sheets, Kind.PREFERENCES, answer.row, column, reference)


def _fault(sheets: CohortSheets, kind: Kind, row: int, column: str, said: str) -> Fault:
    problem = f"'{shown(said)}' is neither in these files nor in the cohort"
    return sheets.fault(kind, row, column, problem, "Correct it, or send the sheet that has it as well")
