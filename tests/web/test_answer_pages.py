"""Pages about answers: the leader's own, the coordinator's lists, replies to look at, and declines."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from placement.db import reading
from placement.models import DateAnswer, HeldAnswer, Leader, MatchRun, Message, Placement, Reply, Task
from tests.factories.replies import SERVER, calendar, event, mail, part, parts, text
from tests.web.answer_people import AnsweringPeople, answering_people
from tests.web.browsing import Browser
from tests.web.cohort_states import now
from tests.web.page import Page, check_page, record_unknown_names, text_of

Visit = Callable[..., Browser]
HOSTILE = "<script>alert(1)</script>\r\nI cannot come, sorry."


@pytest.fixture
def people(site: Flask) -> AnsweringPeople:
    return answering_people(site)


@pytest.fixture
def desk(people: AnsweringPeople, visit: Visit) -> Browser:
    return visit(email=people.found.email)


def shown(browser: Browser, path: str) -> Page:
    return check_page(browser.get(path))


def one(people: AnsweringPeople, model: type[Any]) -> Any:
    """The newest row of a table."""
    with people.app.app_context(), reading() as session:
        row = session.scalars(select(model).order_by(model.id.desc())).first()
        session.expunge_all()
        return row


def count(people: AnsweringPeople, model: type[Any]) -> int:
    with people.app.app_context(), reading() as session:
        return len(session.scalars(select(model.id)).all())


def test_a_leader_answers_on_their_own_page_and_everybody_sees_it(
    people: AnsweringPeople, desk: Browser, visit: Visit
) -> None:
    unknown = record_unknown_names(people.app)
    leader = visit(email=people.email)
    own = f"/leader/{people.leader_id}/placement"
    ask = f"{own}/{people.placement_id}/answer"
    assert shown(leader, own).links["Say whether you are coming"] == ask
    assert (
        "decided. Say whether you are coming Incomplete" in shown(leader, f"/leader/{people.leader_id}/").text
    )
    form = shown(leader, ask).form_to(ask)
    assert ("answer" in form.values, form.values["seen"]) == (False, "0")
    assert shown_errors(leader.post(ask, {"seen": "0"})) == ["Say whether you are coming"]
    done = leader.post(ask, {"answer": "DECLINED", "note": "A tribunal", "seen": "0"})
    assert (done.status_code, done.headers["Location"]) == (303, own)
    assert "Say whether you are coming" not in shown(leader, f"/leader/{people.leader_id}/").text
    page = shown(leader, own)
    assert "You cannot come" in page.text
    assert page.links["Change my answer"] == ask
    assert people.history() == [("DECLINED", "page", "A tribunal")]
    day = shown(desk, people.found.url(f"days/{people.slot_id}"))
    assert people.leader in day.text
    assert "Cannot come" in day.text
    partner = visit(email=people.partner_email)
    assert "Cannot come" in shown(partner, f"/partner/{people.partner_id}/days/{people.slot_id}").text
    stale = leader.post(ask, {"answer": "ACCEPTED", "seen": "7"})
    assert stale.status_code == 409
    assert "has moved since" in check_page(stale).text
    people.begin()
    assert "takes no answer any more" in shown(leader, ask).text
    for form_sent in ({"answer": "ACCEPTED", "seen": "0"}, {"seen": "0"}):
        assert leader.post(ask, form_sent).status_code == 303
    assert people.held == "DECLINED"
    assert unknown == []


def shown_errors(answer: Any) -> list[str]:
    assert answer.status_code == 422
    return list(check_page(answer).errors.values())


def test_a_coordinator_writes_an_answer_down_and_undoes_it(people: AnsweringPeople, desk: Browser) -> None:
    unknown = record_unknown_names(people.app)
    page = people.found.url(f"placements/{people.placement_id}/answers")
    person = shown(desk, people.found.url(f"leaders/{people.leader_id}"))
    assert page in person.links.values()
    assert page in shown(desk, people.found.url(f"days/{people.slot_id}")).links.values()
    assert "They have not answered yet" in shown(desk, page).text
    assert shown_errors(desk.post(page, {"seen": "0"})) == ["Choose what they have said"]
    people.answer("ACCEPTED")
    assert desk.post(page, {"answer": "TENTATIVE", "note": "Rang", "seen": "0"}).status_code == 303
    history = shown(desk, page)
    newest, oldest = (row[1:] for row in history.rows()[1:])
    assert newest[:3] == ["Perhaps", "Written down by Chloe Coordinator", "Rang"]
    assert newest[3].startswith("This one counts")
    assert oldest == ["Coming", "From their calendar", "–", "Replaced by a newer one"]
    undo = f"{page}/undo"
    answer_id = history.form_to(undo).values["answer"]
    assert desk.post(undo, {"answer": answer_id}).status_code == 303
    assert people.held == "ACCEPTED"
    desk.post(undo, {"answer": answer_id})
    assert "does not count any more" in shown(desk, page).text
    assert people.held == "ACCEPTED"
    assert desk.post(undo, {"answer": "987654321"}).status_code == 404
    assert desk.post(page, {"answer": "DECLINED", "seen": "4"}).status_code == 409
    people.begin()
    assert "answers stay as they are" in shown(desk, page).text
    for sent in ({"answer": "DECLINED", "seen": "0"}, {"seen": "0"}):
        assert desk.post(page, sent).status_code == 303
    assert people.held == "ACCEPTED"
    assert unknown == []


def test_the_list_of_answers_counts_filters_and_keeps_past_days_apart(
    people: AnsweringPeople, desk: Browser
) -> None:
    unknown = record_unknown_names(people.app)
    people.answer("DECLINED")
    page = shown(desk, people.found.url("invites"))
    figures = figures_of(page)
    assert figures["cannot come"] == "1"
    assert figures["not delivered"] == "1", "one mail of the confirmed cohort failed"
    assert people.leader in shown(desk, people.found.url("invites?show=cannot")).text
    assert people.leader not in shown(desk, people.found.url("invites?show=silent")).text
    assert shown(desk, people.found.url("invites?search=nobody-has-this")).text.count("Nothing matches") == 1
    csv = desk.get(people.found.url("invites.csv?show=cannot")).get_data(as_text=True)
    assert (people.email in csv, csv.count("\n")) == (True, 2)
    people.begin()
    assert people.leader in shown(desk, people.found.url("invites?show=past")).text
    assert people.leader not in shown(desk, people.found.url("invites")).text
    empty = answering_people(people.app)
    start = shown(desk, people.found.url())
    assert people.found.url("invites") in start.links.values()
    assert shown(Browser(people.app, email=empty.found.email), empty.found.url("invites")).status == 200
    assert unknown == []


def figures_of(page: Page) -> dict[str, str]:
    """The key figures: number by label."""
    (figures,) = page.by_class("app-figures")
    return {text_of(item[0]): text_of(item[1]) for item in figures}


def test_a_reply_is_shown_as_text_taken_as_an_answer_and_undone(
    people: AnsweringPeople, desk: Browser
) -> None:
    unknown = record_unknown_names(people.app)
    number = people.take_in(mail(text(HOSTILE), sender=people.email, results=passed(people.email)))
    listed = shown(desk, people.found.url("replies"))
    assert people.email in listed.text
    assert "1 reply has to be looked at" in shown(desk, people.found.url()).text
    address = people.found.url(f"replies/{number}")
    answer = desk.get(address)
    page = check_page(answer)
    assert "<script>alert" not in answer.get_data(as_text=True)
    assert "<script>alert(1)</script>" in page.text
    assert f"Concerns {people.leader}" in page.text
    wrong = desk.post(f"{address}/take", {"take-day": "", "take-answer": ""})
    assert shown_errors(wrong) == ["Choose a leader and a day", "Choose what the reply says"]
    taken = desk.post(f"{address}/take", {"take-day": str(people.placement_id), "take-answer": "DECLINED"})
    assert (taken.status_code, people.held) == (303, "DECLINED")
    with people.app.app_context(), reading() as session:
        assert session.scalars(select(Reply.octets)).all() == [None]
    settled = shown(desk, address)
    assert "The text of the mail was deleted" in settled.text
    assert "by Chloe Coordinator" in settled.text
    again = desk.post(f"{address}/take", {"take-day": str(people.placement_id), "take-answer": "ACCEPTED"})
    assert (again.status_code, people.held) == (303, "DECLINED")
    assert desk.post(f"{address}/reopen").status_code == 303
    assert people.held == "NEEDS-ACTION"
    assert "deleted when the reply was settled the first time" in shown(desk, address).text
    assert desk.post(f"{address}/settle").status_code == 303
    assert "Nothing waits at the moment" in shown(desk, people.found.url("replies")).text
    assert unknown == []


def passed(address: str) -> list[str]:
    return [f"{SERVER}; dmarc=pass header.from={address.partition('@')[2]}"]


def of(people: AnsweringPeople, partstat: str = "ACCEPTED", more: str = "") -> list[str]:
    """The event of an answer of the leader."""
    attendee = f"ATTENDEE;PARTSTAT={partstat}{more}:mailto:{people.email}"
    stamp = f"DTSTAMP:{now():%Y%m%dT%H%M%SZ}"
    return event(uid=people.uid, attendees=[attendee], sequence="SEQUENCE:0", stamp=stamp)


def test_proposals_delegations_and_outlook_files_are_said_in_words(
    people: AnsweringPeople, desk: Browser
) -> None:
    sender: dict[str, Any] = {"sender": people.email, "results": passed(people.email)}
    counter = [line.replace("DTSTART:2027", "DTSTART;TZID=GMT Standard Time:2027") for line in of(people)]
    counter = [line[:-1] if line.startswith("DTSTART") else line for line in counter]
    samples = {
        "another time: Wednesday 3 February 2027, 9:30am to 4pm": mail(
            part(calendar(counter, method="METHOD:COUNTER"), "text/calendar; method=COUNTER"), **sender
        ),
        "somebody else: deputy@people.example": mail(
            part(calendar(of(people, "DELEGATED", ';DELEGATED-TO="mailto:deputy@people.example"'))),
            message_id="<2@x.example>",
            **sender,
        ),
        "only Outlook reads (winmail.dat)": mail(
            parts(text(""), part(b"\x78\x9f\x3e\x22", 'application/ms-tnef; name="winmail.dat"')), **sender
        ),
    }
    for words, octets in samples.items():
        number = people.take_in(octets)
        assert words in shown(desk, people.found.url(f"replies/{number}")).text


def test_an_unchecked_sender_is_marked(people: AnsweringPeople, desk: Browser) -> None:
    octets = mail(part(calendar(of(people))), sender=people.email, results=[])
    number = people.take_in(octets, authserv_id="")
    page = shown(desk, people.found.url(f"replies/{number}"))
    assert "Nobody has checked the sender" in page.text
    assert "Sender not checked" in shown(desk, people.found.url("replies")).text
    form = page.form_to(people.found.url(f"replies/{number}/take"))
    assert form.values["take-answer"] == "ACCEPTED", "what the calendar part says is chosen"


def test_an_address_is_given_to_a_leader_and_taken_away_again(people: AnsweringPeople, desk: Browser) -> None:
    def from_home(name: str) -> int:
        octets = part(calendar(of(people)))
        results = passed(people.email)
        return people.take_in(mail(octets, sender="z@people.example", results=results, message_id=name))

    number = from_home("<1@people.example>")
    address = people.found.url(f"replies/{number}")
    assert shown_errors(desk.post(f"{address}/alias", {"alias-leader": ""})) == ["Choose a leader"]
    given = desk.post(f"{address}/alias", {"alias-leader": str(people.leader_id)})
    assert given.status_code == 303
    assert "count as those of" in shown(desk, address).text
    from_home("<2@people.example>")
    assert people.held == "ACCEPTED"
    person = shown(desk, people.found.url(f"leaders/{people.leader_id}"))
    assert "z@people.example" in person.text
    (remove,) = (form.action for form in person.forms if form.action.endswith("/remove"))
    assert desk.post(remove).status_code == 303
    gone = shown(desk, people.found.url(f"leaders/{people.leader_id}"))
    assert not any(form.action.endswith("/remove") for form in gone.forms)
    other = people.take_in(mail(text("?"), sender=people.email, results=passed(people.email)))
    with people.app.app_context(), reading() as session:
        stranger = session.scalars(
            select(Leader.id).where(Leader.cohort_id == people.found.cohort_id, Leader.id != people.leader_id)
        ).first()
    taken = desk.post(people.found.url(f"replies/{other}/alias"), {"alias-leader": str(stranger)})
    assert "belongs to somebody already" in shown_errors(taken)[0]


def test_a_decline_waits_with_who_could_take_the_seat_and_can_be_kept(
    people: AnsweringPeople, desk: Browser
) -> None:
    unknown = record_unknown_names(people.app)
    assert "Nothing waits" in shown(desk, people.found.url("tasks")).text
    people.answer("DECLINED", note="On call that day")
    start = shown(desk, people.found.url())
    assert "1 leader cannot come to their day" in start.text
    assert "On call that day" in shown(desk, people.found.url("tasks")).text
    task_id = one(people, Task).id
    page = shown(desk, people.found.url(f"tasks/{task_id}"))
    seats = [text_ for text_ in page.links if text_.startswith("Give this seat to")]
    assert seats
    assert not any(people.leader in text_ for text_ in seats)
    assert desk.post(people.found.url(f"tasks/{task_id}/keep")).status_code == 303
    assert "Nothing waits" in shown(desk, people.found.url("tasks")).text
    desk.post(people.found.url(f"tasks/{task_id}/keep"))
    assert "dealt with" in shown(desk, people.found.url(f"tasks/{task_id}")).text
    assert unknown == []


def test_a_leader_leaves_one_day_after_a_look_at_what_it_would_do(
    people: AnsweringPeople, desk: Browser
) -> None:
    people.answer("DECLINED")
    address = people.found.url(f"placements/{people.placement_id}/leave")
    mails = count(people, Message)
    page = shown(desk, address)
    assert f"{people.leader} does not come to" in page.text
    assert count(people, Message) == mails
    done = desk.post(address, {"bar_date": "yes"})
    assert done.headers["Location"] == people.found.url("repair")
    with people.app.app_context(), reading() as session:
        assert session.get_one(Placement, people.placement_id).status == "cancelled"
        said = select(DateAnswer.answer).where(DateAnswer.leader_id == people.leader_id)
        assert "cannot" in session.scalars(said).all()
    assert desk.post(address, {}).headers["Location"].endswith("/answers")
    assert "dealt with" in shown(desk, people.found.url(f"placements/{people.placement_id}/answers")).text


def test_the_seat_is_given_in_the_same_step(people: AnsweringPeople, desk: Browser) -> None:
    people.answer("DECLINED")
    page = shown(desk, people.found.url(f"tasks/{one(people, Task).id}"))
    words, address = next(item for item in page.links.items() if item[0].startswith("Give this seat to"))
    form = shown(desk, address).form_to(people.found.url(f"placements/{people.placement_id}/leave"))
    assert words.removeprefix("Give this seat to ") in shown(desk, address).text
    done = desk.post(form.action, {**form.values})
    run = one(people, MatchRun)
    assert done.headers["Location"] == people.found.url(f"runs/{run.id}/repair")
    assert (run.kind, run.status) == ("repair", "queued")
    assert count(people, HeldAnswer) == 1


def test_a_seat_that_cannot_be_given_leaves_everything_as_it_was(
    people: AnsweringPeople, desk: Browser
) -> None:
    people.answer("DECLINED")
    address = people.found.url(f"placements/{people.placement_id}/leave")
    with people.app.app_context(), reading() as session:
        there = session.scalars(
            select(Placement.leader_id).where(
                Placement.slot_id == people.slot_id, Placement.leader_id != people.leader_id
            )
        ).first()
    refused = desk.post(address, {"follower": str(there), "bar_date": "yes"})
    assert refused.headers["Location"].endswith("/answers")
    with people.app.app_context(), reading() as session:
        assert session.get_one(Placement, people.placement_id).status == "confirmed"
    assert desk.post(address, {"follower": "987654321"}).status_code == 404
