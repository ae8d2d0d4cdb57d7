"""The audit log as a page: in words, filtered by its address, downloaded as shown, with its alarm."""

import ast
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

import placement
from placement.models import Leader
from placement.services.audit import record
from placement.services.audit_chain import check_whole
from placement.services.scope import Scope
from placement.web.coordinator.words.audit import VERBS
from tests.web.cohort_states import now
from tests.web.coordinator_desk import Desk, Sit, queries_of, seats


@pytest.fixture
def sit(site: Flask) -> Sit:
    return seats(site)


def note(desk: Desk, verb: str, subject: str, times: int = 1, **facts: Any) -> None:
    def act(session: Any) -> None:
        scope = Scope.system(session, label="worker")
        for _ in range(times):
            record(scope, verb, subject, at=now(), cohort_id=desk.found.cohort_id, **facts)

    desk.change(act)


def test_the_log_tells_in_words_what_was_done(sit: Sit) -> None:
    desk = sit("confirmed")
    leader_id: list[int] = []
    desk.change(lambda session: leader_id.append(session.query(Leader).order_by(Leader.id).first().id))
    note(desk, "record_answer", "invite:1", before="NEEDS-ACTION", after="ACCEPTED")
    note(desk, "withdraw_leader", f"leader:{leader_id[0]}", placements=0, mails=None, early=True)
    note(desk, "change_cohort", f"cohort:{desk.found.cohort_id}", changes={"seed": ["a", "b"]}, reason="=1+1")
    page = desk.get("audit")
    changed, left, answered = page.rows()[1:4]
    assert changed[:2] == ["Changed the set-upseed: a → b; reason: =1+1", "The cohort"]
    assert left[0] == "Let a leader leaveplacements: 0; mails: none; early: yes"
    assert left[1] == "Leader: Leader 000"
    assert page.links["Leader: Leader 000"] == desk.found.url(f"leaders/{leader_id[0]}")
    assert answered[0] == "Wrote down an answerNEEDS-ACTION → ACCEPTED"
    assert answered[2].startswith("The service, by itself")
    row = desk.csv("audit.csv")[1]
    assert row[3:] == ["Changed the set-up", "The cohort", "seed: a → b; reason: =1+1"]


def test_the_address_says_which_entries_are_shown_and_downloaded(sit: Sit) -> None:
    desk = sit("filled")
    note(desk, "offer_slot", "slot:1", times=3)
    note(desk, "hold_mail", "message:1", times=2)
    page = desk.get("audit?what=hold_mail&who=service")
    assert "2 entries found." in page.text
    link = page.links["Download these 2 entries as CSV"]
    assert len(desk.csv(link.removeprefix(desk.found.url()))) == 3
    assert len(desk.get("audit?about=slot").rows()) == 4
    assert len(desk.get(f"audit?from={now().date()}&to={now().date()}").rows()) == 6
    nothing = desk.get("audit?who=<b>nobody")
    assert "Nothing matches." in nothing.text
    assert nothing.links["Show the whole log"] == desk.found.url("audit")


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("from=soon", "Write a day as year, month, day"),
        ("from=2027-02-30", "Write a day as year, month, day"),
        ("to=0001-01-01", "Write a day as year, month, day"),
        ("from=2027-02-03&to=2027-02-02", "The last day is before the first"),
    ],
)
def test_a_day_that_cannot_be_read_is_said(sit: Sit, query: str, said: str) -> None:
    assert said in sit("filled").get(f"audit?{query}").text


def test_a_long_log_comes_in_pages_with_always_as_many_queries(sit: Sit) -> None:
    desk = sit("empty")
    note(desk, "offer_slot", "slot:1", times=10)
    with queries_of(desk.app) as few:
        desk.get("audit")
    note(desk, "offer_slot", "slot:1", times=120)
    with queries_of(desk.app) as many:
        first = desk.get("audit?what=offer_slot")
    assert len(few) == len(many)
    assert len(first.rows()) == 101
    nexts = [e.get("href") for e in first.root.iter("a") if e.get("rel") == "next"]
    assert nexts == [desk.found.url("audit?what=offer_slot&page=2")]
    assert len(desk.get("audit?what=offer_slot&page=2").rows()) == 31
    assert len(desk.csv("audit.csv?what=offer_slot")) == 131


def test_the_log_is_checked_at_a_press_and_says_so(sit: Sit) -> None:
    desk = sit("empty")
    assert "It has not been checked yet." in desk.get("audit").text
    note(desk, "offer_slot", "slot:1", times=4)
    answer = desk.post("audit/check")
    assert answer.status_code == 303
    page = desk.get("audit")
    assert "none changed and none missing" in page.text


def test_a_broken_log_raises_an_alarm_on_its_page_and_on_the_dashboard(sit: Sit) -> None:
    desk = sit("filled")
    note(desk, "offer_slot", "slot:1", times=4)

    def act(session: Any) -> None:
        session.execute(text("DROP TRIGGER audit_event_no_update"))
        session.execute(text("UPDATE audit_event SET verb = 'sign_out' WHERE id = 2"))
        check_whole(Scope.system(session), now=now() + timedelta(minutes=1))

    desk.change(act)
    page = desk.get("audit")
    assert "The audit log has been tampered with" in page.text
    assert "Entry 2 is not as it was written." in page.text
    assert "The audit log has been tampered with" in desk.get().text


def verbs_written() -> Iterator[str]:
    """Every verb that code hands to the record, as far as it stands there as a word."""
    for path in Path(placement.__file__).parent.rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
            name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
            if name in {"record", "_record", "_done", "_note_late_change"}:
                said = [arg.value for arg in call.args[1:4] if isinstance(arg, ast.Constant)]
                yield from (word for word in said if isinstance(word, str) and "_" in word)


def test_every_verb_that_is_written_has_words() -> None:
    written = set(verbs_written())
    assert len(written) > 40
    assert sorted(written - set(VERBS)) == []
