"""The review board: fixing and changing places, undo, notes, approval, cancelling, pictures."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from placement.db import reading, unit_of_work
from placement.models import Assignment, Cohort, FixedPair, FixingStep, MatchRun, RunNote, Site, Slot
from tests.factories.people import make_coordinator
from tests.web.browsing import Browser
from tests.web.cohort_states import leader_of, now, solve_run
from tests.web.coordinator_desk import Desk, Sit, matched, queries_of, seats
from tests.web.page import Page

WHY = {"reason": "Agreed by phone"}


@pytest.fixture
def sit(site: Flask) -> Sit:
    return seats(site)


def person(desk: Desk, number: int = 1) -> str:
    """The page of a leader in the run."""
    with desk.app.app_context(), reading() as session:
        return f"runs/RUN/leaders/{leader_of(session, desk.found, number).id}"


def slots(desk: Desk) -> list[int]:
    with desk.app.app_context(), reading() as session:
        query = select(Slot.id).where(Slot.cohort_id == desk.found.cohort_id).order_by(Slot.id)
        return list(session.scalars(query))


def has(desk: Desk) -> int:
    """The day that the run gives the second leader."""
    with desk.app.app_context(), reading() as session:
        leader = leader_of(session, desk.found, 1)
        run = session.get_one(MatchRun, desk.found.run_id)
        return next(pair.slot_id for pair in run.assignments if pair.leader_id == leader.id)


def followed(desk: Desk, answer: Any) -> Page:
    """The page that an answer leads to."""
    assert answer.status_code in {302, 303}
    return desk.checked(desk.browser.get(answer.location))


def live(desk: Desk) -> list[tuple[str, int | None]]:
    with desk.app.app_context(), reading() as session:
        rows = session.scalars(select(FixedPair).where(FixedPair.removed_at.is_(None)))
        return [(row.kind, row.slot_id) for row in rows]


def step(desk: Desk) -> dict[str, str]:
    with desk.app.app_context(), reading() as session:
        return {"step": str(session.scalars(select(FixingStep.id).order_by(FixingStep.id.desc())).first())}


def colleague(desk: Desk) -> Browser:
    """Another coordinator of the same cohort at a browser."""
    with desk.app.app_context(), unit_of_work() as session:
        cohort = session.get_one(Cohort, desk.found.cohort_id)
        email = make_coordinator(session, cohort=cohort).user.email
    return Browser(desk.app, email=email)


def test_a_place_is_kept_from_the_leaders_page_and_then_stands_there_with_its_reason(sit: Sit) -> None:
    desk = sit("solved")
    slot = has(desk)
    assert "Keep this place" in desk.get(person(desk)).text
    page = followed(desk, desk.post(f"{person(desk)}/keep/{slot}", WHY))
    assert "keeps this place. It holds in every run from now on." in page.text
    assert "Agreed by phone" in page.text
    assert live(desk) == [("pin", slot)]
    assert "is now kept on" in desk.get("runs/RUN").text
    assert "Fixed places (1)" in desk.get("runs/RUN").text


@pytest.mark.parametrize(("much", "slot_kept"), [("every", False), ("one", True)])
def test_a_place_is_ruled_out_on_one_day_or_any(sit: Sit, much: str, slot_kept: bool) -> None:
    desk = sit("solved")
    slot = has(desk)
    followed(desk, desk.post(f"{person(desk)}/never/{slot}", WHY | {"much": much}))
    assert live(desk) == [("forbid", slot if slot_kept else None)]
    assert ("any day" in desk.get("fixed").text) is not slot_kept


@pytest.mark.parametrize("verb", ["keep", "never"])
def test_without_a_reason_nothing_is_fixed(sit: Sit, verb: str) -> None:
    desk = sit("solved")
    page = desk.checked(desk.post(f"{person(desk)}/{verb}/{has(desk)}", {"reason": " "}))
    assert page.status == 422
    assert "Say why, in a few words" in page.text
    assert live(desk) == []


def test_a_place_that_a_rule_forbids_is_refused_and_the_rule_named(sit: Sit) -> None:
    desk = sit("solved")
    slot = has(desk)

    def leave(session: Any) -> None:
        leader_of(session, desk.found, 1).withdrawn_at = now()

    desk.change(leave)
    page = desk.checked(desk.post(f"{person(desk)}/keep/{slot}", WHY))
    assert page.status == 422
    assert "They have left the cohort." in page.text


def test_what_is_fixed_is_taken_back_undone_and_done_again(sit: Sit) -> None:
    desk = sit("solved")
    slot = has(desk)
    desk.post(f"{person(desk)}/keep/{slot}", WHY)
    with desk.app.app_context(), reading() as session:
        pair = session.scalars(select(FixedPair.id)).one()
    page = followed(desk, desk.post(f"fixed/{pair}/take-back"))
    assert "It is no longer fixed." in page.text
    assert "Nothing is fixed." in page.text
    assert "Undo: take back what was fixed for Leader 001" in page.text
    taken_back = step(desk)
    page = followed(desk, desk.post("fixed/undo", taken_back))
    assert live(desk) == [("pin", slot)]
    page = followed(desk, desk.post("fixed/redo", taken_back))
    assert live(desk) == []
    assert "It was taken back already." in followed(desk, desk.post(f"fixed/{pair}/take-back")).text


def test_whoever_undoes_second_is_told_so_and_undoes_nothing_else(sit: Sit) -> None:
    desk = sit("solved")
    slot = has(desk)
    desk.post(f"{person(desk)}/keep/{slot}", WHY)
    seen = step(desk)
    desk.post("fixed/undo", seen)
    page = desk.checked(desk.post("fixed/undo", seen))
    assert page.status == 409
    assert "Somebody was quicker" in page.text


def test_a_change_is_shown_before_it_is_made_and_begins_a_run_of_its_own(sit: Sit) -> None:
    desk = sit("solved")
    first, cafe, *_ = slots(desk)
    assert has(desk) == first
    page = desk.get(f"{person(desk)}/change")
    assert "They get now: Food parcels" in page.text
    assert "Memory café" in page.text
    page = desk.get(f"{person(desk)}/change?slot={cafe}")
    assert "Leader 001 would get: Memory café" in page.text
    assert "−1 × 1st choice" in page.text
    answer = desk.post(f"{person(desk)}/change?slot={cafe}", WHY)
    new_run = desk.runs()[-1][0]
    assert answer.location.endswith(f"/runs/{new_run}")
    assert new_run != desk.found.run_id
    desk.change(lambda session: solve_run(session, new_run))
    page = desk.get(f"runs/{new_run}")
    assert f"This list changes run {desk.found.run_id}" in page.text
    assert "Places kept from the run before" in page.text
    assert "2nd choice, fixed by the coordinator" in desk.get(f"runs/{new_run}/leaders").text
    page = followed(desk, desk.post("fixed/undo", step(desk)))
    assert f"This is run {desk.found.run_id}, which goes with it." in page.text
    assert "out of date" not in page.text


def test_a_change_pressed_twice_is_made_once(sit: Sit) -> None:
    desk = sit("solved")
    cafe = slots(desk)[1]
    desk.post(f"{person(desk)}/change?slot={cafe}", WHY)
    page = followed(desk, desk.post(f"{person(desk)}/change?slot={cafe}", WHY))
    assert "The cohort has changed since this run was made." in page.text
    assert len(desk.runs()) == 2


@pytest.mark.parametrize(
    ("state", "words"),
    [("stale", "has changed since this run was made"), ("confirmed", "This run is confirmed")],
)
def test_a_run_that_cannot_be_changed_says_why(sit: Sit, state: str, words: str) -> None:
    desk = sit(state)
    assert words in desk.get(f"{person(desk)}/change").text


def test_a_note_is_kept_changed_and_removed_by_its_writer_alone(sit: Sit) -> None:
    desk = sit("solved")
    page = desk.checked(desk.post("runs/RUN/notes", {"text": ""}))
    assert (page.status, desk.count(RunNote)) == (422, 0)
    page = followed(desk, desk.post("runs/RUN/notes", {"text": "One more seat?"}))
    assert "One more seat?" in page.text
    with desk.app.app_context(), reading() as session:
        note = session.scalars(select(RunNote.id)).one()
    other = colleague(desk)
    assert "One more seat?" in desk.checked(other.get(desk.found.url("runs/RUN"))).text
    assert other.get(desk.found.url(f"runs/RUN/notes/{note}")).status_code == 404
    assert other.post(desk.found.url(f"runs/RUN/notes/{note}/remove")).status_code == 403
    assert "One more seat?" in desk.get(f"runs/RUN/notes/{note}").text
    page = followed(desk, desk.post(f"runs/RUN/notes/{note}", {"text": "Two more?"}))
    assert "Two more?" in page.text
    page = followed(desk, desk.post(f"runs/RUN/notes/{note}/remove"))
    assert "Nothing is noted about this run." in page.text


def approving(desk: Desk) -> Browser:
    """Ask for approval in the cohort of a run that the first coordinator asked for; the second."""

    def ask(session: Any) -> None:
        session.get_one(Cohort, desk.found.cohort_id).second_approval = True
        run = session.get_one(MatchRun, desk.found.run_id)
        coordinator = session.scalars(select(MatchRun.requested_by)).first()
        assert coordinator
        run.requested_by = f"user:{_user(session, desk.found.email)}"

    desk.change(ask)
    return colleague(desk)


def _user(session: Any, email: str) -> int:
    from placement.models import User

    return int(session.scalars(select(User.id).where(User.email == email)).one())


def test_a_run_waits_for_the_approval_of_another_person_who_is_told_on_the_dashboard(sit: Sit) -> None:
    desk = sit("solved")
    other = approving(desk)
    run = desk.found.run_id
    assert f"Run {run} waits for approval" in desk.get("").text
    assert f"Run {run} waits for your approval" in desk.checked(other.get(desk.found.url())).text
    page = desk.get("runs/RUN")
    assert "waits for approval by somebody else" in page.text
    assert "Go on to confirm" not in page.text
    assert "Not approved yet" in desk.get("runs/RUN/confirm").text
    assert desk.post("runs/RUN/confirm").status_code == 409
    assert "You asked for it yourself" in followed(desk, desk.post("runs/RUN/approve")).text
    answer = other.post(desk.found.url("runs/RUN/approve"))
    assert answer.status_code in {302, 303}
    page = desk.get("runs/RUN")
    assert "Approved by" in page.text
    assert "Go on to confirm" in page.text
    assert desk.post("runs/RUN/confirm").status_code in {302, 303}


@pytest.mark.parametrize("state", ["queued", "solving"])
def test_a_run_is_cancelled_while_it_waits_or_is_solved(sit: Sit, state: str) -> None:
    desk = sit(state)
    assert "Cancel this run" in desk.get("runs/RUN").text
    page = followed(desk, desk.post("runs/RUN/cancel"))
    assert f"Run {desk.found.run_id} is cancelled." in page.text
    assert "This run was cancelled, so it has no result." in page.text
    page = followed(desk, desk.post("runs/RUN/cancel"))
    assert "there was nothing to cancel" in page.text


def test_pictures_show_places_and_mix_and_each_can_be_downloaded(sit: Sit) -> None:
    desk = sit("solved")

    def mix(session: Any) -> None:
        session.get_one(Cohort, desk.found.cohort_id).min_sectors = 2
        for number, sector in enumerate(("Hospital", "Hospital", "Council", "Council", "")):
            leader_of(session, desk.found, number).sector = sector

    desk.change(mix)
    desk.post("runs", {"objective": "generous", "seed": "x", "seen": "0"})
    run = desk.runs()[-1][0]
    desk.change(lambda session: solve_run(session, run))
    page = desk.get(f"runs/{run}/pictures")
    assert "at least 2 sectors on each day" in page.text
    assert "Target met" in page.text
    assert "2 of 2" in page.text
    assert desk.csv(f"runs/{run}/pictures/choices.csv")[0] == ["Choice", "Days"]
    head, *rows = desk.csv(f"runs/{run}/pictures/places.csv?show=all")
    assert head[-3:] == ["Places filled", "Places", "Fewest"]
    assert len(rows) == 3
    head, *rows = desk.csv(f"runs/{run}/pictures/mix.csv")
    assert head[-4:] == ["Sector", "People", "Organisations", "Sectors wanted"]
    assert {row[5] for row in rows} >= {"Hospital", "Council"}
    assert desk.browser.get(desk.found.url(f"runs/{run}/pictures/none.csv")).status_code == 404


def test_the_places_of_a_run_stand_on_a_map_with_the_numbers_of_its_table(sit: Sit) -> None:
    desk = sit("solved")
    run = desk.runs()[-1][0]

    def somewhere(session: Any) -> None:
        for number, site in enumerate(session.scalars(select(Site).order_by(Site.id))):
            site.address, site.latitude, site.longitude = f"{number} Sea View", 53.8 + number / 100, -3.0
            if number == 2:
                site.latitude = site.longitude = None

    desk.change(somewhere)
    page = desk.get(f"runs/{run}/map")
    head, *rows = desk.csv(f"runs/{run}/map.csv")
    assert head == ["Number", "Partner", "Place", "Days", "People", "Places"]
    assert sum(int(row[4]) for row in rows) == placed(desk, run)
    assert [row[0] for row in page.rows()[1:]] == [row[0] for row in rows]
    drawn = desk.browser.get(desk.found.url(f"runs/{run}/map.svg"))
    assert drawn.mimetype == "image/svg+xml"
    known = [row for row in rows if row[2] != "2 Sea View"]
    assert drawn.get_data(as_text=True).count("app-map__marker") == len(known) > 0


def test_the_board_asks_as_many_questions_for_many_leaders_as_for_few(sit: Sit, site: Flask) -> None:
    counts = []
    for leaders in (6, 40):
        desk = sit("empty")
        run = matched(desk, leaders, capacity=50)
        counts.append(asked(site, desk, run))
    assert counts[0] == counts[1]


def placed(desk: Desk, run: int) -> int:
    """How many days a run gives."""
    with desk.app.app_context(), reading() as session:
        return session.scalar(select(func.count()).where(Assignment.match_run_id == run)) or 0


def asked(site: Flask, desk: Desk, run: int) -> list[int]:
    """How many queries each page takes, with something fixed and noted."""
    with desk.app.app_context(), reading() as session:
        leaders = [pair.leader_id for pair in session.get_one(MatchRun, run).assignments]
        slot = session.get_one(MatchRun, run).assignments[0].slot_id
    desk.post(f"runs/{run}/leaders/{leaders[0]}/keep/{slot}", WHY)
    numbers = []
    for path in (f"runs/{run}", "fixed", f"runs/{run}/pictures", f"runs/{run}/leaders/{leaders[0]}"):
        with queries_of(site) as said:
            desk.get(path)
        numbers.append(len(said))
    return numbers
