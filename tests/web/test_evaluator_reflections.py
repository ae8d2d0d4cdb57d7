"""What evaluators read of reflections: from five on, without names, and no coordinator beside them."""

import csv
import io
from dataclasses import dataclass

import pytest
from flask import Flask

from placement.db import unit_of_work
from placement.models import Cohort, Slot
from tests.factories.attendance import make_reflection
from tests.factories.opportunities import make_slot
from tests.factories.people import make_coordinator, make_leader
from tests.web.browsing import Browser
from tests.web.page import Page, check_page


@dataclass(frozen=True)
class Evaluation:
    """A viewer and a coordinator of one cohort, whose leaders write reflections."""

    app: Flask
    cohort_id: int
    slot_id: int
    viewer: Browser
    coordinator: Browser

    def write(self, number: int, *, to_evaluators: bool = True) -> None:
        """Let leader `number` have written, with one answer of their own and one that is empty."""
        with self.app.app_context(), unit_of_work() as session:
            leader = make_leader(
                session, cohort=session.get_one(Cohort, self.cohort_id), name=f"Leader {number}"
            )
            answers = {"saw": f"Sight {9 - number}", "surprised": "", "differently": f"Change {number}"}
            make_reflection(
                session,
                slot=session.get_one(Slot, self.slot_id),
                leader=leader,
                answers=answers,
                to_evaluators=to_evaluators,
            )

    @property
    def path(self) -> str:
        return f"/report/{self.cohort_id}/reflections"

    def read(self, query: str = "") -> Page:
        return check_page(self.viewer.get(self.path + query))


@pytest.fixture
def here(site: Flask) -> Evaluation:
    with site.app_context(), unit_of_work() as session:
        slot = make_slot(session)
        cohort = slot.opportunity.partner.cohort
        viewer = make_coordinator(session, cohort=cohort, role="viewer").user.email
        coordinator = make_coordinator(session, cohort=cohort).user.email
        ids = cohort.id, slot.id
    return Evaluation(site, *ids, Browser(site, email=viewer), Browser(site, email=coordinator))


def test_nothing_is_shown_before_five_have_given_theirs(here: Evaluation) -> None:
    for number in range(4):
        here.write(number)
    here.write(4, to_evaluators=False)
    page = here.read()
    assert "Nothing is shown yet." in page.text
    assert "once 5 leaders have given theirs" in page.text
    assert "Sight" not in page.text
    answer = here.viewer.get(f"{here.path}.csv")
    assert list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig")))) == [["Question", "Answer"]]


def test_the_answers_stand_under_their_questions_by_their_words_and_nobody_is_named(here: Evaluation) -> None:
    for number in range(5):
        here.write(number)
    page = here.read()
    places = [page.text.index(f"Sight {9 - number}") for number in range(5)]
    assert places == sorted(places, reverse=True)
    assert page.text.index("What did you see?") < min(places)
    assert max(places) < page.text.index("Change 0")
    assert "Leader 0" not in page.text
    assert "What would you tell the partner? (0)" in page.text


def test_one_question_and_a_search_narrow_the_page_and_the_file(here: Evaluation) -> None:
    for number in range(5):
        here.write(number)
    page = here.read("?show=differently&search=change+3")
    assert "Change 3" in page.text
    assert "Sight" not in page.text
    answer = here.viewer.get(f"{here.path}.csv?show=differently&search=change+3")
    assert list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig")))) == [
        ["Question", "Answer"],
        ["What will you do differently?", "Change 3"],
    ]


def test_who_takes_their_reflection_back_takes_it_from_the_page(here: Evaluation) -> None:
    for number in range(6):
        here.write(number, to_evaluators=number > 0)
    page = here.read()
    assert "Sight 8" in page.text
    assert "Sight 9" not in page.text


def test_no_coordinator_opens_it_or_is_led_to_it(here: Evaluation) -> None:
    assert here.coordinator.get(here.path).status_code == 404
    assert here.coordinator.get(f"{here.path}.csv").status_code == 404
    report = f"/report/{here.cohort_id}/"
    assert here.path not in check_page(here.coordinator.get(report)).links.values()
    with here.app.app_context(), unit_of_work() as session:
        make_leader(session, cohort=session.get_one(Cohort, here.cohort_id))
    assert check_page(here.viewer.get(report)).links["What leaders wrote, without names"] == here.path
