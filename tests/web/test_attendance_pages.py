"""The partner's pages about who came: a tap for each person, one form for all, the day sheet's address."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask import Flask

from placement.db import unit_of_work
from placement.models import Slot
from tests.factories.people import make_leader
from tests.factories.placements import make_placement
from tests.web.begun_day import ADA, COORDINATOR, PARTNER, BegunDay, make_begun_day
from tests.web.browsing import Browser
from tests.web.coordinator_desk import queries_of
from tests.web.page import Page, check_page, record_unknown_names

Visit = Callable[..., Browser]


@pytest.fixture
def day(site: Flask) -> BegunDay:
    return make_begun_day(site)


@pytest.fixture
def partner(day: BegunDay, visit: Visit) -> Browser:
    return visit(email=PARTNER)


def read(browser: Browser, path: str) -> Page:
    unknown = record_unknown_names(browser.app)
    page = check_page(browser.get(path))
    assert unknown == []
    return page


def tap(browser: Browser, day: BegunDay, number: int, state: str, seen: int = 0) -> Page:
    """Press one of a person's buttons, and look at the page after."""
    who = f"leader:{day.leader_ids[number]}"
    answer = browser.post(
        f"{day.partner}/attendance", {"who": who, f"state-{who}": state, f"seen-{who}": seen}
    )
    if answer.status_code != 303:
        return check_page(answer)
    assert answer.location == f"{day.partner}/attendance#person-{who.replace(':', '-')}"
    return read(browser, answer.location.partition("#")[0])


def pressed(page: Page) -> list[bool]:
    """Of each button of each person, whether it is the one that holds."""
    return [e.get("aria-pressed") == "true" for e in page.by_class("app-move")]


def test_one_tap_marks_one_person_and_a_second_one_does_no_harm(day: BegunDay, partner: Browser) -> None:
    page = tap(partner, day, 0, "came")
    assert "Ada Abbot: Came." in page.text
    assert pressed(page) == [True, *[False] * 11]
    tap(partner, day, 0, "came")
    assert day.states() == [("came", None)]


def test_who_did_not_come_may_be_given_a_reason_and_nobody_has_to(day: BegunDay, partner: Browser) -> None:
    page = tap(partner, day, 1, "absent")
    assert "Nobody is blamed for it" in page.text
    who = f"leader:{day.leader_ids[1]}"
    form = {"who": who, f"state-{who}": "absent", f"reason-{who}": "ill", f"seen-{who}": "1"}
    assert partner.post(f"{day.partner}/attendance", form).status_code == 303
    assert day.states() == [("absent", "ill")]


def test_an_older_page_saves_nothing_and_shows_both_marks(day: BegunDay, partner: Browser) -> None:
    day.mark(0, state="late", marked_by="coordinator")
    page = tap(partner, day, 0, "came")
    assert page.status == 409
    assert "Somebody else has marked Ada Abbot" in page.text
    assert "Now it says: came late (marked by the coordinator" in page.text
    assert "You chose: came." in page.text
    assert day.states() == [("late", None)]
    tap(partner, day, 0, "came", seen=1)
    assert day.states() == [("came", None)]


def test_all_people_are_saved_by_one_button(day: BegunDay, partner: Browser) -> None:
    action = f"{day.partner}/attendance"
    page = read(partner, f"{action}/all")
    form: dict[str, object] = dict(page.form_to(action).values)
    ids = [f"leader:{leader_id}" for leader_id in day.leader_ids]
    form["who"] = ids
    for who, state in zip(ids, ("came", "absent", ""), strict=True):
        form[f"state-{who}"] = state
    form[f"reason-{ids[1]}"] = "travel"
    form[f"note-{ids[1]}"] = "Train"
    answer = partner.post(action, form)
    assert "Saved for 2 people." in read(partner, answer.location).text
    assert day.states() == [("came", None), ("absent", "travel")]
    assert 'value="Train"' in partner.get(f"{action}/all").text


def test_an_older_form_of_all_saves_nothing_and_keeps_what_was_typed(day: BegunDay, partner: Browser) -> None:
    day.mark(0, state="late")
    ids = [f"leader:{leader_id}" for leader_id in day.leader_ids]
    form: dict[str, object] = {"all": "yes", "who": ids, **{f"state-{who}": "came" for who in ids}}
    page = check_page(partner.post(f"{day.partner}/attendance", form))
    assert page.status == 409
    assert page.h1 == "Who came: all on one form"
    chosen = [e.get("value") for e in page.root.iter("input") if e.get("checked") is not None]
    assert chosen == ["came", "came", "came"]
    assert day.states() == [("late", None)]


def test_somebody_who_was_not_expected_is_put_on_the_list_and_taken_off(
    day: BegunDay, partner: Browser
) -> None:
    path = f"{day.partner}/attendance/extra"
    page = check_page(partner.post(path, {"name": "", "organisation": "Council"}))
    assert page.errors == {"name": "Enter the name of the person who came"}
    assert partner.post(path, {"name": "Una", "organisation": "Council"}).status_code == 303
    page = read(partner, f"{day.partner}/attendance")
    assert "Council, extra person" in page.text
    form = next(form for form in page.forms if form.values.get("who", "").startswith("extra:"))
    who = form.values["who"]
    partner.post(form.action, {"who": who, f"state-{who}": "", f"seen-{who}": "1"})
    assert "Una" not in read(partner, f"{day.partner}/attendance").text
    assert day.states() == []


def test_before_the_morning_and_after_closing_the_pages_are_read_only_and_say_whom_to_ask(
    day: BegunDay, partner: Browser
) -> None:
    early = f"/partner/{day.partner_id}/days/{day.later_id}/attendance"
    for path in (early, f"{early}/all", f"{early}/extra"):
        assert "from the morning of the day on" in read(partner, path).text
    assert partner.post(early, {"who": f"leader:{day.leader_ids[0]}"}).status_code == 303
    day.mark(1, state="absent", reason="ill")
    day.close()
    for path in ("attendance", "attendance/all", "attendance/extra"):
        page = read(partner, f"{day.partner}/{path}")
        assert "Your coordinator closed this list on Monday 1 June 2026" in page.text
        assert COORDINATOR in page.text
        assert [form.action for form in page.forms] == ["/sign-out"]
    who = f"leader:{day.leader_ids[0]}"
    answer = partner.post(f"{day.partner}/attendance", {"who": who, f"state-{who}": "came"})
    assert "no longer changed" in read(partner, answer.location).text
    assert partner.post(f"{day.partner}/attendance/extra", {"name": "Una"}).status_code == 303
    assert day.states() == [("absent", "ill")]


def test_the_number_of_queries_does_not_grow_with_the_people(day: BegunDay, partner: Browser) -> None:
    path = f"{day.partner}/attendance"
    read(partner, path)
    with queries_of(day.app) as few:
        read(partner, path)
    with day.app.app_context(), unit_of_work() as session:
        slot = session.get_one(Slot, day.slot_id)
        for _ in range(3):
            leader = make_leader(session, cohort=slot.opportunity.partner.cohort)
            make_placement(session, leader=leader, slot=slot)
    day.mark(0, state="came")
    with queries_of(day.app) as more:
        read(partner, path)
    assert len(more) == len(few)


def test_the_sheet_leads_to_the_page_by_a_picture_and_a_short_address(
    day: BegunDay, partner: Browser
) -> None:
    page = read(partner, f"{day.partner}/sheet")
    assert f"http://127.0.0.1:8000/day/{day.slot_id}" in page.text
    assert len(page.by_class("app-qr")) == 1


def test_the_short_address_leads_each_to_their_own_page_and_strangers_nowhere(
    day: BegunDay, visit: Visit
) -> None:
    short = f"/day/{day.slot_id}"
    assert visit(email=PARTNER).get(short).location == f"{day.partner}/attendance"
    assert visit(email=ADA).get(short).location == f"/leader/{day.leader_ids[0]}/placement"
    desk = f"{day.desk}/days/{day.slot_id}/attendance"
    assert visit(email=COORDINATOR).get(short).location == desk
    assert visit().get(short).location == f"/sign-in?next=/day/{day.slot_id}"
    assert visit(email="ben@people.example").get(f"/day/{day.later_id}").status_code == 404


def test_home_says_that_somebody_is_not_marked_yet(day: BegunDay, partner: Browser) -> None:
    page = read(partner, "/home")
    assert page.links["Seaport Food Bank: say who came"] == f"{day.partner}/attendance"
    for number in range(3):
        day.mark(number, state="came", marked_at=datetime.now(UTC))
    assert "say who came" not in read(partner, "/home").text
