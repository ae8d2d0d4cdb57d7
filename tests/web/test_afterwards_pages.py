"""The pages after a day: feedback of partners and leaders, reflections and who reads them."""

from collections.abc import Callable

import pytest
from flask import Flask

from tests.web.begun_day import ADA, COORDINATOR, PARTNER, BegunDay, make_begun_day
from tests.web.browsing import Browser
from tests.web.page import Page, check_page, record_unknown_names

Visit = Callable[..., Browser]


@pytest.fixture
def day(site: Flask) -> BegunDay:
    return make_begun_day(site)


@pytest.fixture
def partner(day: BegunDay, visit: Visit) -> Browser:
    return visit(email=PARTNER)


@pytest.fixture
def ada(day: BegunDay, visit: Visit) -> Browser:
    return visit(email=ADA)


def read(browser: Browser, path: str) -> Page:
    unknown = record_unknown_names(browser.app)
    page = check_page(browser.get(path))
    assert unknown == []
    return page


def write(browser: Browser, day: BegunDay, **form: str) -> Page:
    """Send a reflection, and look at the page after."""
    answer = browser.post(f"{day.leader}/reflection", {"seen": "0", "do": "finish", **form})
    return check_page(answer) if answer.status_code != 303 else read(browser, answer.location)


def test_a_partner_gives_feedback_and_changes_it(day: BegunDay, partner: Browser) -> None:
    path = f"{day.partner}/afterwards"
    assert "Thank you for having 3 leaders with you." in read(partner, path).text
    page = check_page(partner.post(path, {"seen": "0"}))
    assert set(page.errors.values()) == {"Say how the day went", "Say whether you would host again"}
    form = {"seen": "0", "went": "2", "again": "maybe", "words": "Bus", "call_me": "y"}
    assert partner.post(path, form).status_code == 303
    page = read(partner, path)
    assert page.form_to(path).values["seen"] == "1"
    chosen = [e.get("value") for e in page.root.iter("input") if e.get("checked") is not None]
    assert chosen == ["2", "maybe", "y"]


def test_an_older_page_of_feedback_shows_both(day: BegunDay, partner: Browser) -> None:
    day.say(went=5, words="All well.")
    path = f"{day.partner}/afterwards"
    page = check_page(partner.post(path, {"seen": "0", "went": "1", "again": "no", "words": "Never"}))
    assert page.status == 409
    assert "All well." in page.text
    assert "Never" in page.text
    assert page.form_to(path).values["seen"] == "1"


def test_feedback_is_read_only_before_the_day_and_after_closing(
    day: BegunDay, partner: Browser, ada: Browser
) -> None:
    early = f"/partner/{day.partner_id}/days/{day.later_id}/afterwards"
    assert "from the morning of the day on" in read(partner, early).text
    later = f"/leader/{day.leader_ids[0]}/placement/{day.later_placement_id}"
    assert "from the morning of the day on" in read(ada, f"{later}/feedback").text
    day.say(went=5, words="All well.")
    day.close()
    for browser, path in ((partner, f"{day.partner}/afterwards"), (ada, f"{day.leader}/feedback")):
        page = read(browser, path)
        assert "closed feedback on Monday 1 June 2026" in page.text
        assert [form.action for form in page.forms] == ["/sign-out"]
        answer = browser.post(path, {"seen": "0", "went": "1", "again": "no"})
        assert "no longer changed" in read(browser, answer.location).text


def test_a_leader_gives_feedback(day: BegunDay, ada: Browser) -> None:
    path = f"{day.leader}/feedback"
    assert check_page(ada.post(path, {"seen": "0"})).errors == {"went": "Say how the day went"}
    assert ada.post(path, {"seen": "0", "went": "5", "words": "Longer"}).status_code == 303
    assert "Longer" in read(ada, path).text
    page = check_page(ada.post(path, {"seen": "0", "went": "1", "words": "Shorter"}))
    assert (page.status, "Longer" in page.text, "Shorter" in page.text) == (409, True, True)


def test_before_the_day_a_reflection_says_when_it_opens(day: BegunDay, ada: Browser) -> None:
    path = f"/leader/{day.leader_ids[0]}/placement/{day.later_placement_id}/reflection"
    assert "from its morning on" in read(ada, path).text
    answer = ada.post(path, {"seen": "0", "do": "finish", "saw": "Nothing"})
    assert "from the morning of the day on" in read(ada, answer.location).text


def test_a_draft_is_kept_and_an_empty_one_cannot_be_finished(day: BegunDay, ada: Browser) -> None:
    assert write(ada, day).errors == {"saw": "Write an answer to at least one question first."}
    page = write(ada, day, do="draft", saw="Half a thought")
    assert "Your draft is saved. Nobody else can read it." in page.text
    assert "Half a thought" in page.text
    assert "Finished" in write(ada, day, seen="1", saw="Whole").text


def test_who_may_read_is_asked_for_each_by_itself_and_nobody_is_ticked(day: BegunDay, ada: Browser) -> None:
    page = read(ada, f"{day.leader}/reflection")
    boxes = [e for e in page.root.iter("input") if e.get("type") == "checkbox"]
    assert [e.get("name") for e in boxes] == ["to_partner", "to_coordinator", "to_evaluators"]
    assert not any(e.get("checked") for e in boxes)


def test_taking_consent_back_takes_it_from_the_reader_at_once(
    day: BegunDay, ada: Browser, partner: Browser, visit: Visit
) -> None:
    desk = visit(email=COORDINATOR)
    pages = ((partner, f"{day.partner}/afterwards"), (desk, f"{day.desk}/reflections"))
    write(ada, day, saw="How a kitchen runs.", to_partner="y", to_coordinator="y")
    for browser, path in pages:
        assert "How a kitchen runs." in read(browser, path).text
    write(ada, day, saw="How a kitchen runs.", seen="1", to_evaluators="y")
    for browser, path in pages:
        assert "How a kitchen runs." not in read(browser, path).text


def test_an_older_page_of_a_reflection_shows_both(day: BegunDay, ada: Browser) -> None:
    day.reflect(answers={"saw": "First words"})
    page = write(ada, day, saw="Other words")
    assert page.status == 409
    assert "First words" in page.text
    assert "Other words" in page.text
    assert page.form_to(f"{day.leader}/reflection").values["seen"] == "1"


def test_a_reflection_is_erased_after_a_question_that_says_for_whom(day: BegunDay, ada: Browser) -> None:
    day.reflect(to_partner=True, to_evaluators=True)
    path = f"{day.leader}/reflection/delete"
    page = read(ada, path)
    assert "It is gone for the partner and the evaluators too." in page.text
    answer = ada.post(path, page.form_to(path).values)
    assert "Your reflection is erased." in read(ada, answer.location).text
    assert ada.get(path).status_code == 404


def test_an_older_question_erases_nothing(day: BegunDay, ada: Browser) -> None:
    day.reflect(answers={"saw": "First words"})
    answer = ada.post(f"{day.leader}/reflection/delete", {"seen": "0"})
    assert "First words" in read(ada, answer.location).text


def test_a_leader_has_an_own_record_as_page_and_as_text(day: BegunDay, ada: Browser) -> None:
    assert ada.get(f"{day.leader}/reflection/record").status_code == 404
    day.reflect(answers={"saw": "Bread & <butter>"})
    assert "Bread & <butter>" in read(ada, f"{day.leader}/reflection/record").text
    answer = ada.get(f"{day.leader}/reflection.txt")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="reflection.txt"'
    assert "What did you see?\nBread & <butter>\n" in answer.get_data(as_text=True)
    assert "Name: Ada Abbot" in answer.get_data(as_text=True)


def test_the_tasks_of_a_leader_lead_to_the_reflection_until_it_is_finished(
    day: BegunDay, ada: Browser
) -> None:
    home, start = "Write your reflection: Fylde Coast", "Write my reflection"
    path = f"{day.leader}/reflection"
    assert read(ada, "/home").links[home] == path
    assert read(ada, f"/leader/{day.leader_ids[0]}/").links[start] == path
    assert "0 of 1 reflection finished" in read(ada, "/home").text
    day.reflect()
    assert "1 of 1 reflection finished" in read(ada, "/home").text
    assert path in read(ada, f"/leader/{day.leader_ids[0]}/placement").links.values()
