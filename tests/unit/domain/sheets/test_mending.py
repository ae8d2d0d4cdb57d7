"""The sheet that was sent comes back with what to fix in each row."""

from datetime import date

from placement.domain.sheets.faults import Fault
from placement.domain.sheets.mending import HEADING, mended
from placement.domain.sheets.tables import Cell, Kind, RawRow, RawSheet, Unreadable

FILE = "leaders.csv"


def sheet(*rows: tuple[int, tuple[Cell, ...]]) -> RawSheet:
    return RawSheet(Kind.LEADERS, FILE, tuple(RawRow(number, cells) for number, cells in rows))


def fault(row: int, column: str, file: str = FILE) -> Fault:
    return Fault(file, row, column, "it is wrong", "Mend it")


def test_each_fault_stands_in_its_row_behind_the_last_column() -> None:
    raw = sheet((1, ("name", "email", "days")), (2, ("Ada", "ada", 2)), (3, ("Bo",)))
    found = mended(raw, [fault(2, "email"), fault(2, "days"), fault(3, "email"), fault(2, "x", "slots.csv")])
    assert found == [
        ["name", "email", "days", HEADING],
        ["Ada", "ada", "2", "email: it is wrong. Mend it. days: it is wrong. Mend it."],
        ["Bo", "", "", "email: it is wrong. Mend it."],
    ]


def test_rows_keep_their_numbers_and_titles_and_blank_rows_their_places() -> None:
    raw = sheet((1, ("Leaders 2027",)), (3, ("name", "email")), (5, ("Ada", date(2027, 1, 12))))
    found = mended(raw, [fault(7, "email")])
    assert len(found) == 7
    assert found[1] == found[3] == ["", "", ""]
    assert found[2] == ["name", "email", HEADING]
    assert found[4] == ["Ada", "2027-01-12", ""]
    assert found[6][-1] == "email: it is wrong. Mend it."


def test_what_is_wrong_with_the_whole_file_stands_beside_the_headings() -> None:
    raw = sheet(
        (1, ("name", "email")),
    )
    assert mended(raw, [fault(0, "")])[0][-1] == "What to fix: it is wrong. Mend it."
    assert mended(sheet(), [fault(0, "")]) == [["What to fix: it is wrong. Mend it."]]


def test_the_column_of_an_earlier_time_is_replaced_and_cells_without_a_value_come_back_empty() -> None:
    broken = Unreadable("holds an error", "Mend it")
    raw = sheet((1, ("name", "What to fix: it was wrong.", "email")), (2, (broken, "name: old", "=A1")))
    assert mended(raw, [fault(2, "name")]) == [
        ["name", "email", HEADING],
        ["", "=A1", "name: it is wrong. Mend it."],
    ]
