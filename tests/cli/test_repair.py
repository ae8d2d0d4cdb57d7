"""What coordinators do by commands when plans change, on the made-up cohort."""

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from placement.cli.runs import in_words
from placement.config import Config
from placement.services.reports.runs import RunReport
from tests.cli.commands import Ended, placement
from tests.cli.test_main_job import DEMO, NAME, solved
from tests.databases import SqliteServer, settings
from tests.factories.clock import NOON
from tests.smtp_sink import Sink

COHORT = ("--cohort", NAME)


@pytest.fixture(scope="module")
def confirmed_once(sqlite_server: SqliteServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Config]:
    """A database in which the demo cohort is confirmed, and whose mail has gone into a folder."""
    with sqlite_server.empty_database() as url:
        config = settings(url, tmp_path_factory.mktemp("confirmed"))
        solved(config, DEMO)
        assert placement(config, "match", "confirm", "1").status == 0
        assert placement(config, "outbox", "send").status == 0
        yield config


@pytest.fixture
def installation(
    confirmed_once: Config, sqlite_server: SqliteServer, tmp_path: Path, smtp_sink: Sink
) -> Iterator[Config]:
    """A copy of that database for one test, whose mail goes to the sink."""
    with sqlite_server.copy_of(confirmed_once.database_url) as url:
        yield replace(
            confirmed_once,
            database_url=url,
            data_folder=tmp_path,
            mail_backend="smtp",
            mail_port=smtp_sink.port,
        )


def done(config: Config, *arguments: str) -> Ended:
    ended = placement(config, *arguments)
    assert ended.status == 0, ended.err
    return ended


def told(config: Config, *arguments: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(done(config, *arguments, "--json").out)
    return found


def standing(config: Config) -> dict[str, list[str]]:
    """Who is confirmed on each slot."""
    with sqlite3.connect(config.database_url.removeprefix("sqlite:///")) as database:
        rows = database.execute(
            "SELECT slot.reference, user.email FROM placement JOIN slot ON slot.id = slot_id "
            "JOIN leader ON leader.id = placement.leader_id JOIN user ON user.id = leader.user_id "
            "WHERE placement.status = 'confirmed' ORDER BY 1, 2"
        ).fetchall()
    found: dict[str, list[str]] = {}
    for reference, email in rows:
        found.setdefault(reference, []).append(email)
    return found


def partners_of(config: Config, *references: str) -> set[str]:
    """The addresses of the partners of these slots."""
    with sqlite3.connect(config.database_url.removeprefix("sqlite:///")) as database:
        rows = database.execute(
            "SELECT slot.reference, user.email FROM slot JOIN partner ON partner.id = slot.partner_id "
            "JOIN user ON user.id = partner.user_id"
        ).fetchall()
    return {email for reference, email in rows if reference in references}


def changed_slots(before: dict[str, list[str]], after: dict[str, list[str]]) -> set[str]:
    """The slots on which other people are confirmed than before."""
    return {reference for reference in {*before, *after} if before.get(reference) != after.get(reference)}


def fullest(config: Config) -> str:
    found = standing(config)
    return max(sorted(found), key=lambda reference: len(found[reference]))


@pytest.mark.timeout(300)
def test_a_leader_leaves_and_only_those_concerned_hear_of_it(installation: Config, smtp_sink: Sink) -> None:
    before = standing(installation)
    reference = fullest(installation)
    leader = before[reference][0]
    wanted = ("leader", "withdraw", leader, *COHORT)
    shown = told(installation, *wanted, "--dry-run")
    assert (shown["changed"], standing(installation)) == (False, before)
    assert [mail["leader"] for mail in shown["mails"]] == [leader]
    said = done(installation, *wanted).out
    assert f"A cancellation goes to {leader}." in said
    (partner,) = partners_of(installation, reference)
    assert [one["partner"] for one in shown["partners"]] == [partner]
    assert f"A mail about who is coming now goes to {partner}." in said
    assert "placement match repair" in said
    assert "nothing is changed" in done(installation, *wanted).out

    found = told(installation, "match", "repair", *COHORT)
    moves = found["repair"]["fewest"]["moves"]
    assert found["repair"]["fewest"]["kept"] >= sum(map(len, before.values())) - 1 - len(moves)
    assert found["solution"]["status"] == "optimal"
    assert found["run"] == found["repair"]["fewest"]["run"]
    assert "stay as they are" in done(installation, "match", "confirm", str(found["run"])).out
    done(installation, "outbox", "send")
    hosts = partners_of(installation, *changed_slots(before, standing(installation)))
    concerned = {leader, *(move["leader"] for move in moves), *hosts}
    assert {mail.recipients[0] for mail in smtp_sink.received} == concerned
    assert "was confirmed before" in done(installation, "match", "confirm", str(found["run"])).out
    assert done(installation, "outbox", "send").out == "Nothing was due.\n"


def test_a_leader_and_a_day_are_brought_back_without_a_mail(installation: Config, smtp_sink: Sink) -> None:
    reference = fullest(installation)
    leader, *others = standing(installation)[reference]
    done(installation, "leader", "withdraw", leader, *COHORT)
    done(installation, "slot", "withdraw", reference, *COHORT)
    done(installation, "outbox", "send")
    gone, stood = len(smtp_sink.received), standing(installation)
    back = told(installation, "leader", "restore", leader, *COHORT)
    assert (back["changed"], back["mails"]) == (True, [])
    assert "The day takes people again" in done(installation, "slot", "restore", reference, *COHORT).out
    assert standing(installation) == stood
    for again in (("leader", "restore", leader), ("slot", "restore", reference)):
        assert "nothing is changed" in done(installation, *again, *COHORT).out
    assert done(installation, "outbox", "send").out == "Nothing was due.\n"
    assert len(smtp_sink.received) == gone
    run = told(installation, "match", "repair", *COHORT)["run"]
    done(installation, "match", "confirm", str(run))
    assert {leader, *others} <= {one for there in standing(installation).values() for one in there}


@pytest.mark.timeout(300)
def test_a_day_is_called_off_and_its_leaders_get_other_days(installation: Config, smtp_sink: Sink) -> None:
    reference = fullest(installation)
    before = standing(installation)
    there = before[reference]
    said = told(installation, "slot", "withdraw", reference, *COHORT)
    assert sorted(mail["leader"] for mail in said["mails"]) == there
    assert not told(installation, "slot", "withdraw", reference, *COHORT)["changed"]

    found = told(installation, "match", "repair", *COHORT)["repair"]
    assert {row["leader"] for row in found["nothing"]["unplaced"]} >= set(there)
    run = found["fewest"]["run"]
    shown = done(installation, "match", "show", str(run)).out
    assert f"Confirm with: placement match confirm {run}" in shown
    assert f"Run {found['fresh']['run']}, the best list made afresh" in shown
    done(installation, "match", "confirm", str(run))
    after = standing(installation)
    assert reference not in after
    moved = {move["leader"] for move in found["fewest"]["moves"]}
    kept = {(slot, leader) for slot, leaders in before.items() for leader in leaders if leader not in moved}
    assert kept <= {(slot, leader) for slot, leaders in after.items() for leader in leaders}
    done(installation, "outbox", "send")
    hosts = partners_of(installation, *changed_slots(before, after))
    assert {mail.recipients[0] for mail in smtp_sink.received} == {*there, *moved, *hosts}


@pytest.mark.timeout(300)
def test_a_day_changes_and_a_repair_mends_what_does_not_hold(installation: Config, smtp_sink: Sink) -> None:
    reference = fullest(installation)
    there = standing(installation)[reference]
    moved = told(installation, "slot", "change", reference, *COHORT, "--start", "10:15")
    assert sorted(mail["leader"] for mail in moved["mails"]) == there
    done(installation, "outbox", "send")
    hosts = partners_of(installation, reference)
    assert sorted(mail.recipients[0] for mail in smtp_sink.received) == sorted([*there, *hosts])

    lower = ("slot", "change", reference, *COHORT, "--capacity", "1", "--minimum", "1")
    said = done(installation, *lower).out
    assert "Nobody gets a mail." in said
    assert f"{len(there)} leaders are confirmed, and there is to be room for 1." in said
    assert "nothing is changed" in done(installation, *lower).out
    assert standing(installation)[reference] == there
    refused = placement(installation, "match", "run", *COHORT)
    assert refused.status == 1
    assert "placement match repair" in refused.err
    run = told(installation, "match", "repair", *COHORT)["run"]
    done(installation, "match", "confirm", str(run))
    assert len(standing(installation)[reference]) == 1
    done(installation, "match", "run", *COHORT)


def test_mail_that_a_newer_one_replaces_is_counted_too(installation: Config) -> None:
    reference = fullest(installation)
    there = len(standing(installation)[reference])
    for start in ("10:15", "10:30"):
        done(installation, "slot", "change", reference, *COHORT, "--start", start)
    found = told(installation, "outbox", "status")
    assert (found["superseded"], found["todo"]) == (there + 1, there + 1)  # leaders, and the partner
    assert f"superseded {there + 1:6}" in done(installation, "outbox", "status").out


def test_the_fresh_list_can_be_confirmed_and_the_other_not_any_more(installation: Config) -> None:
    reference = fullest(installation)
    done(installation, "slot", "withdraw", reference, *COHORT)
    found = told(installation, "match", "repair", *COHORT)["repair"]
    done(installation, "match", "confirm", str(found["fresh"]["run"]))
    refused = placement(installation, "match", "confirm", str(found["fewest"]["run"]))
    assert refused.status == 1
    assert "Placements were confirmed or cancelled" in refused.err
    assert sum(map(len, standing(installation).values())) == found["fresh"]["placed"]
    shown = done(installation, "match", "show", str(found["fewest"]["run"])).out
    assert f"Run {found['fresh']['run']} has been confirmed." in shown


def test_who_could_take_a_free_seat_is_listed_with_the_effect(installation: Config) -> None:
    reference = fullest(installation)
    leader = standing(installation)[reference][0]
    assert "no free seat" in done(installation, "slot", "candidates", reference, *COHORT).out
    done(installation, "leader", "withdraw", leader, *COHORT)
    found = told(installation, "slot", "candidates", reference, *COHORT)
    assert (found["slot"], found["free"]) == (reference, 1)
    assert leader not in {taker["leader"] for taker in found["takers"]}
    for taker in found["takers"]:
        assert taker["moves"][0]["leader"] == taker["leader"]
        assert taker["moves"][0]["to"] == reference
    said = done(installation, "slot", "candidates", reference, *COHORT).out
    assert found["takers"][0]["sentence"] in said


@pytest.mark.timeout(300)
def test_a_free_seat_is_given_to_one_person_and_only_those_concerned_hear_of_it(
    installation: Config, smtp_sink: Sink
) -> None:
    before = standing(installation)
    reference = fullest(installation)
    done(installation, "leader", "withdraw", before[reference][0], *COHORT)
    done(installation, "outbox", "send")
    gone = len(smtp_sink.received)
    taker = told(installation, "slot", "candidates", reference, *COHORT)["takers"][-1]["leader"]
    assert "placement slot give" in done(installation, "slot", "candidates", reference, *COHORT).out

    stood = standing(installation)
    found = told(installation, "slot", "give", reference, taker, *COHORT)
    assert standing(installation) == stood
    assert found["repair"]["given"] == {"leader": taker, "slot": reference}
    assert found["repair"]["fresh"] is None
    run, moves = str(found["run"]), found["repair"]["fewest"]["moves"]
    assert {move["to"] for move in moves if move["leader"] == taker} == {reference}
    shown = done(installation, "match", "show", run).out
    assert f"{taker} is given a seat: {reference}, " in shown
    assert f"Confirm with: placement match confirm {run}" in shown

    done(installation, "match", "confirm", run)
    assert taker in standing(installation)[reference]
    done(installation, "outbox", "send")
    invites = [mail for mail in smtp_sink.received[gone:] if b"text/calendar" in mail.octets]
    assert {mail.recipients[0] for mail in invites} == {move["leader"] for move in moves}
    refused = placement(installation, "slot", "give", reference, taker, *COHORT)
    assert (refused.status, refused.out) == (1, "")
    assert "The day has no free seat." in refused.err


def test_dates_that_change_make_a_repair_due(installation: Config) -> None:
    before = standing(installation)
    reference = fullest(installation)
    leader = before[reference][0]
    with sqlite3.connect(installation.database_url.removeprefix("sqlite:///")) as database:
        row = database.execute("SELECT starts_at FROM slot WHERE reference = ?", [reference]).fetchone()
    day = str(row[0])[:10]
    said = done(installation, "leader", "dates", leader, *COHORT, "--cannot", day).out
    assert "can no longer be given" in said
    assert "Nobody gets a mail." in said
    assert standing(installation) == before
    found = told(installation, "match", "repair", *COHORT)["repair"]
    assert leader in {move["leader"] for move in found["fewest"]["moves"]}


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (
            ("leader", "withdraw", "nobody@people.example", *COHORT),
            1,
            'no such leader "nobody@people.example"',
        ),
        (("leader", "withdraw", "x", "--cohort", "Nowhere"), 1, 'no such cohort "Nowhere"'),
        (("leader", "dates", "x", *COHORT), 2, "Say what has changed"),
        (
            ("leader", "dates", "x", *COHORT, "--can", "2027-03-02", "--cannot", "2027-03-02"),
            2,
            "Two answers",
        ),
        (("leader", "dates", "x", *COHORT, "--can", "tomorrow"), 2, "--can"),
        (("leader", "restore", "x", *COHORT), 1, 'no such leader "x"'),
        (("slot", "restore", "NOWHERE", *COHORT), 1, 'no such slot "NOWHERE"'),
        (("slot", "withdraw", "NOWHERE", *COHORT), 1, 'no such slot "NOWHERE"'),
        (("slot", "candidates", "NOWHERE", *COHORT), 1, 'no such slot "NOWHERE"'),
        (("slot", "give", "NOWHERE", "x", *COHORT), 1, 'no such slot "NOWHERE"'),
        (("slot", "give", "S01", "x", *COHORT), 1, 'no such leader "x"'),
        (("slot", "change", "NOWHERE", *COHORT, "--capacity", "2"), 1, 'no such slot "NOWHERE"'),
        (("slot", "change", "NOWHERE", *COHORT), 2, "Say what is to change"),
        (("slot", "change", "NOWHERE", *COHORT, "--start", "25:00"), 2, "--start"),
        (("match", "repair", "--cohort", "Nowhere"), 1, 'no such cohort "Nowhere"'),
    ],
)
def test_what_cannot_be_is_said_in_one_line_and_changes_nothing(
    confirmed_once: Config, arguments: tuple[str, ...], status: int, said: str
) -> None:
    before = standing(confirmed_once)
    refused = placement(confirmed_once, *arguments)
    assert (refused.status, refused.out, refused.err.count("\n")) == (status, "", 1)
    assert said in refused.err
    assert standing(confirmed_once) == before


def test_a_cohort_that_was_never_confirmed_is_not_repaired(
    sqlite_server: SqliteServer, tmp_path: Path
) -> None:
    with sqlite_server.empty_database() as url:
        config = settings(url, tmp_path)
        solved(config, DEMO)
        refused = placement(config, "match", "repair", *COHORT)
    assert refused.status == 1
    assert "placement match run" in refused.err


def test_a_run_without_a_list_says_what_to_run_instead() -> None:
    solution = {"status": "infeasible", "assignments": [], "diagnosis": [{"sentence": "Two pins clash."}]}
    report = RunReport(
        id=7,
        cohort_id=1,
        cohort=NAME,
        kind="match",
        status="solved",
        seed="",
        objective="generous",
        requested_at=NOON,
        finished_at=NOON,
        confirmed_at=None,
        versions={},
        solution=solution,
        failure=None,
    )
    said = in_words(report)
    assert "Two pins clash." in said
    assert f'placement match repair --cohort "{NAME}"' in said
