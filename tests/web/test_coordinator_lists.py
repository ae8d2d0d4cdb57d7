"""The coordinator's long lists: filters, search, pages, downloads, and how much they cost."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from placement.models import Message
from tests.web.cohort_states import now
from tests.web.coordinator_desk import (
    PATHS,
    RUN_PATHS,
    Sit,
    add_leaders,
    matched,
    queries_of,
    seats,
)

MOST_OCTETS = 60_000


@pytest.fixture
def sit(site: Flask) -> Sit:
    return seats(site)


def test_who_has_not_answered_stands_first_and_can_be_filtered_and_searched(sit: Sit) -> None:
    desk = sit("filled")
    names = [row[0][:10] for row in desk.get("answers").rows()[1:]]
    assert names == ["Leader 003", "Leader 004", "Leader 000", "Leader 001", "Leader 002"]
    silent = desk.get("answers?show=not-answered")
    assert len(silent.rows()) == 3
    assert "2 leaders found, of 5." in silent.text
    assert silent.links["Not answered (2)"].endswith("?show=not-answered")
    found = desk.get("answers?show=answered&search=leader+00 2")
    assert [row[0][:10] for row in found.rows()[1:]] == ["Leader 002"]
    assert found.forms[-1].values == {"show": "answered", "search": "leader 00 2"}
    nobody = desk.get("answers?search=<b>nobody")
    assert "Nothing matches “<b>nobody”." in nobody.text
    assert nobody.links["Show all 5"] == desk.found.url("answers")
    assert desk.get("answers?show=nonsense&page=-1").rows() == desk.get("answers?page=99").rows()


def test_a_download_holds_exactly_what_is_shown(sit: Sit) -> None:
    desk = sit("filled")
    page = desk.get("answers?show=not-answered&search=003")
    link = page.links["Download these 1 leader as CSV"]
    rows = desk.csv(link.removeprefix(desk.found.url()))
    assert [row[0] for row in rows] == ["Name", "Leader 003"]
    assert rows[1][3:] == ["0", "Not answered"]
    assert len(desk.csv("answers.csv")) == 6


@pytest.mark.parametrize("name", ["=1+1", "+44 1632", "-2", "@SUM(A1)", " =2", "＝1", "|=", "\t=3"])
def test_no_cell_of_a_download_is_a_formula(sit: Sit, name: str) -> None:
    desk = sit("empty")
    add_leaders(desk, 1, name=name)
    (row,) = desk.csv("answers.csv")[1:]
    assert row[0].lstrip()[0] not in "=+-@＝\t"
    assert row[0].removeprefix("'") == name.strip()
    assert b'"0"' in desk.browser.get(desk.found.url("answers.csv")).data, "numbers stay numbers"


def test_the_list_of_leaders_tells_what_each_got(sit: Sit) -> None:
    desk = sit("solved")
    rows = desk.get("runs/RUN/leaders").rows()[1:]
    assert [row[0][:10] for row in rows] == [f"Leader 00{number}" for number in range(5)]
    assert rows[0][1].startswith("Without a day")
    assert [row[2] for row in rows] == ["–", "1st choice", "1st choice", "No choices sent", "No choices sent"]
    assert len(desk.get("runs/RUN/leaders?show=unplaced").rows()) == 2
    assert len(desk.get("runs/RUN/leaders?search=memory").rows()) == 3
    told = desk.csv("runs/RUN/leaders.csv?show=first")
    assert [row[7] for row in told] == ["Choice", "1st choice", "1st choice"]
    assert desk.csv("runs/RUN/leaders.csv?show=unplaced")[1][7] == "Without a day"


def test_the_list_of_days_tells_who_goes_there(sit: Sit) -> None:
    desk = sit("solved")
    rows = desk.get("runs/RUN/days").rows()[1:]
    assert rows[0][1] == "2 of 2Leader 001 and Leader 002 (1 organisation)"
    assert rows[2][1].startswith("0 of 9Does not run. It needs 9")
    assert len(desk.get("runs/RUN/days?show=closed").rows()) == 2
    assert [row[5:10] for row in desk.csv("runs/RUN/days.csv?show=running")[1:]] == [
        ["2", "2", "1", "1", "Leader 001; Leader 002"],
        ["2", "3", "1", "1", "Leader 003; Leader 004"],
    ]


def test_the_sending_tells_each_mail_in_words(sit: Sit) -> None:
    desk = sit("confirmed")
    page = desk.get("sending")
    failed, tried, waiting, partner, sent = page.rows()[1:]
    assert failed[1].startswith("Not delivered")
    assert "The mail server said: “550 5.1.1 no such mailbox”." in failed[1]
    assert "Ask them for the right address" in failed[1]
    assert "2 tries so far. The mail server said: “451 try again later”. Next try:" in tried[1]
    assert waiting[1].startswith("WaitingSince ")
    assert ("Who is coming, " in partner[0], partner[2]) == (True, "–")
    assert (sent[1].startswith("Sent"), sent[2]) == (True, "Coming")
    assert len(desk.get("sending?show=failed").rows()) == 2
    assert [e.get("data-refresh-seconds") for e in page.root.iter() if e.get("id") == "mails"] == ["5"]


def test_the_sending_stops_fetching_itself_when_nothing_is_due(sit: Sit) -> None:
    desk = sit("confirmed")

    def act(session: Any) -> None:
        for mail in session.scalars(select(Message).where(Message.status == "todo")):
            mail.status, mail.sent_at = "sent", now()

    desk.change(act)
    page = desk.get("sending")
    assert [e for e in page.root.iter() if e.get("data-refresh-seconds")] == []
    assert [e for e in page.root.iter("meta") if e.get("http-equiv") == "refresh"] == []


@pytest.mark.parametrize("status", ["held", "cancelled", "superseded", "sending"])
def test_mails_that_rest_say_why(sit: Sit, status: str) -> None:
    desk = sit("confirmed")

    def act(session: Any) -> None:
        for mail in session.scalars(select(Message)):
            mail.status = status

    desk.change(act)
    assert len(desk.get("sending").rows()) == 6


def test_long_lists_come_in_pages(sit: Sit) -> None:
    desk = sit("empty")
    add_leaders(desk, 130)
    first = desk.get("answers")
    assert len(first.rows()) == 101
    second = desk.get("answers?page=2")
    assert len(second.rows()) == 31
    nexts = [e.get("href") for e in first.root.iter("a") if e.get("rel") == "next"]
    assert nexts == [desk.found.url("answers?page=2")]
    back = [e.get("href") for e in second.root.iter("a") if e.get("rel") == "prev"]
    assert back == [desk.found.url("answers?page=1")]
    assert len(desk.csv("answers.csv")) == 131


def test_pages_take_the_same_number_of_queries_for_few_and_for_many(sit: Sit) -> None:
    found: dict[str, set[int]] = {}
    for number in (5, 50):
        desk = sit("empty")
        run_id = matched(desk, number)
        for path in (*PATHS, *RUN_PATHS):
            with queries_of(desk.app) as said:
                answer = desk.browser.get(desk.found.url(path.replace("RUN", str(run_id))))
            assert answer.status_code == 200
            found.setdefault(path, set()).add(len(said))
    assert {path: len(numbers) for path, numbers in found.items()} == dict.fromkeys(found, 1)


def test_pages_for_a_hundred_leaders_weigh_no_more_than_sixty_kilobytes(sit: Sit) -> None:
    desk = sit("empty")
    run_id = str(matched(desk, 100, capacity=60))
    paths = [path.replace("RUN", run_id) for path in (*PATHS, *RUN_PATHS)]
    weights = {path: len(desk.browser.get(desk.found.url(path)).data) for path in paths}
    desk.post(f"runs/{run_id}/confirm")
    weights["all sent"] = len(desk.browser.get(desk.found.url("sending")).data)
    assert {path: octets for path, octets in weights.items() if octets > MOST_OCTETS} == {}
