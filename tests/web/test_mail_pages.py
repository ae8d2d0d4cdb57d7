"""The mails of a season on the coordinator's pages: words, switches, previews, tests, reminding at once."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from placement.db import reading
from placement.domain.mails import LONGEST_INTRO, SEASON_MAILS
from placement.models import Cohort, Leader, Message, Wording
from placement.services import invites
from tests.factories.letters import make_opt_out
from tests.web.cohort_states import now
from tests.web.coordinator_desk import Desk, Sit, seats
from tests.web.page import check_page

KINDS = [mail.kind for mail in SEASON_MAILS]


@pytest.fixture
def sit(site: Flask) -> Sit:
    return seats(site)


def messages(desk: Desk) -> list[tuple[str, str, Any]]:
    with desk.app.app_context(), reading() as session:
        rows = session.scalars(select(Message).order_by(Message.id)).all()
        return [(row.kind, row.recipient, row.cohort_id) for row in rows]


def versions(desk: Desk) -> list[tuple[str, str, bool, int]]:
    with desk.app.app_context(), reading() as session:
        rows = session.scalars(select(Wording).order_by(Wording.kind)).all()
        return [(row.kind, row.intro, row.goes, row.version) for row in rows]


def test_all_mails_are_listed_with_when_they_go_and_to_whom(sit: Sit) -> None:
    desk = sit("confirmed")
    assert "Mails of the season: what goes when, in which words" in desk.get().links
    rows = desk.get("mails").rows()[1:]
    assert [row[0] for row in rows] == [mail.name for mail in SEASON_MAILS]
    by_name = {row[0]: row[1:] for row in rows}
    assert by_name["Your day is near"][1:] == [
        "7 days and 1 day before their day, at 9am",
        "As they are",
        "On",
        "0",
    ]
    assert by_name["Invite"][3] == "Always"


@pytest.mark.parametrize("state", ["confirmed", "filled", "empty"])
def test_each_mail_is_shown_as_people_get_it(sit: Sit, state: str) -> None:
    desk = sit(state)
    for kind in KINDS:
        page = desk.get(f"mails/{kind}")
        html = desk.browser.get(desk.found.url(f"mails/{kind}/html"))
        assert html.headers["Content-Security-Policy"].endswith("sandbox")
        if state == "empty":
            assert "there is nothing to show" in page.text
            assert html.get_data(as_text=True) == ""
            continue
        assert "Hello" in page.text
        assert "Hello" in html.get_data(as_text=True)
        assert ("BEGIN:VCALENDAR" in page.text) == is_invite(kind)


def is_invite(kind: str) -> bool:
    return kind in invites.KINDS


def test_a_coordinators_words_stand_in_the_preview_and_a_switched_off_mail_says_so(sit: Sit) -> None:
    desk = sit("confirmed")
    path = "mails/placement_reminder"
    form = desk.get(path).form_to(desk.found.url(path))
    assert form.values["goes"] == "y"
    answer = desk.post(path, {"intro": "Bring <b>boots</b> & a coat.\n", "seen": form.values["seen"]})
    assert answer.status_code == 303
    page = desk.get(path)
    assert "Saved." in page.text
    assert "Hello Leader 001, Bring <b>boots</b> & a coat. Your day" in page.text
    assert "No: it is switched off" in page.text
    html = desk.browser.get(desk.found.url(f"{path}/html")).get_data(as_text=True)
    assert "Bring &lt;b&gt;boots&lt;/b&gt; &amp; a coat." in html
    assert versions(desk) == [("placement_reminder", "Bring <b>boots</b> & a coat.", False, 1)]
    row = next(row for row in desk.get("mails").rows() if row[0] == "Your day is near")
    assert row[3:5] == ["Yours, too", "Off"]


def test_an_invites_words_stand_in_the_preview_before_confirming_too(sit: Sit) -> None:
    desk = sit("solved")
    desk.post("mails/placement_confirmed", {"intro": "Welcome to the spring season.", "seen": "0"})
    assert "Welcome to the spring season." in desk.get("runs/RUN/confirm").text
    assert versions(desk) == [("placement_confirmed", "Welcome to the spring season.", True, 1)]


def test_words_before_news_of_who_is_coming_stand_in_the_preview_before_confirming_too(sit: Sit) -> None:
    desk = sit("solved")
    desk.post("mails/who_is_coming", {"intro": "Thank you for hosting us.", "seen": "0"})
    assert "Thank you for hosting us." in desk.get("mails/who_is_coming").text
    page = desk.get("runs/RUN/confirm")
    options = page.root.iter("option")
    partner = next(one.attrib["value"] for one in options if "who is coming" in "".join(one.itertext()))
    shown = desk.get(f"runs/RUN/confirm?leader={partner}")
    assert "Thank you for hosting us." in shown.text


def test_whoever_saves_second_sees_the_others_words_and_keeps_their_own(sit: Sit) -> None:
    desk = sit("confirmed")
    path = "mails/thank_you"
    desk.post(path, {"intro": "First words", "seen": "0", "goes": "y"})
    answer = desk.post(path, {"intro": "Second words", "seen": "0", "goes": "y"})
    assert answer.status_code == 409
    page = desk.checked(answer)
    assert "Somebody else has changed this mail" in page.text
    assert "First words" in page.text
    form = page.form_to(desk.found.url(path))
    assert (form.values["intro"].strip(), form.values["seen"]) == ("Second words", "1")
    assert desk.post(path, form.values).status_code == 303
    assert versions(desk) == [("thank_you", "Second words", True, 2)]


def test_too_many_words_are_given_back_with_the_reason(sit: Sit) -> None:
    desk = sit("confirmed")
    answer = desk.post("mails/thank_you", {"intro": "x" * (LONGEST_INTRO + 1), "seen": "0", "goes": "y"})
    page = desk.checked(answer)
    assert page.errors == {"intro": "Your own words can have up to 1000 characters"}
    assert page.form_to(desk.found.url("mails/thank_you")).values["intro"].strip() == "x" * 1001
    assert versions(desk) == []


def test_a_test_goes_to_whoever_asks_and_is_counted_nowhere(sit: Sit) -> None:
    desk = sit("confirmed")
    before = messages(desk)
    for kind in ("thank_you", "placement_cancelled"):
        assert desk.post(f"mails/{kind}/test").status_code == 303
    assert "A test is on its way to" in desk.get("mails/thank_you").text
    own = [("thank_you", desk.found.email, None), ("placement_cancelled", desk.found.email, None)]
    assert messages(desk) == before + own
    assert "[Test]" not in desk.get("sending").text
    refused = desk.checked(sit("empty").post("mails/thank_you/test"))
    assert "no leaders or no days yet" in refused.text


def test_a_mail_that_no_season_has_is_not_there(sit: Sit) -> None:
    desk = sit("confirmed")
    for path in ("mails/sign_in", "mails/sign_in/html", "mails/..%2f..%2fsign_in"):
        assert desk.browser.get(desk.found.url(path)).status_code == 404
    assert desk.post("mails/sign_in", {"intro": "x", "seen": "0"}).status_code == 404


def test_those_who_have_not_answered_are_reminded_with_a_preview_and_a_count(sit: Sit) -> None:
    desk = sit("filled")
    assert "Remind those who have not answered" in desk.get("answers").links
    page = desk.get("remind")
    assert "2 leaders would get a reminder now." in page.text
    assert "Leader 003" in page.text
    assert "We do not have your choices" in page.text
    assert page.form_to(desk.found.url("remind")).buttons == ["Send 2 reminders"]
    answer = desk.post("remind")
    assert answer.headers["Location"] == desk.found.url("answers?show=not-answered")
    assert "2 reminders on the way." in desk.get("answers").text
    assert [kind for kind, _, _ in messages(desk)] == ["choices_reminder"] * 2
    again = desk.get("remind")
    assert "Nobody would get a reminder now." in again.text
    assert "2 leaders had one today" in again.text
    desk.post("remind")
    assert "Nobody was left to remind today" in desk.get("remind").text
    assert len(messages(desk)) == 2


def test_who_wants_no_reminders_is_named_on_their_page_and_counted(sit: Sit) -> None:
    desk = sit("filled")

    def stop(session: Any) -> None:
        leader = session.scalars(select(Leader).where(Leader.name == "Leader 003")).one()
        make_opt_out(session, user=leader.user)

    desk.change(stop)
    assert "1 leader wants no reminders by e-mail: ask them in another way" in desk.get("remind").text
    assert "1 person wants no reminders" in desk.get("mails").text
    link = desk.get("answers").links["Leader 003"]
    page = check_page(desk.browser.get(link))
    assert "Wants no reminders. Ask them in another way." in page.text


def test_nobody_can_be_reminded_once_choices_are_closed(sit: Sit) -> None:
    desk = sit("confirmed")
    assert "there is nothing to remind anybody of" in desk.get("remind").text
    assert desk.post("remind").status_code == 409


def test_offers_that_nobody_has_confirmed_stand_on_the_readiness_page(sit: Sit) -> None:
    desk = sit("filled")
    assert "Offers that nobody has confirmed" not in desk.get("readiness").text

    def age(session: Any) -> None:
        cohort = session.get_one(Cohort, desk.found.cohort_id)
        cohort.created_at = now().replace(year=now().year - 1)

    desk.change(age)
    page = desk.get("readiness")
    assert "Offers that nobody has confirmed for a while" in page.text
    assert [row[0] for row in page.rows() if row[-1] == "1 day"] == [
        "Food parcels",
        "Memory café",
        "Youth club",
    ]
