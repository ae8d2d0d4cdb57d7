"""Importing by page: send, look, agree; faults all at once; the file back; undo."""

import io
from collections.abc import Mapping

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from placement.db import reading
from placement.domain.sheets.examples import template
from placement.domain.sheets.tables import Cell, Kind
from placement.models import AuditEvent, ImportUpload, Leader, Partner
from tests.unit.adapters.sheets.files import csv_bytes, xlsx_bytes
from tests.unit.domain.sheets.samples import Tables, grid, small_cohort
from tests.web.coordinator_desk import Desk, Sit, seats

CHECK = "import/check"


@pytest.fixture
def sit(site: Flask) -> Sit:
    return seats(site)


def files_of(tables: Tables) -> dict[str, bytes]:
    positioned = {kind: [row | POSITION.get(kind, {}) for row in table] for kind, table in tables.items()}
    return {f"{kind}.csv": csv_bytes(grid(table)) for kind, table in positioned.items()}


POSITION: dict[Kind, dict[str, Cell]] = {
    kind: {"lat": "53.82", "lon": "-3.04"} for kind in (Kind.OPPORTUNITIES, Kind.LEADERS)
}


def send(desk: Desk, files: Mapping[str, bytes]) -> TestResponse:
    uploads = [(io.BytesIO(data), name) for name, data in files.items()]
    return desk.browser.post(desk.found.url("import"), {"files": uploads})


def count(desk: Desk, model: type) -> int:
    with desk.app.app_context(), reading() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def import_all(desk: Desk, tables: Tables) -> None:
    assert send(desk, files_of(tables)).location == desk.found.url(CHECK)
    form = desk.get(CHECK).form_to(desk.found.url(CHECK))
    assert desk.post(CHECK, form.values).location == desk.found.url("imports")


def test_an_empty_cohort_is_filled_from_spreadsheets_after_a_look(sit: Sit) -> None:
    desk = sit("empty")
    assert desk.get().links["Import spreadsheets"] == desk.found.url("import")
    assert desk.get("import").h1 == "Import spreadsheets"
    assert send(desk, files_of(small_cohort())).location == desk.found.url(CHECK)
    page = desk.get(CHECK)
    assert page.h1 == "What the import would do"
    assert ["Leaders", "3", "0", "0", "0"] in page.rows()
    assert "ada@trust.example" in page.text
    assert (count(desk, Leader), count(desk, Partner)) == (0, 0)
    form = page.form_to(desk.found.url(CHECK))
    assert form.buttons == ["Import these 14 rows"]
    assert desk.post(CHECK, form.values).status_code == 303
    page = desk.get("imports")
    assert "Imported: 2 partners added, 3 opportunities added, 4 days added, 3 leaders added" in page.text
    assert count(desk, Leader) == 3
    assert count(desk, ImportUpload) == 0
    with desk.app.app_context(), reading() as session:
        assert "import_cohort" in session.scalars(select(AuditEvent.verb)).all()


def test_one_sheet_alone_is_enough_where_the_rest_is_here(sit: Sit) -> None:
    desk = sit("empty")
    import_all(desk, small_cohort())
    tables = {Kind.LEADERS: small_cohort()[Kind.LEADERS]}
    tables[Kind.LEADERS][0] |= {"role": "Director", "access_needs": "A quiet room"}
    send(desk, files_of(tables))
    page = desk.get(CHECK)
    assert ["ada@trust.example", "role", "Matron", "Director"] in page.rows()
    assert ["ada@trust.example", "access_needs", "(not shown)", "(not shown)"] in page.rows()
    assert page.form_to(desk.found.url(CHECK)).buttons == ["Import this row"]
    rows = desk.csv("import/changes.csv")
    assert ["leaders", "2", "ada@trust.example", "role", "Matron", "Director"] in rows


def test_what_is_left_out_must_be_here_already(sit: Sit) -> None:
    desk = sit("empty")
    send(desk, files_of({kind: small_cohort()[kind] for kind in (Kind.SLOTS, Kind.PREFERENCES)}))
    page = desk.get(CHECK)
    assert page.h1 == "What to fix before the import"
    assert "'OPP1' is neither in these files nor in the cohort" in page.text
    assert "'ada@trust.example' is neither in these files nor in the cohort" in page.text


def test_all_faults_are_told_at_once_and_the_file_comes_back_with_what_to_fix(sit: Sit) -> None:
    desk = sit("empty")
    tables = small_cohort()
    tables[Kind.LEADERS][0]["email"] = "ada at trust"
    tables[Kind.LEADERS][2]["days"] = "many"
    tables[Kind.SLOTS][1]["capacity"] = "1"
    tables[Kind.LEADERS][1]["role"] = "=1+1"
    send(desk, files_of(tables))
    page = desk.get(CHECK)
    assert [row[0] for row in page.rows()[1:]].count("leaders.csv, row 2") == 1
    assert "slots.csv, row 3" in page.text
    actions = [form.action for form in page.forms]
    assert desk.found.url("import/forget") in actions
    assert desk.found.url(CHECK) not in actions
    rows = desk.csv("import/what-to-fix/leaders.csv")
    assert rows[0][-1] == "What to fix"
    assert "ada at trust" in rows[1]
    assert rows[1][-1].startswith("email: ")
    assert rows[3][-1].startswith("days: ")
    assert "'=1+1" in rows[2]
    faults = desk.csv("import/faults.csv")
    assert faults[0] == ["file", "row", "column", "what is wrong", "what to do"]
    assert len(faults) >= 4
    assert count(desk, Leader) == 0
    assert desk.browser.get(desk.found.url("import/what-to-fix/partner.csv")).status_code == 404


def test_the_mended_file_can_be_sent_as_it_is_and_its_column_is_passed_over(sit: Sit) -> None:
    desk = sit("empty")
    tables = small_cohort()
    tables[Kind.PARTNERS][0]["phone"] = "+44 1632 960001"
    tables[Kind.PARTNERS][1]["email"] = ""
    send(desk, files_of(tables))
    rows = desk.csv("import/what-to-fix/partners.csv")
    place = rows[0].index("email")
    rows[2][place] = "memory@cafe.example"
    send(desk, files_of(tables) | {"partners.csv": csv_bytes(rows)})
    page = desk.get(CHECK)
    assert page.h1 == "What the import would do"
    desk.post(CHECK, page.form_to(desk.found.url(CHECK)).values)
    with desk.app.app_context(), reading() as session:
        assert "+44 1632 960001" in session.scalars(select(Partner.phone)).all()


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ({}, "Choose the files"),
        ({"photo.png": b"x"}, "photo.png is not a spreadsheet that can be read."),
        ({"leaders.xls": b"x"}, "Save it as .csv, .xlsx or .ods."),
        ({"leaders.csv": b" \n"}, "leaders.csv is empty."),
        ({"people.csv": b"name,email"}, "It is not clear which sheet people.csv is."),
        ({f"leaders {n}.csv": b"x" for n in range(11)}, "at most 10 files"),
    ],
)
def test_files_that_cannot_be_sheets_are_refused_at_once(
    sit: Sit, files: dict[str, bytes], says: str
) -> None:
    desk = sit("empty")
    answer = send(desk, files)
    page = desk.checked(answer)
    assert (page.status, says in page.errors["files"]) == (422, True), page.errors
    assert count(desk, ImportUpload) == 0


def test_two_files_of_one_name_and_a_workbook_of_strange_sheets_are_told(sit: Sit) -> None:
    desk = sit("empty")
    uploads = [(io.BytesIO(b"email"), name) for name in ("a/leaders.csv", "b/leaders.csv")]
    page = desk.checked(desk.browser.post(desk.found.url("import"), {"files": uploads}))
    assert page.errors["files"] == "Two files are called leaders.csv."
    send(desk, {"cohort.xlsx": xlsx_bytes({"Tabelle 1": [["x"]]})})
    assert "None of the sheets has a name that is known" in desk.get(CHECK).text


def test_when_the_cohort_has_changed_nothing_is_imported_and_the_new_preview_is_shown(sit: Sit) -> None:
    desk = sit("empty")
    import_all(desk, small_cohort())
    tables = small_cohort()
    tables[Kind.LEADERS][0]["role"] = "Director"
    send(desk, files_of(tables))
    form = desk.get(CHECK).form_to(desk.found.url(CHECK)).values

    def change(session: object) -> None:
        ada = session.scalars(select(Leader).where(Leader.name == "Ada Synthetic")).one()  # type: ignore[attr-defined]
        ada.role = "Nurse"

    desk.change(change)
    answer = desk.post(CHECK, form)
    page = desk.checked(answer)
    assert page.status == 409
    assert "Nothing was imported" in page.text
    assert ["ada@trust.example", "role", "Nurse", "Director"] in page.rows()
    assert desk.post(CHECK, page.form_to(desk.found.url(CHECK)).values).status_code == 303


def test_pressing_twice_imports_once_and_deleted_files_are_gone(sit: Sit) -> None:
    desk = sit("empty")
    send(desk, files_of(small_cohort()))
    form = desk.get(CHECK).form_to(desk.found.url(CHECK)).values
    desk.post(CHECK, form)
    assert desk.post(CHECK, form).location == desk.found.url("import")
    assert "do not wait here any more" in desk.get("import").text
    send(desk, files_of(small_cohort()))
    page = desk.get(CHECK)
    assert "everything is as in these files already" in page.text
    assert "partners.csv" in desk.get("import").text
    desk.post("import/forget")
    assert "Nothing was imported." in desk.get("import").text
    assert count(desk, ImportUpload) == 0
    assert desk.browser.get(desk.found.url(CHECK)).location == desk.found.url("import")
    assert desk.browser.get(desk.found.url("import/faults.csv")).status_code == 409


@pytest.mark.parametrize("state", ["solved", "confirmed"])
def test_late_imports_warn_what_they_put_out_of_date(sit: Sit, state: str) -> None:
    desk = sit(state)
    send(desk, files_of(small_cohort()))
    page = desk.get(CHECK)
    if state == "solved":
        assert f"Run {desk.found.run_id} was made from the cohort as it is now." in page.text
    else:
        assert "Places were decided on" in page.text
        assert "Choices closed when places were decided" in page.text


def test_the_templates_together_are_a_cohort_without_a_fault(sit: Sit) -> None:
    desk = sit("empty")
    files = {}
    for kind in Kind:
        answer = desk.browser.get(desk.found.url(f"import/templates/{kind}.csv"))
        assert answer.mimetype == "text/csv"
        files[f"{kind}.csv"] = answer.data
        assert desk.csv(f"import/templates/{kind}.csv")[0] == list(template(kind)[0])
    send(desk, files)
    page = desk.get(CHECK)
    assert page.form_to(desk.found.url(CHECK)).buttons == ["Import these 5 rows"]
    assert desk.browser.get(desk.found.url("import/templates/rooms.csv")).status_code == 404


def test_workbooks_with_templates_and_with_what_to_fix_can_be_sent_as_they_are(sit: Sit) -> None:
    desk = sit("empty")
    book = desk.browser.get(desk.found.url("import/templates.xlsx")).data
    send(desk, {"templates.xlsx": book})
    assert desk.get(CHECK).form_to(desk.found.url(CHECK)).buttons == ["Import these 5 rows"]
    tables = small_cohort()
    tables[Kind.LEADERS][0]["days"] = "many"
    send(desk, files_of(tables))
    book = desk.browser.get(desk.found.url("import/what-to-fix.xlsx")).data
    send(desk, {"what-to-fix.xlsx": book})
    page = desk.get(CHECK)
    where = [row[0] for row in page.rows()[1:]]
    assert where == ["what-to-fix.xlsx (leaders), row 2"]


def test_an_import_is_undone_after_a_look(sit: Sit) -> None:
    desk = sit("empty")
    assert "Nothing was imported into this cohort yet." in desk.get("imports").text
    import_all(desk, small_cohort())
    page = desk.get("imports")
    link = next(url for text, url in page.links.items() if text.startswith("Undo"))
    page = desk.get(link.removeprefix(desk.found.url()))
    assert page.h1.startswith("Undo the import of")
    assert "3 leaders that it added go: Ada Synthetic, Bo Synthetic, Cy Synthetic" in page.text
    assert count(desk, Leader) == 3
    form = page.form_to(link).values

    def change(session: object) -> None:
        ada = session.scalars(select(Leader).where(Leader.name == "Ada Synthetic")).one()  # type: ignore[attr-defined]
        ada.role = "Nurse"

    desk.change(change)
    page = desk.checked(desk.browser.post(link, form))
    assert page.status == 409
    assert ["leader", "Ada Synthetic", "it was changed since (role)"] in page.rows()
    assert count(desk, Leader) == 3
    assert desk.browser.post(link, page.form_to(link).values).location == desk.found.url("imports")
    page = desk.get("imports")
    assert "2 leaders removed" in page.text
    assert "Undone on" in page.text
    assert count(desk, Leader) == 1


def test_the_files_of_one_coordinator_are_not_those_of_another(sit: Sit) -> None:
    desk, other = sit("empty"), sit("empty")
    send(desk, files_of(small_cohort()))
    assert other.browser.get(desk.found.url(CHECK)).status_code == 404
    assert other.browser.get(other.found.url(CHECK)).location == other.found.url("import")
