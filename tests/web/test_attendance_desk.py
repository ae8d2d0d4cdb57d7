"""A coordinator's pages about who came, feedback and reflections."""

import csv
import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from placement.db import unit_of_work
from placement.models import Opportunity, Slot
from tests.factories.attendance import make_attendance
from tests.factories.opportunities import make_slot
from tests.factories.people import make_leader
from tests.factories.placements import make_placement
from tests.web.begun_day import COORDINATOR, BegunDay, make_begun_day
from tests.web.browsing import Browser
from tests.web.coordinator_desk import queries_of
from tests.web.page import Page, check_page, record_unknown_names


@pytest.fixture
def day(site: Flask) -> BegunDay:
    return make_begun_day(site)


@pytest.fixture
def desk(day: BegunDay, visit: Callable[..., Browser]) -> Browser:
    return visit(email=COORDINATOR)


def read(browser: Browser, path: str) -> Page:
    unknown = record_unknown_names(browser.app)
    page = check_page(browser.get(path))
    assert unknown == []
    return page


def rows(browser: Browser, path: str) -> list[list[str]]:
    """The lines of a CSV file below its head."""
    text = browser.get(path).get_data().decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))[1:]


def send(browser: Browser, path: str) -> Page:
    """Press a button that is a form, and look at the page after."""
    answer = browser.post(path)
    assert answer.status_code == 303
    return read(browser, answer.location)


def figures(page: Page) -> list[str]:
    return [next(e.itertext()).strip() for e in page.by_class("app-figures__number")]


def test_the_figures_count_every_state_and_the_days_lead_on(day: BegunDay, desk: Browser) -> None:
    day.mark(0, state="came")
    day.mark(1, state="absent", reason="ill")
    page = read(desk, f"{day.desk}/attendance")
    assert figures(page) == ["3", "1", "0", "0", "1", "1", "0"]
    assert "1 came, 1 did not come, 1 not known" in page.text
    assert f"{day.desk}/days/{day.slot_id}/attendance" in page.links.values()


def test_before_the_first_day_it_says_when_that_is(day: BegunDay, desk: Browser) -> None:
    with day.app.app_context(), unit_of_work() as session:
        slot = session.get_one(Slot, day.slot_id)
        slot.starts_at, slot.ends_at = (at + timedelta(days=9) for at in (slot.starts_at, slot.ends_at))
    page = read(desk, f"{day.desk}/attendance")
    assert "No day has begun yet. The first one with people is" in page.text
    assert "No day with people has begun yet." in read(desk, f"{day.desk}/attendance/people").text


def test_the_rest_of_a_day_is_marked_in_one_go_and_undone(day: BegunDay, desk: Browser) -> None:
    day.mark(0, state="late")
    path = f"{day.desk}/days/{day.slot_id}/attendance"
    page = read(desk, path)
    assert "Mark the 2 people not known yet as came" in page.form_to(f"{path}/rest").buttons
    page = send(desk, f"{path}/rest")
    assert "2 people marked as came." in page.text
    assert [state for state, _ in day.states()] == ["late", "came", "came"]
    undo = next(form.action for form in page.forms if form.action.endswith("/undo"))
    assert "Taken back for 2 people." in send(desk, undo).text
    assert [state for state, _ in day.states()] == ["late"]


def test_a_coordinator_corrects_a_mark_and_an_older_page_shows_both(day: BegunDay, desk: Browser) -> None:
    day.mark(0, state="late")
    path, who = f"{day.desk}/days/{day.slot_id}/attendance", f"leader:{day.leader_ids[0]}"
    stale = check_page(desk.post(path, {"who": who, f"state-{who}": "absent", f"seen-{who}": "0"}))
    assert (stale.status, "You chose: did not come" in stale.text) == (409, True)
    form = {"who": who, f"state-{who}": "absent", f"seen-{who}": "1", f"reason-{who}": "work"}
    assert desk.post(path, form).status_code == 303
    assert day.states() == [("absent", "work")]
    assert "Ada Abbot: marked by the coordinator" in read(desk, path).text


def test_marks_that_a_partner_made_late_are_shown(day: BegunDay, desk: Browser) -> None:
    day.mark(0, state="came", marked_at=datetime.now(UTC) + timedelta(days=9))
    assert "Marked late" in read(desk, f"{day.desk}/attendance?show=late").text
    page = read(desk, f"{day.desk}/days/{day.slot_id}/attendance")
    assert "Marked late by the partner, more than 2 days after the day:" in page.text


def test_an_extra_leader_is_chosen_from_a_list(day: BegunDay, desk: Browser) -> None:
    with day.app.app_context(), unit_of_work() as session:
        cohort = session.get_one(Slot, day.slot_id).opportunity.partner.cohort
        dan = make_leader(session, cohort=cohort, name="Dan Dale").id
    path = f"{day.desk}/days/{day.slot_id}/attendance/extra"
    assert "Dan Dale" in read(desk, path).text
    assert check_page(desk.post(path, {"leader": ""})).errors == {
        "name": "Enter the name of the person who came."
    }
    again = check_page(desk.post(path, {"leader": str(day.leader_ids[0])}))
    assert again.errors == {"leader": "Ada Abbot is on the list of this day already."}
    assert desk.post(path, {"leader": str(dan)}).status_code == 303
    assert rows(desk, f"{day.desk}/attendance.csv?show=extra")[0][3:7] == ["Dan Dale", "", "No", "Came"]


def test_closing_says_what_it_does_and_can_be_undone(day: BegunDay, desk: Browser) -> None:
    page = read(desk, f"{day.desk}/attendance")
    assert "3 people would stay as not known." in page.text
    assert "The list is closed." in send(desk, f"{day.desk}/attendance/close").text
    path, who = f"{day.desk}/days/{day.slot_id}/attendance", f"leader:{day.leader_ids[0]}"
    assert "The list was closed on" in read(desk, path).text
    for action, form in (
        (path, {"who": who, f"state-{who}": "came"}),
        (f"{path}/rest", {}),
        (f"{path}/rest/abc/undo", {}),
        (f"{path}/extra", {"leader": "", "name": "Una"}),
    ):
        answer = desk.post(action, form)
        assert "no longer changed" in read(desk, answer.location).text
    assert day.states() == []
    assert "The list is open again." in send(desk, f"{day.desk}/attendance/reopen").text


def test_people_are_found_by_state_and_words_and_downloaded_as_shown(day: BegunDay, desk: Browser) -> None:
    day.mark(1, state="absent", reason="caring", note="=HYPERLINK")
    path = f"{day.desk}/attendance/people?show=absent"
    page = read(desk, path)
    assert "Ben Bright" in page.text
    assert "Ada Abbot" not in page.text
    (row,) = rows(desk, page.links["Download these 1 as CSV"])
    assert row[3:9] == [
        "Ben Bright",
        "Coastal Teaching Hospitals Trust",
        "Yes",
        "Did not come",
        "Had to care for somebody",
        "'=HYPERLINK",
    ]
    assert "Nothing matches “nobody”" in read(desk, f"{day.desk}/attendance/people?search=nobody").text


def test_feedback_is_read_filtered_and_downloaded(day: BegunDay, desk: Browser) -> None:
    path = f"{day.desk}/feedback"
    assert "Nobody has given feedback yet." in read(desk, path).text
    day.say(went=2, words="The bus was late.", call_me=True)
    day.say(1, went=5)
    page = read(desk, path)
    assert "Please call 01632 960000" in page.text
    assert "Ben Bright" not in read(desk, f"{path}?show=call").text
    (row,) = rows(desk, f"{day.desk}/feedback.csv?show=leaders")
    assert row[3:7] == ["Leader", "Ben Bright", "Very well", ""]


def test_reflections_that_were_not_given_to_coordinators_are_counted_and_not_shown(
    day: BegunDay, desk: Browser
) -> None:
    day.reflect(answers={"saw": "For evaluators alone"}, to_evaluators=True)
    page = read(desk, f"{day.desk}/reflections")
    assert figures(page) == ["1", "0", "0", "1"]
    assert "For evaluators alone" not in page.text
    assert "Nothing yet." in page.text


def test_who_has_written_none_is_listed(day: BegunDay, desk: Browser) -> None:
    with day.app.app_context(), unit_of_work() as session:
        slot = session.get_one(Slot, day.slot_id)
        slot.starts_at, slot.ends_at = (at - timedelta(days=9) for at in (slot.starts_at, slot.ends_at))
    day.reflect()
    page = read(desk, f"{day.desk}/reflections")
    assert "2 reflections of days that are over." in page.text
    assert "Ben Bright" in page.links
    assert "Ada Abbot" not in page.links


def test_the_number_of_queries_does_not_grow_with_days_and_people(day: BegunDay, desk: Browser) -> None:
    paths = [f"{day.desk}/{name}" for name in ("attendance", "attendance/people", "feedback", "reflections")]

    def queries() -> list[int]:
        counted = []
        for path in paths:
            with queries_of(day.app) as found:
                read(desk, path)
            counted.append(len(found))
        return counted

    day.say(went=4)
    day.mark(0, state="came")
    day.reflect(to_coordinator=True)
    few = queries()
    with day.app.app_context(), unit_of_work() as session:
        opportunity = session.get_one(Opportunity, session.get_one(Slot, day.slot_id).opportunity_id)
        for days in range(2, 6):
            begins = datetime.now(UTC) - timedelta(days=days)
            slot = make_slot(session, opportunity=opportunity, starts_at=begins)
            leader = make_leader(session, cohort=opportunity.partner.cohort)
            make_placement(session, leader=leader, slot=slot)
            make_attendance(session, slot=slot, leader=leader)
    day.say(1, went=5)
    assert queries() == few
