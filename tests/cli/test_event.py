"""Events by commands, and a day that is held online, on the made-up cohort."""

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from placement.config import Config
from tests.cli.commands import placement
from tests.cli.test_main_job import DEMO, NAME, solved
from tests.cli.test_repair import done, told
from tests.databases import SqliteServer, settings
from tests.smtp_sink import Sink

COHORT = ("--cohort", NAME)
LINK = "https://meet.example/j/1"
WHEN = ("--date", "2031-03-04", "--start", "09:30", "--end", "11:00")


@pytest.fixture(scope="module")
def confirmed_once(sqlite_server: SqliteServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Config]:
    """A database in which the demo cohort is confirmed, and whose mail has gone into a folder."""
    with sqlite_server.empty_database() as url:
        config = settings(url, tmp_path_factory.mktemp("events"))
        solved(config, DEMO)
        done(config, "match", "confirm", "1")
        done(config, "outbox", "send")
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


def rows(config: Config, query: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(config.database_url.removeprefix("sqlite:///")) as connection:
        return connection.execute(query).fetchall()


def test_an_event_is_planned_changed_and_cancelled_and_the_mails_arrive(
    installation: Config, smtp_sink: Sink
) -> None:
    add = ("event", "add", "Leading together", *COHORT, *WHEN, "--virtual", LINK)
    seen = told(installation, *add, "--dry-run")
    assert (seen["changed"], seen["dry_run"]) == (False, True)
    assert told(installation, "event", "list", *COHORT)["events"] == []
    made = told(installation, *add)
    assert {mail["news"] for mail in made["mails"]} == {"invited"}
    assert made["mails"] == seen["mails"]
    assert "nothing is changed" in done(installation, *add).out, "planned twice it is one event"
    another = ("event", "add", "Another", *COHORT, *WHEN, "--virtual", LINK)
    assert "An invite goes to" in done(installation, *another, "--dry-run").out
    done(installation, "outbox", "send")
    assert len(smtp_sink.received) == len(made["mails"])
    (one,) = told(installation, "event", "list", *COHORT)["events"]
    assert (one["reference"], one["mode"], one["invited"]) == ("EVENT001", "virtual", len(made["mails"]))
    change = ("event", "change", "EVENT001", *COHORT, "--in-person", "--address", "Town Hall, Blackpool")
    assert {mail["news"] for mail in told(installation, *change)["mails"]} == {"moved"}
    text = told(installation, "event", "change", "EVENT001", *COHORT, "--title", "Leading")
    assert {mail["news"] for mail in text["mails"]} == {"moved"}, "the move has not left yet"
    moved = told(installation, "event", "change", "EVENT001", *COHORT, "--start", "10:00", "--dry-run")
    assert "10am to 11am" in " ".join(moved["sentences"])
    gone = told(installation, "event", "cancel", "EVENT001", *COHORT)
    assert {mail["news"] for mail in gone["mails"]} == {"cancelled"}
    done(installation, "outbox", "send")
    assert len(smtp_sink.received) == 2 * len(made["mails"])
    assert "(cancelled)" in done(installation, "event", "list", *COHORT).out
    assert not told(installation, "event", "cancel", "EVENT001", *COHORT)["changed"]


def test_a_day_is_held_online_and_in_person_again_by_a_command(installation: Config) -> None:
    ((reference, people),) = rows(
        installation, "SELECT reference, taken FROM slot WHERE taken > 0 ORDER BY id LIMIT 1"
    )
    change = ("slot", "change", str(reference), *COHORT)
    online = told(installation, *change, "--virtual", LINK)
    assert (len(online["mails"]), online["mails"][0]["news"]) == (people, "moved")
    assert rows(installation, f"SELECT joining_link FROM slot WHERE reference = '{reference}'") == [(LINK,)]
    assert not told(installation, *change, "--virtual", LINK)["changed"]
    back = told(installation, *change, "--in-person")
    assert (len(back["mails"]), back["mails"][0]["news"]) == (people, "moved")
    assert placement(installation, *change, "--in-person", "--virtual", LINK).status == 2
    assert placement(installation, *change, "--virtual", "meet.example").status == 1


def test_what_cannot_be_ends_with_one_line(installation: Config) -> None:
    for wrong in (
        ("event", "change", "EVENT009", *COHORT, "--title", "Leading"),
        ("event", "add", "No place", *COHORT, *WHEN),
        ("event", "add", "No team", *COHORT, *WHEN, "--virtual", LINK, "--team", "Nobody"),
    ):
        ended = placement(installation, *wrong)
        assert (ended.status, len(ended.err.strip().splitlines()), ended.out) == (1, 1, "")


def test_json_tells_the_clashes(installation: Config) -> None:
    ((starts,),) = rows(installation, "SELECT starts_at FROM placement WHERE status = 'confirmed' LIMIT 1")
    on = ("--date", str(starts)[:10], "--start", "08:00", "--end", "20:00")
    ended = done(
        installation, "event", "add", "All day", *COHORT, *on, "--virtual", LINK, "--dry-run", "--json"
    )
    assert json.loads(ended.out)["clashes"]
