"""The report as a page, a CSV file and a workbook: the same figures, no names, the same for a viewer."""

import csv
import io
from typing import Any

import pytest
from flask import Flask
from python_calamine import CalamineWorkbook

from placement.db import unit_of_work
from placement.models import Cohort
from tests.factories.people import make_coordinator, make_user
from tests.web.browsing import Browser
from tests.web.cohort_states import Found, found_in
from tests.web.coordinator_desk import seats
from tests.web.page import Page, check_page, record_unknown_names


def viewer_of(site: Flask, found: Found) -> Browser:
    with site.app_context(), unit_of_work() as session:
        user = make_user(session, name="Vera Viewer")
        make_coordinator(session, cohort=session.get_one(Cohort, found.cohort_id), user=user, role="viewer")
        email = user.email
    return Browser(site, email=email)


def opened(site: Flask, state: str) -> tuple[Browser, str, Page]:
    found = found_in(site, state)
    unknown = record_unknown_names(site)
    browser = viewer_of(site, found)
    path = f"/report/{found.cohort_id}/"
    page = check_page(browser.get(path))
    assert unknown == []
    return browser, path, page


def rows(browser: Browser, path: str) -> list[list[str]]:
    answer = browser.get(f"{path}report.csv")
    return list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))


@pytest.mark.parametrize("state", ["filled", "confirmed"])
def test_the_report_names_nobody(site: Flask, state: str) -> None:
    browser, path, page = opened(site, state)
    text = page.text + str(rows(browser, path)) + str(sheets(browser, path))
    for private in ("Leader 0", "@people.example", "Chloe"):
        assert private not in text


def test_every_figure_of_the_page_is_in_the_files(site: Flask) -> None:
    browser, path, page = opened(site, "confirmed")
    assert "Invited5" in page.text.replace(" ", "")
    told = rows(browser, path)
    assert told[:3] == [
        ["Table", "Group", "Figure", "Number"],
        ["All leaders", "All", "Invited", "5"],
        ["All leaders", "All", "Sent choices", "hidden"],
    ]
    book = sheets(browser, path)
    assert book["All leaders"][1:3] == [["Invited", 5], ["Sent choices", "hidden"]]
    assert list(book)[:3] == ["All leaders", "Which choice leaders got", "What partners gave, by theme"]
    assert "What it means" in book


def test_an_empty_report_says_so(site: Flask) -> None:
    browser, path, page = opened(site, "empty")
    assert "There are no leaders in this cohort yet" in page.text
    assert rows(browser, path)[1] == ["All leaders", "All", "Invited", "0"]
    assert "By organisation" not in sheets(browser, path)


def test_a_viewer_gets_from_home_to_the_report_and_to_nothing_else_of_the_cohort(site: Flask) -> None:
    browser, path, page = opened(site, "confirmed")
    home = check_page(browser.get("/home"))
    assert [name for name, where in home.links.items() if where == path and name.startswith("The report: ")]
    cohort = path.replace("report", "coordinator")
    for name in ("", "people", "audit", "answers", "funnel.csv"):
        assert browser.get(f"{cohort}{name}").status_code == 404
    assert page.links["Your tasks"] == "/home"


def test_a_coordinator_comes_to_it_from_the_dashboard_and_goes_back_there(site: Flask) -> None:
    desk = seats(site)("confirmed")
    where = desk.get().links["Report for boards and evaluators"]
    page = desk.checked(desk.browser.get(where))
    assert desk.found.url() in page.links.values()


def sheets(browser: Browser, path: str) -> dict[str, Any]:
    answer = browser.get(f"{path}report.xlsx")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="report.xlsx"'
    book = CalamineWorkbook.from_filelike(io.BytesIO(answer.data))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}
