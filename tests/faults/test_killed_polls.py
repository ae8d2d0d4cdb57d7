"""A poll of the mailbox that is killed between any two steps loses no answer and counts none twice."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from placement.app import create_base
from placement.config import Config
from placement.config_imap import ImapUrl
from placement.db import unit_of_work
from tests.databases import SqliteServer, dispose, settings
from tests.dovecot import Dovecot, address_of, held, put
from tests.factories.opportunities import make_slot
from tests.factories.people import make_leader, make_user
from tests.factories.placements import make_invite, make_placement
from tests.factories.replies import LEADER, SEQUENCE, SERVER, UID, calendar, event, mail, part
from tests.factories.replies import text as words
from tests.faults.nursing import Nursery, environment, nursery

__all__ = ["nursery"]

STRIDE = 23
STEPS_AT_MOST = 400


@pytest.fixture
def installation(sqlite_server: SqliteServer, tmp_path: Path) -> Iterator[Config]:
    """A database with the invite that the samples answer."""
    with sqlite_server.database() as url:
        config = settings(url, tmp_path)
        app = create_base(config)
        with app.app_context(), unit_of_work() as session:
            slot = make_slot(session)
            cohort = slot.opportunity.partner.cohort
            leader = make_leader(session, cohort=cohort, user=make_user(session, email=LEADER))
            placement = make_placement(session, leader=leader, slot=slot)
            make_invite(session, placement=placement, uid=UID, sequence=SEQUENCE, state="sent")
        dispose(app)
        yield replace(config, mail_backend="smtp")


def answer(number: int) -> bytes:
    """The newest answer so far: yes and no in turn."""
    lines = event(
        attendees=[f"ATTENDEE;PARTSTAT={said(number)}:mailto:{LEADER}"],
        stamp=f"DTSTAMP:20200112T1{number // 60}{number % 60:02}00Z",
    )
    return mail(part(calendar(lines)), message_id=f"<{number}@trust.example>")


def said(number: int) -> str:
    return ("ACCEPTED", "DECLINED")[number % 2]


def question(number: int) -> bytes:
    """A mail that a person has to look at."""
    return mail(words(f"Where is it? {number}"), message_id=f"<question-{number}@trust.example>")


def environment_with(config: Config, url: ImapUrl) -> dict[str, str]:
    told = {"PLACEMENT_IMAP_URL": address_of(url), "PLACEMENT_AUTHSERV_ID": SERVER}
    return environment(config) | told


def rows(config: Config, query: str) -> list[tuple[object, ...]]:
    engine = create_engine(config.database_url)
    with engine.connect() as connection:
        found = [tuple(row) for row in connection.execute(text(query))]
    engine.dispose()
    return found


def test_a_poll_killed_at_any_step_is_made_up_for_by_the_next(
    installation: Config, dovecot: Dovecot, nursery: Nursery, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = dovecot.mailbox()
    told = environment_with(installation, url)
    monkeypatch.setattr("tests.faults.nursing.environment", lambda _: told)
    kills = 0
    for number, die_at in enumerate(range(1, STEPS_AT_MOST, STRIDE)):
        put(url, answer(number), question(number))
        outcome = nursery.raise_one(installation, "replies", "poll", die_at=die_at)
        kills += outcome["killed"]
        if outcome["killed"]:
            assert nursery.raise_one(installation, "replies", "poll") == {"killed": False, "exit": 0}
        assert held(url) == []
        assert held(url, "Processed")[-1] == answer(number)
        assert rows(installation, "SELECT partstat FROM invite") == [(said(number),)]
        if not outcome["killed"]:
            break
    assert kills >= 4
    everything = range(kills + 1)
    assert held(url, "Processed") == [answer(number) for number in everything]
    assert held(url, "Review") == [question(number) for number in everything]
    assert rows(installation, "SELECT action, count(*) FROM reply GROUP BY action ORDER BY action") == [
        ("applied", kills + 1),
        ("review", kills + 1),
    ]
