"""The five sheets of a cohort, from rows of cells to values, with all faults in one list."""

from dataclasses import replace

from placement.domain.sheets import building, checks
from placement.domain.sheets.building import SectorCentres
from placement.domain.sheets.reading import SheetReading, read_sheet
from placement.domain.sheets.rows import CohortSheets
from placement.domain.sheets.tables import Kind, RawSheets


def understand(raw: RawSheets, centres: SectorCentres) -> CohortSheets:
    """Read every sheet of `raw`, then compare the sheets with one another.

    Nothing is raised for what the coordinator wrote: all faults are in the result, ordered by sheet and row.
    `centres` gives places without coordinates those of the middle of their postcode sector.
    """
    readings = {kind: read_sheet(raw.sheets[kind]) for kind in Kind if kind in raw.sheets}
    sheets = checks.without_repeats(_built(readings, raw, centres))
    whole = {kind for kind, reading in readings.items() if reading.is_whole}
    faults = [*sheets.faults, *checks.contradictions(sheets, whole)]
    return replace(sheets, faults=sheets.in_order(faults))


def _built(readings: dict[Kind, SheetReading], raw: RawSheets, centres: SectorCentres) -> CohortSheets:
    def records(kind: Kind) -> SheetReading:
        return readings.get(kind) or SheetReading(kind, str(kind))

    partners, opportunities = records(Kind.PARTNERS), records(Kind.OPPORTUNITIES)
    slots, leaders, answers = records(Kind.SLOTS), records(Kind.LEADERS), records(Kind.PREFERENCES)
    sheets = CohortSheets(
        partners=tuple(map(building.partner_row, partners.records)),
        opportunities=tuple(
            building.opportunity_row(opportunities, record, centres) for record in opportunities.records
        ),
        slots=tuple(building.slot_row(slots, record) for record in slots.records),
        leaders=tuple(building.leader_row(leaders, record, centres) for record in leaders.records),
        preferences=tuple(building.preference_row(answers, record) for record in answers.records),
        files={kind: reading.file for kind, reading in readings.items()},
        shown={kind: reading.headings.shown for kind, reading in readings.items() if reading.headings},
    )
    return replace(
        sheets,
        faults=(*raw.faults, *(fault for reading in readings.values() for fault in reading.faults)),
        notes=(*raw.notes, *(note for reading in readings.values() for note in reading.notes)),
    )
