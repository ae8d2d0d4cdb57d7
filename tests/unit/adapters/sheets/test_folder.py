"""Finding the five sheets among files."""

from pathlib import Path

import pytest

from placement.adapters.sheets import read_files, read_folder
from placement.adapters.sheets.limits import MOST_BYTES
from placement.domain.sheets.tables import MOST_ROWS, Kind, RawSheets
from placement.domain.sheets.understand import understand
from tests.unit.adapters.sheets.files import Rows, csv_bytes, ods_bytes, xlsx_bytes
from tests.unit.domain.sheets.samples import CENTRES, grid, small_cohort, understood

GRIDS: dict[str, Rows] = {kind: grid(table) for kind, table in small_cohort().items()}


def csv_files() -> dict[str, bytes]:
    return {f"{kind}.csv": csv_bytes(rows) for kind, rows in GRIDS.items()}


def places(raw: RawSheets) -> list[tuple[str, int, str]]:
    return [fault[:3] for fault in raw.faults]


def test_a_folder_of_five_files_is_read(tmp_path: Path) -> None:
    for name, data in csv_files().items():
        (tmp_path / name).write_bytes(data)
    (tmp_path / "notes.txt").write_text("call Kay")
    (tmp_path / ".~lock.leaders.csv#").write_text("me")
    (tmp_path / "old").mkdir()
    raw = read_folder(tmp_path)
    assert (raw.faults, raw.notes) == ((), ())
    assert understand(raw, CENTRES).leaders == understood(small_cohort()).leaders


@pytest.mark.parametrize(
    "name", ["Leaders.CSV", "LEADERS.Txt", "leaders.tsv", " leaders .csv", "Leaders 2027.csv"]
)
def test_a_file_is_known_by_its_name_in_any_case(name: str) -> None:
    files = csv_files()
    files[name] = files.pop("leaders.csv")
    raw = read_files(files)
    assert not raw.faults
    assert raw.sheets[Kind.LEADERS].file == name


def test_one_workbook_may_hold_all_five_sheets() -> None:
    for data in (xlsx_bytes({kind.title(): rows for kind, rows in GRIDS.items()}), ods_bytes(GRIDS)):
        raw = read_files({"Cohort 3.xlsx": data, "readme.csv": b"x"})
        assert not raw.faults
        assert raw.sheets[Kind.SLOTS].file.lower() == "cohort 3.xlsx (slots)"
        assert understand(raw, CENTRES).slots == understood(small_cohort()).slots


def test_of_a_workbook_with_more_sheets_the_one_with_the_name_is_taken() -> None:
    files = csv_files()
    del files["leaders.csv"]
    files["leaders.xlsx"] = xlsx_bytes({"Read me": [["hello"]], "Leaders": GRIDS[Kind.LEADERS]})
    assert not understand(read_files(files), CENTRES).faults


def test_a_file_is_read_by_what_it_is_whatever_its_ending_says() -> None:
    files = csv_files()
    files["leaders.csv"] = xlsx_bytes({"Sheet1": GRIDS[Kind.LEADERS]})
    del files["slots.csv"]
    files["slots.xls"] = csv_bytes(GRIDS[Kind.SLOTS], separator="\t")
    assert not understand(read_files(files), CENTRES).faults


def test_a_missing_sheet_is_a_fault_and_missing_answers_are_a_note() -> None:
    files = csv_files()
    del files["leaders.csv"], files["preferences.csv"]
    raw = read_files(files | {"leaders.docx": b"PK"})
    assert places(raw) == [("leaders", 0, "")]
    assert "leaders.docx is not a spreadsheet" in raw.faults[0].problem
    assert [note.file for note in raw.notes] == ["preferences"]


def test_two_files_for_one_sheet_are_a_fault_that_names_both() -> None:
    raw = read_files(csv_files() | {"Leaders.xlsx": xlsx_bytes({"x": GRIDS[Kind.LEADERS]})})
    assert len(raw.faults) == 1
    assert "leaders.csv" in raw.faults[0].problem
    assert "Leaders.xlsx" in raw.faults[0].problem


def test_an_old_copy_beside_the_file_is_left_aside_with_a_note() -> None:
    raw = read_files(csv_files() | {"leaders old.csv": b"x"})
    assert not raw.faults
    assert [note.file for note in raw.notes] == ["leaders old.csv"]


def test_a_file_that_is_too_big_is_a_fault_and_is_not_read(tmp_path: Path) -> None:
    for name, data in csv_files().items():
        (tmp_path / name).write_bytes(data)
    with (tmp_path / "leaders.csv").open("wb") as file:
        file.truncate(MOST_BYTES + 1)
    assert places(read_folder(tmp_path)) == [("leaders.csv", 0, "")]
    assert "at most 5 MB" in read_folder(tmp_path).faults[0].problem
    assert places(read_files({**csv_files(), "leaders.csv": b"x" * (MOST_BYTES + 1)})) == [
        ("leaders.csv", 0, "")
    ]


def test_a_web_page_called_xls_is_a_fault() -> None:
    files = csv_files()
    del files["leaders.csv"]
    raw = read_files(files | {"leaders.xls": b"<html><table><tr><td>name</td></tr></table></html>"})
    assert places(raw) == [("leaders.xls", 0, "")]
    assert "web page" in raw.faults[0].problem


def test_a_broken_file_is_one_fault_with_its_row_and_is_not_missed() -> None:
    raw = read_files({**csv_files(), "leaders.csv": b'name,email\r\n"Ada,ada@trust.example\r\n'})
    assert places(raw) == [("leaders.csv", 2, "")]


def test_a_row_that_reaches_too_far_is_a_fault() -> None:
    wide = b"name,email\r\nAda,ada@trust.example" + b",x" * 600 + b"\r\n"
    raw = read_files({**csv_files(), "leaders.csv": wide})
    assert places(raw) == [("leaders.csv", 2, "")]


def test_millions_of_empty_lines_and_columns_do_no_harm() -> None:
    data = csv_bytes(GRIDS[Kind.LEADERS]).replace(b"\r\n", b"," * 5_000 + b"\r\n") + b"\n" * 4_000_000
    raw = read_files({**csv_files(), "leaders.csv": data})
    assert not raw.faults
    assert len(raw.sheets[Kind.LEADERS].rows) == 4


def test_rows_are_taken_up_to_a_little_more_than_can_be_imported() -> None:
    data = b"name,email\r\n" + b"a,b\r\n" * (MOST_ROWS * 2)
    raw = read_files({**csv_files(), "leaders.csv": data})
    assert MOST_ROWS < len(raw.sheets[Kind.LEADERS].rows) < MOST_ROWS + 100
    assert ("leaders.csv", MOST_ROWS + 2, "") in [fault[:3] for fault in understand(raw, CENTRES).faults]
