"""A small cohort as spreadsheets have it, to be spoilt in one place at a time."""

from collections.abc import Mapping, Sequence
from typing import Any

from placement.domain.errors import CellUnreadable
from placement.domain.geo import Position
from placement.domain.sheets.faults import Fault
from placement.domain.sheets.reading import Reader
from placement.domain.sheets.rows import CohortSheets
from placement.domain.sheets.tables import Cell, Kind, RawRow, RawSheet, RawSheets
from placement.domain.sheets.understand import understand

CENTRES = {"FY1 1": Position(53.8196, -3.0534), "FY2 9": Position(53.8477, -3.0440)}

Table = list[dict[str, Cell]]
Tables = dict[Kind, Table]


def small_cohort() -> Tables:
    """Two partners, three opportunities, four slots, three leaders, two of whom have answered."""
    return {
        Kind.PARTNERS: [
            {
                "partner": "Food Bank",
                "theme": "Food",
                "contact": "Kay Synthetic",
                "email": "food@bank.example",
                "phone": "01632 960001",
                "website": "www.bank.example",
                "about": "We share food.",
            },
            {
                "partner": "Memory Café",
                "theme": "Dementia",
                "contact": "Jo Synthetic",
                "email": "memory@cafe.example",
                "phone": "01632 960002",
                "website": "",
                "about": "",
            },
        ],
        Kind.OPPORTUNITIES: [
            _opportunity("OPP1", "Food Bank", "Sorting parcels", "none", "1 High Street"),
            _opportunity("OPP2", "Food Bank", "Van run", "basic", "1 High Street"),
            _opportunity("OPP3", "Memory Café", "Afternoon tea", "enhanced", "2 Low Road"),
        ],
        Kind.SLOTS: [
            _slot("S1", "OPP1", "2027-03-02"),
            _slot("S2", "OPP1", "2027-03-09"),
            _slot("S3", "OPP2", "2027-03-02"),
            _slot("S4", "OPP3", "2027-04-06"),
        ],
        Kind.LEADERS: [
            _leader("Ada Synthetic", "ada@trust.example", access_needs="Step-free access"),
            _leader("Bo Synthetic", "bo@trust.example", gender="M", dbs="enhanced"),
            _leader("Cy Synthetic", "cy@council.example", organisation="Coast Council", max_km=""),
        ],
        Kind.PREFERENCES: [
            _answer("ada@trust.example", "OPP1", "OPP3", cannot_do="2027-03-09"),
            _answer("bo@trust.example", "OPP2", "OPP1", if_need_be="2027-03-02 2027-03-09"),
        ],
    }


def _opportunity(ref: str, partner: str, title: str, dbs: str, address: str) -> dict[str, Cell]:
    return {
        "ref": ref,
        "partner": partner,
        "title": title,
        "dbs": dbs,
        "step_free": "yes",
        "women_only": "no",
        "address": address,
        "postcode": "FY1 1PR",
        "lat": "",
        "lon": "",
    }


def _slot(slot: str, opportunity: str, day: str) -> dict[str, Cell]:
    return {
        "slot": slot,
        "opportunity": opportunity,
        "date": day,
        "start": "09:30",
        "end": "15:00",
        "capacity": "4",
        "minimum": "2",
    }


def _leader(name: str, email: str, **facts: Cell) -> dict[str, Cell]:
    leader: dict[str, Cell] = {
        "name": name,
        "email": email,
        "organisation": "Coast Trust",
        "sector": "NHS acute",
        "role": "Matron",
        "pay_band": "8a",
        "gender": "F",
        "base_postcode": "FY2 9WX",
        "lat": "",
        "lon": "",
        "dbs": "basic",
        "access_needs": "",
        "travel": "car",
        "max_km": "30",
        "days": "1",
        "place_team": "Team 1",
    }
    return leader | facts


def _answer(email: str, first: str, second: str, **facts: Cell) -> dict[str, Cell]:
    answer: dict[str, Cell] = {
        "email": email,
        "choice_1": first,
        "choice_2": second,
        "cannot_do": "",
        "if_need_be": "",
        "submitted_at": "2027-01-04T09:00:00Z",
    }
    return answer | facts


def with_column(tables: Tables, kind: Kind, column: str, *values: Cell) -> Tables:
    """`tables` with `values` in the first rows of one column, and nothing there in the others."""
    for row, value in zip(tables[kind], [*values, *[""] * len(tables[kind])], strict=False):
        row[column] = value
    return tables


def raw_sheet(kind: Kind, rows: Sequence[Sequence[Cell]], *, file: str = "") -> RawSheet:
    """A sheet whose first row is row 1."""
    return RawSheet(
        kind,
        file or f"{kind}.csv",
        tuple(RawRow(number, tuple(row)) for number, row in enumerate(rows, start=1)),
    )


def raw_sheets(tables: Mapping[Kind, Table]) -> RawSheets:
    """Tables as raw sheets, with the headings of each table's first row."""
    return RawSheets({kind: raw_sheet(kind, grid(table)) for kind, table in tables.items()})


def grid(table: Table) -> list[list[Cell]]:
    """Heading row and rows of a table."""
    headings = list(table[0]) if table else []
    return [list(headings), *([row.get(heading, "") for heading in headings] for row in table)]


def understood(tables: Mapping[Kind, Table]) -> CohortSheets:
    """The sheets of `tables`, read with two postcode sectors known."""
    return understand(raw_sheets(tables), CENTRES)


def faults_of(tables: Mapping[Kind, Table]) -> list[tuple[str, int, str]]:
    """Where the faults of `tables` are: file, row, column."""
    return [fault[:3] for fault in understood(tables).faults]


def only_fault(tables: Mapping[Kind, Table]) -> Fault:
    """The one fault of `tables`."""
    faults = understood(tables).faults
    assert len(faults) == 1, faults
    return faults[0]


def refusal_of(reader: Reader, cell: Cell) -> CellUnreadable | None:
    """Why `cell` cannot be read, or None where it can."""
    try:
        reader(cell)
    except CellUnreadable as error:
        return error
    return None


def spoilt(kind: Kind, row: int, **cells: Any) -> Tables:
    """The small cohort with other cells in one row; `row` counts as the spreadsheet does, from 2."""
    tables = small_cohort()
    tables[kind][row - 2] |= cells
    return tables
