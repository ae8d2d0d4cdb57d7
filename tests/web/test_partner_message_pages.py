"""A partner writes to everybody who comes: the text, what it is like, sending it, and what is in the way."""

from datetime import UTC, datetime, timedelta

import pytest

from placement.db import reading
from placement.models import Slot
from tests.web.browsing import Browser
from tests.web.hosting import begin, come, owed
from tests.web.page import Page, check_page
from tests.web.partners import JUNE, Partners, partner

__all__ = ["partner"]

TEXT = "Come to the back door & ring.\n\nBring <b>warm</b> things."
HOUR = timedelta(hours=1)


@pytest.fixture
def day(partner: Partners) -> int:
    """A day to which two people come, one of whom has said that they cannot."""
    slot_id = partner.make_day()
    come(partner, slot_id, "Joanne Webster")
    come(partner, slot_id, "Scott Williams", partstat="DECLINED")
    return slot_id


def look(partner: Partners, day: int, text: str = TEXT) -> Page:
    form = partner.get(f"days/{day}/message").forms[-1]
    return partner.post(f"days/{day}/message", {**form.values, "text": text, "step": "look"})


def send(partner: Partners, day: int, text: str = TEXT) -> str | None:
    form = look(partner, day, text).forms[-1]
    answer = partner.browser.post(f"{partner.url}days/{day}/message", {**form.values, "step": "send"})
    return answer.location


def test_the_day_and_who_is_coming_lead_to_it(partner: Partners, day: int) -> None:
    where = f"{partner.url}days/{day}/message"
    assert partner.get(f"days/{day}").links["Write to everybody who comes"] == where
    assert where in partner.get("who-is-coming").links.values()
    page = partner.get(f"days/{day}/message")
    assert page.h1 == "Write to everybody who comes"
    assert "Joanne Webster and Scott Williams" in page.text
    assert "About your day at Seaport Food Bank on" in page.text


def test_without_a_text_or_with_too_much_it_goes_no_further(partner: Partners, day: int) -> None:
    assert list(look(partner, day, "  ").errors.values()) == ["Enter your message"]
    long = look(partner, day, "x" * 2001)
    assert (long.status, long.errors) == (422, {"text": "Use 2000 characters or fewer"})
    assert long.forms[-1].values["text"] == "x" * 2001
    assert look(partner, day, "x" * 2000).h1 == "Check your message"


def test_it_is_shown_before_it_goes_to_whom_and_how_it_reads(partner: Partners, day: int) -> None:
    page = look(partner, day)
    assert page.h1 == "Check your message"
    assert "It goes to 2 people" in page.text
    assert "Bring <b>warm</b> things." in page.text, "what was typed is text, not markup"
    assert "Scott Williams: has said that they cannot come" in page.text
    assert "Who answers the e-mail reaches your coordinator, and can call you on" in page.text
    assert owed(partner, "partner_message") == []


def test_one_press_sends_it_and_a_second_sends_nothing(partner: Partners, day: int) -> None:
    sent = {**look(partner, day).forms[-1].values, "step": "send"}
    for said in ("Your message is on its way to 2 people.", "nothing was sent a second time"):
        answer = partner.browser.post(f"{partner.url}days/{day}/message", sent)
        assert (answer.status_code, answer.location) == (303, f"{partner.url}days/{day}")
        assert said in partner.get(f"days/{day}").text
    mails = owed(partner, "partner_message")
    assert [mail.payload["text"] for mail in mails] == [TEXT, TEXT]
    assert "people.example" not in partner.get(f"days/{day}/message").text


def test_going_back_to_the_text_keeps_it(partner: Partners, day: int) -> None:
    form = look(partner, day).forms[-1]
    page = partner.post(f"days/{day}/message", {**form.values, "step": "edit"})
    assert page.forms[-1].values["text"] == TEXT


def test_who_joined_meanwhile_is_shown_first_and_nothing_is_sent(partner: Partners, day: int) -> None:
    form = look(partner, day).forms[-1]
    come(partner, day, "Wanda Late")
    page = partner.post(f"days/{day}/message", {**form.values, "step": "send"})
    assert page.status == 409
    assert "It goes to 3 people" in page.text
    assert "so nothing was sent" in page.text
    assert owed(partner, "partner_message") == []
    newer = page.forms[-1]
    assert newer.values["text"] == TEXT
    partner.browser.post(f"{partner.url}days/{day}/message", {**newer.values, "step": "send"})
    assert len(owed(partner, "partner_message")) == 3


def test_a_fourth_message_within_a_day_is_refused_and_not_lost(partner: Partners, day: int) -> None:
    old = look(partner, day, "The fourth").forms[-1].values
    form = partner.get(f"days/{day}/message").forms[-1].values
    for number in range(3):
        send(partner, day, f"Message {number}")
    page = partner.get(f"days/{day}/message")
    assert "3 messages have gone to these people within 24 hours." in page.text
    assert "Message 2" in page.text
    assert "chloe@programme.example" in page.links
    for sent in ({**old, "step": "send"}, {**form, "text": "The fourth", "step": "look"}):
        refused = partner.post(f"days/{day}/message", sent)
        assert refused.status == 422
        assert "The next one can go from" in refused.errors["text"]
        assert refused.forms[-1].values["text"] == "The fourth"
    assert len(owed(partner, "partner_message")) == 6


def test_a_day_without_people_or_one_that_is_over_says_so(partner: Partners, day: int) -> None:
    form = look(partner, day).forms[-1]
    empty = partner.make_day(starts_at=JUNE + timedelta(days=7))
    assert "This day has nobody on it" in partner.get(f"days/{empty}/message").text
    assert "Write to everybody who comes" not in partner.get(f"days/{empty}").links
    now = datetime.now(UTC)
    begin(partner, day, now - 3 * HOUR, now - HOUR)
    for step in ("look", "send"):
        answer = partner.browser.post(f"{partner.url}days/{day}/message", {**form.values, "step": step})
        assert answer.location == f"{partner.url}days/{day}/message"
        page = partner.get(f"days/{day}/message")
        assert "Nothing was sent. This day is over, so there is nobody to write to." in page.text
    assert owed(partner, "partner_message") == []


def test_the_coordinator_reads_on_the_days_page_what_was_sent(partner: Partners, day: int) -> None:
    send(partner, day)
    with partner.app.app_context(), reading() as session:
        cohort_id = session.get_one(Slot, day).cohort_id
    chloe = Browser(partner.app, email="chloe@programme.example")
    page = check_page(chloe.get(f"/coordinator/{cohort_id}/days/{day}"))
    assert "What the partner wrote to everybody who comes" in page.text
    assert "Bring <b>warm</b> things." in page.text
    assert page.links["Joanne Webster"]
    kinds = check_page(chloe.get(f"/coordinator/{cohort_id}/sending"))
    assert "Message from a partner" in kinds.text
