"""Which files are refused before anything looks into them."""

import pytest

from placement.adapters.sheets import why_refused


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("leaders.pdf", b"x", "not a spreadsheet"),
        ("leaders", b"x", "not a spreadsheet"),
        ("leaders.xls", b"x", "Save it as .csv, .xlsx or .ods"),
        ("leaders.csv", b"", "is empty"),
        ("leaders.csv", b"x" * 5_000_001, "has 5.0 MB, and at most 5 MB"),
        ("people.csv", b"x", "not clear which sheet"),
        ("leaders and slots.csv", b"x", "not clear which sheet"),
    ],
)
def test_a_file_that_can_be_none_of_the_sheets_is_refused_with_what_to_do(
    name: str, data: bytes, says: str
) -> None:
    (why,) = why_refused({name: data})
    assert says in why
    assert why.startswith((name, "It is"))


def test_sheets_and_workbooks_of_any_name_go_on() -> None:
    files = {
        "Leaders 2027.CSV": b"x",
        "slots.txt": b"x",
        "everything.xlsx": b"PK\x03\x04",
        "a.ods": b"PK\x03\x04",
    }
    assert why_refused(files) == ()


def test_many_files_at_once_are_refused_as_a_whole() -> None:
    assert why_refused({f"leaders {n}.csv": b"" for n in range(11)}) == ("Send at most 10 files at once.",)
