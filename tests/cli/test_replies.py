"""Replies are taken in by command: each file is told with what became of it and why."""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from placement.app import create_base
from placement.config import Config
from placement.db import unit_of_work
from placement.domain.replies import REASONS
from tests.cli.commands import placement
from tests.databases import SqliteServer, dispose, settings
from tests.factories.opportunities import make_slot
from tests.factories.people import make_leader, make_user
from tests.factories.placements import make_invite, make_placement
from tests.factories.replies import (
    CONFIRMED,
    LEADER,
    SEQUENCE,
    SERVER,
    UID,
    calendar,
    event,
    mail,
    part,
    text,
)
from tests.factories.reply_samples import HOSTILE


@pytest.fixture
def installation(sqlite_server: SqliteServer, tmp_path: Path) -> Iterator[Config]:
    """A database with the invite that the samples answer."""
    with sqlite_server.database() as url:
        config = settings(url, tmp_path)
        app = create_base(config)
        with app.app_context(), unit_of_work() as session:
            slot = make_slot(session, reference="slot-1")
            user = make_user(session, email=LEADER)
            leader = make_leader(session, cohort=slot.opportunity.partner.cohort, user=user)
            make_invite(
                session,
                placement=make_placement(session, leader=leader, slot=slot),
                uid=UID,
                sequence=SEQUENCE,
                state="sent",
            )
        dispose(app)
        yield replace(config, authserv_id=SERVER)


def answer(partstat: str, day: int, *, results: Sequence[str] = (CONFIRMED,)) -> bytes:
    """An answer that was given long ago, on that day of January."""
    lines = event(
        attendees=[f"ATTENDEE;PARTSTAT={partstat}:mailto:{LEADER}"], stamp=f"DTSTAMP:202001{day:02}T130000Z"
    )
    return mail(part(calendar(lines)), results=results)


@pytest.fixture
def mails(tmp_path: Path) -> dict[str, Path]:
    """Files with a mail each."""
    octets = {
        "accepted": answer("ACCEPTED", 1),
        "declined": answer("DECLINED", 2),
        "unchecked": answer("DECLINED", 3, results=[]),
        "forged": HOSTILE["spoofed, and our server says so"].octets,
        "large": HOSTILE["2 MB"].octets,
    }
    files = {name: tmp_path / f"{name}.eml" for name in octets}
    for name, file in files.items():
        file.write_bytes(octets[name])
    return files


def held(config: Config) -> str:
    with sqlite3.connect(config.database_url.removeprefix("sqlite:///")) as database:
        found: str = database.execute("SELECT partstat FROM invite").fetchone()[0]
    return found


def told(config: Config, *arguments: str | Path) -> list[dict[str, Any]]:
    ended = placement(config, "replies", "ingest", *map(str, arguments), "--json")
    assert (ended.status, ended.err) == (0, "")
    found: list[dict[str, Any]] = json.loads(ended.out)
    return found


def test_each_file_is_told_with_what_became_of_it(installation: Config, mails: dict[str, Path]) -> None:
    files = [mails[name] for name in ("accepted", "declined", "accepted", "forged", "large")]
    found = told(installation, *files)
    assert [one["file"] for one in found] == [str(file) for file in files]
    assert [(one["action"], one["reason"], one["changed"]) for one in found] == [
        ("applied", "accepted", True),
        ("applied", "declined", True),
        ("ignored", "seen", False),
        ("rejected", "sender_failed", True),
        ("rejected", "message_too_large", True),
    ]
    assert found[1] == {
        "file": str(mails["declined"]),
        "action": "applied",
        "reason": "declined",
        "sentence": "The leader cannot come. The placement stands until a coordinator acts.",
        "changed": True,
        "leader": LEADER,
        "slot": "slot-1",
        "answer": "DECLINED",
        "comment": "",
    }
    assert (found[4]["leader"], found[4]["answer"]) == (None, None)
    assert held(installation) == "DECLINED"


def test_what_nobody_checked_waits_until_somebody_vouches(
    installation: Config, mails: dict[str, Path]
) -> None:
    unset = replace(installation, authserv_id="")
    assert [one["reason"] for one in told(unset, mails["unchecked"])] == ["sender_unchecked"]
    assert held(installation) == "NEEDS-ACTION"
    assert [one["reason"] for one in told(unset, mails["unchecked"], "--vouch")] == ["declined"]
    assert held(installation) == "DECLINED"


def test_without_json_it_says_the_same_in_words(installation: Config, mails: dict[str, Path]) -> None:
    ended = placement(installation, "replies", "ingest", str(mails["accepted"]), str(mails["forged"]))
    assert ended.status == 0
    assert ended.out.splitlines() == [
        f"{mails['accepted']}: applied (accepted). The leader is coming.",
        f"  invite of {LEADER} to slot-1",
        f"{mails['forged']}: rejected (sender_failed). {REASONS['sender_failed'][1]}",
        f"  invite of {LEADER} to slot-1",
    ]


def test_a_file_that_is_not_there_is_wrong_use_and_nothing_is_taken_in(
    installation: Config, mails: dict[str, Path], tmp_path: Path
) -> None:
    ended = placement(installation, "replies", "ingest", str(mails["accepted"]), str(tmp_path / "none.eml"))
    assert (ended.status, ended.out) == (2, "")
    assert ended.err.startswith("placement: ")
    assert ended.err.count("\n") == 1
    assert held(installation) == "NEEDS-ACTION"


def test_what_waits_is_listed_and_shown_also_of_no_known_cohort(installation: Config, tmp_path: Path) -> None:
    file = tmp_path / "stranger.eml"
    results = [f"{SERVER}; dmarc=pass header.from=elsewhere.example"]
    file.write_bytes(mail(text("Am I on the list?"), sender="someone@elsewhere.example", results=results))
    told(installation, file)
    (one,) = json.loads(placement(installation, "replies", "list", "--json").out)
    assert (one["sender"], one["sender_checked"], one["reason"], one["leader"]) == (
        "someone@elsewhere.example",
        True,
        "no_calendar",
        None,
    )
    listed = placement(installation, "replies", "list").out.splitlines()
    assert listed[0].endswith("someone@elsewhere.example")
    assert listed[1] == f"  {REASONS['no_calendar'][1]}"
    shown = placement(installation, "replies", "show", str(one["id"])).out
    assert "sender: someone@elsewhere.example\n" in shown
    assert shown.endswith("\n\nAm I on the list?\n")
    absent = placement(installation, "replies", "show", "987654")
    assert (absent.status, absent.err) == (1, "placement: There is no such reply 987654.\n")
