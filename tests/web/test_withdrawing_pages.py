"""A partner who cannot host takes a day back although people come: what is asked, shown and done."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from placement.db import reading
from placement.models import Withdrawal
from tests.web.browsing import Browser
from tests.web.hosting import begin, come, leave, owed, tell_partner
from tests.web.page import Page, check_page
from tests.web.partners import Partners, partner

__all__ = ["partner"]

SAID = {"reason": "staff", "words": "Two drivers are away.\nThe week after suits us."}
HOUR = timedelta(hours=1)


@pytest.fixture
def day(partner: Partners) -> int:
    """A day to which two people come, who have had their invites."""
    slot_id = partner.make_day()
    come(partner, slot_id, "Joanne Webster")
    come(partner, slot_id, "Scott Williams")
    tell_partner(partner, slot_id)
    return slot_id


def look(partner: Partners, day: int, **said: str) -> Page:
    """From the question to what it would do."""
    form = partner.get(f"days/{day}/withdraw").forms[-1]
    return partner.post(f"days/{day}/withdraw", {**form.values, **SAID, **said, "step": "look"})


def kept(partner: Partners) -> list[Withdrawal]:
    with partner.app.app_context(), reading() as session:
        rows = list(session.scalars(select(Withdrawal)))
        session.expunge_all()
        return rows


def test_the_question_names_who_is_coming_and_asks_for_a_reason_that_blames_nobody(
    partner: Partners, day: int
) -> None:
    page = partner.get(f"days/{day}/withdraw")
    assert page.h1 == "Withdraw this day"
    assert "Joanne Webster and Scott Williams" in page.text
    assert "Not enough staff or volunteers" in page.labels.values()
    assert partner.get(f"days/{day}").links["Withdraw this day"] == f"{partner.url}days/{day}/withdraw"


def test_without_a_reason_or_with_too_many_words_it_goes_no_further(partner: Partners, day: int) -> None:
    page = look(partner, day, reason="", words="x" * 501)
    assert page.status == 422
    assert list(page.errors.values()) == ["Choose a reason", "Use 500 characters or fewer"]
    assert look(partner, day, reason="lazy").status == 422
    assert partner.slot().status == "open"


def test_what_it_would_do_is_told_before_anything_is_done(partner: Partners, day: int) -> None:
    come(partner, day, "Wanda Waiting", told=False)
    page = look(partner, day)
    assert page.h1 == "What it would do"
    for said in (
        "3 people lose their day",
        "Wanda Waiting: was not told of the day yet, so hears nothing",
        "2 people each get an e-mail that cancels the invite",
        "the entries in their calendars are cancelled",
        "Seaport Food Bank cannot host anybody on this day. It has nothing to do with you.",
        "Your coordinator gets an e-mail with the reason, and is asked to find these people another place.",
        "You get an e-mail that says who no longer comes.",
        "A withdrawn day does not come back by itself",
        "offer it again: add a day with the same date and start",
        "Two drivers are away.",
    ):
        assert said in page.text, said
    assert partner.slot().status == "open"
    assert (kept(partner), owed(partner, "placement_cancelled")) == ([], [])


def test_once_places_are_decided_the_way_back_leads_by_the_coordinator(partner: Partners, day: int) -> None:
    partner.decide()
    page = look(partner, day)
    assert "ask your coordinator to offer the day again" in page.text
    assert "chloe@programme.example" in page.links


def test_one_press_does_it_and_a_second_is_harmless(partner: Partners, day: int) -> None:
    form = look(partner, day).forms[-1]
    sent = {**form.values, "step": "save"}
    for _ in range(2):
        answer = partner.browser.post(f"{partner.url}days/{day}/withdraw", sent)
        assert (answer.status_code, answer.location) == (303, f"{partner.url}days/{day}")
    (row,) = kept(partner)
    assert (row.reason, row.words, row.people) == ("staff", SAID["words"], 2)
    assert len(owed(partner, "placement_cancelled")) == 2
    assert [mail.status for mail in owed(partner, "who_is_coming")] == ["sent", "todo"]
    assert partner.slot().status == "withdrawn"


def test_the_day_says_afterwards_what_was_done_and_the_back_button_does_nothing(
    partner: Partners, day: int
) -> None:
    form = look(partner, day).forms[-1]
    partner.browser.post(f"{partner.url}days/{day}/withdraw", {**form.values, "step": "save"})
    page = partner.get(f"days/{day}")
    assert "The day is withdrawn. 2 people get an e-mail." in page.text
    assert "not enough staff or volunteers" in page.text
    for step in ("look", "save"):
        again = partner.browser.post(f"{partner.url}days/{day}/withdraw", {**form.values, "step": step})
        assert again.status_code == 303
    assert "This day is withdrawn already." in partner.get(f"days/{day}/withdraw").text
    assert len(owed(partner, "placement_cancelled")) == 2
    assert "Withdraw this day" not in partner.get(f"days/{day}").links


def test_the_reason_can_be_changed_before_and_is_not_lost(partner: Partners, day: int) -> None:
    form = look(partner, day).forms[-1]
    page = partner.post(f"days/{day}/withdraw", {**form.values, "step": "edit"})
    assert page.status == 200
    values = page.forms[-1].values
    assert (values["reason"], values["words"]) == (SAID["reason"], SAID["words"])


def test_who_joined_meanwhile_is_shown_first_and_nothing_is_done(partner: Partners, day: int) -> None:
    form = look(partner, day).forms[-1]
    come(partner, day, "Wanda Late")
    page = partner.post(f"days/{day}/withdraw", {**form.values, "step": "save"})
    assert page.status == 409
    assert "This day, or who is coming, has changed" in page.text
    assert "3 people lose their day" in page.text
    assert (kept(partner), partner.slot().status) == ([], "open")
    newer = page.forms[-1]
    partner.browser.post(f"{partner.url}days/{day}/withdraw", {**newer.values, "step": "save"})
    assert [row.people for row in kept(partner)] == [3]


def test_where_everybody_left_meanwhile_the_plain_question_is_asked_instead(
    partner: Partners, day: int
) -> None:
    form = look(partner, day).forms[-1]
    leave(partner, day)
    page = partner.post(f"days/{day}/withdraw", {**form.values, "step": "save"})
    assert page.status == 409
    assert "Nobody has been placed on it" in page.text
    looked = partner.browser.post(f"{partner.url}days/{day}/withdraw", {**form.values, "step": "look"})
    assert looked.location == f"{partner.url}days/{day}/withdraw"
    partner.browser.post(f"{partner.url}days/{day}/withdraw", page.forms[-1].values)
    assert (partner.slot().status, kept(partner)) == ("withdrawn", [])


def test_the_plain_page_of_an_empty_day_asks_why_once_somebody_comes(partner: Partners) -> None:
    slot_id = partner.make_day()
    plain = partner.get(f"days/{slot_id}/withdraw").forms[-1]
    come(partner, slot_id, "Joanne Webster")
    page = partner.post(f"days/{slot_id}/withdraw", plain.values)
    assert page.status == 409
    assert "Why can you not host this day?" in page.text
    assert partner.slot().status == "open"


def test_a_day_that_has_begun_says_why_not_and_whom_to_ask(partner: Partners, day: int) -> None:
    form = look(partner, day).forms[-1]
    now = datetime.now(UTC)
    begin(partner, day, now - HOUR, now + HOUR)
    answer = partner.browser.post(f"{partner.url}days/{day}/withdraw", {**form.values, "step": "save"})
    assert answer.location == f"{partner.url}days/{day}/withdraw"
    page = partner.get(f"days/{day}/withdraw")
    assert "This day has begun, so it can no longer be withdrawn." in page.text
    assert "chloe@programme.example" in page.links
    begin(partner, day, now - 3 * HOUR, now - HOUR)
    assert "This day is over, so it can no longer be withdrawn." in partner.get(f"days/{day}/withdraw").text
    assert (kept(partner), partner.slot().status) == ([], "open")


def test_the_coordinator_sees_who_withdrew_why_and_who_needs_another_day(partner: Partners, day: int) -> None:
    form = look(partner, day).forms[-1]
    partner.browser.post(f"{partner.url}days/{day}/withdraw", {**form.values, "step": "save"})
    chloe = Browser(partner.app, email="chloe@programme.example")
    with partner.app.app_context(), reading() as session:
        cohort_id = session.scalars(select(Withdrawal.cohort_id)).one()
    start = check_page(chloe.get(f"/coordinator/{cohort_id}/"))
    assert "Not enough staff or volunteers. 2 people still need another day" in start.text
    where = next(url for text, url in start.links.items() if text.startswith("Seaport Food Bank withdrew"))
    page = check_page(chloe.get(where))
    assert "Seaport Food Bank withdrew it on" in page.text
    assert "Two drivers are away." in page.text
    assert "Joanne Webster, who needs another day" in page.text
    actions = {form.action for form in page.forms}
    assert {f"/coordinator/{cohort_id}/repair", f"{where}/withdrawal/put-away"} <= actions
    for _ in range(2):
        assert chloe.post(f"{where}/withdrawal/put-away").location == where
    assert "Seaport Food Bank withdrew" not in check_page(chloe.get(f"/coordinator/{cohort_id}/")).text
    kept_page = check_page(chloe.get(where))
    assert "Seaport Food Bank withdrew it on" in kept_page.text
    assert f"{where}/withdrawal/put-away" not in {form.action for form in kept_page.forms}
