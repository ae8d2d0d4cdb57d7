"""Hostile mails change nothing, raise nothing and cost little, whichever way they come in."""

import json
import logging
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from placement.adapters.replies import LARGEST_MAIL, read_reply
from placement.app import create_app
from placement.config import Config
from placement.db import reading, unit_of_work
from placement.domain.inbound import HEADER, sign
from placement.domain.replies import REASONS
from placement.models import Invite, Message, Placement, Reply, User
from placement.services import replies
from placement.services.scope import Scope
from placement.worker.inbox import read_mailbox
from tests.databases import SqliteServer, dispose, settings
from tests.dovecot import Dovecot, deliver, held
from tests.factories.opportunities import make_slot
from tests.factories.people import make_leader, make_user
from tests.factories.placements import make_invite, make_placement
from tests.factories.replies import LEADER, SEQUENCE, SERVER, UID
from tests.factories.reply_samples import HOSTILE
from tests.factories.worst_replies import WORST

ROOT = Path(__file__).parents[2]
COSTLY = {
    "98 boundaries against 39,000 lines",
    "parameters of an attendee",
    "12,000 senders",
    "a report of 9,000 groups of nothing",
    "a report of 9,000 people",
}
"""What is weighed, and not taken in three times more: reading is the same at every door."""
SECRET = "a-shared-secret-for-tests-only"


@pytest.fixture(scope="module")
def mails() -> Mapping[str, bytes]:
    """Every hostile mail by its name."""
    return {name: make() for name, make in WORST.items()} | {
        name: sample.octets for name, sample in HOSTILE.items()
    }


@pytest.fixture
def site(sqlite_server: SqliteServer, tmp_path: Path) -> Iterator[tuple[Flask, Config]]:
    """The site with all its doors open, and the invite that the mails want to answer."""
    with sqlite_server.database() as url:
        config = replace(settings(url, tmp_path), inbound_secret=SECRET, authserv_id=SERVER)
        app = create_app(config)
        with app.app_context(), unit_of_work() as session:
            slot = make_slot(session)
            cohort = slot.opportunity.partner.cohort
            leader = make_leader(session, cohort=cohort, user=make_user(session, email=LEADER))
            placement = make_placement(session, leader=leader, slot=slot)
            make_invite(session, placement=placement, uid=UID, sequence=SEQUENCE, state="sent")
        yield app, config
        dispose(app)


def test_each_is_read_within_two_seconds_and_200_megabytes(
    mails: Mapping[str, bytes], tmp_path: Path
) -> None:
    """The limits are the kernel's: who passes them is killed, or gets no memory."""
    for place, octets in enumerate(mails.values()):
        (tmp_path / f"{place}.eml").write_bytes(octets)
    orders = "".join(f"{tmp_path / f'{place}.eml'}\n" for place in range(len(mails)))
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.scales"],
        cwd=ROOT,
        input=orders,
        capture_output=True,
        text=True,
        timeout=110,
    )
    assert done.stderr == ""
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    found = dict(zip(mails, answers, strict=True))
    assert {name: answer for name, answer in found.items() if answer.get("reason") not in REASONS} == {}
    assert not any(REASONS[answer["reason"]][0] == "applied" for answer in found.values())


def by_file(mails: Mapping[str, bytes], app: Flask, config: Config) -> Counter[str]:
    """Each as `placement replies ingest` takes it in."""
    found: Counter[str] = Counter()
    with app.app_context():
        for octets in mails.values():
            mail = read_reply(octets[: LARGEST_MAIL + 1], authserv_id=config.authserv_id)
            with unit_of_work() as session:
                done = replies.ingest(Scope.system(session), mail, now=datetime.now(UTC))
            found[done.verdict.reason] += 1
    return found


def by_http(mails: Mapping[str, bytes], app: Flask, config: Config) -> Counter[str]:
    found: Counter[str] = Counter()
    for octets in mails.values():
        signature = sign(octets, secret=config.inbound_secret, now=datetime.now(UTC))
        answer = app.test_client().post("/inbound", data=octets, headers={HEADER: signature})
        assert answer.status_code in {200, 413}
        told: dict[str, Any] = answer.get_json(force=True)
        found[told.get("reason", "message_too_large")] += 1
    return found


def by_mailbox(mails: Mapping[str, bytes], app: Flask, config: Config, dovecot: Dovecot) -> Counter[str]:
    url = dovecot.mailbox()
    deliver(dovecot, url, *mails.values())
    with app.app_context():
        polled = list(read_mailbox(replace(config, imap_url=url), now=datetime.now(UTC)))
    assert held(url) == []
    return Counter(one.found.verdict.reason if one.found else "fault" for one in polled)


@pytest.mark.parametrize("door", ["file", "http", "mailbox"])
def test_none_changes_anything_through_any_door(
    door: str,
    mails: Mapping[str, bytes],
    site: tuple[Flask, Config],
    request: pytest.FixtureRequest,
    caplog: pytest.LogCaptureFixture,
) -> None:
    mails = {name: octets for name, octets in mails.items() if name not in COSTLY}
    doors: dict[str, Callable[[], Counter[str]]] = {
        "file": lambda: by_file(mails, *site),
        "http": lambda: by_http(mails, *site),
        "mailbox": lambda: by_mailbox(mails, *site, request.getfixturevalue("dovecot")),
    }
    with caplog.at_level(logging.WARNING):
        found = doors[door]()
    assert found.total() == len(mails)
    assert {reason for reason in found if REASONS[reason][0] == "applied" or reason == "fault"} == set()
    assert caplog.records == []
    with site[0].app_context(), reading() as session:
        invite = session.scalars(select(Invite)).one()
        assert (invite.state, invite.partstat, invite.sequence) == ("sent", "NEEDS-ACTION", SEQUENCE)
        assert session.scalars(select(Placement.status)).all() == ["confirmed"]
        assert session.scalars(select(Message)).all() == []
        assert session.scalars(select(User).where(User.bounced_at.is_not(None))).all() == []
        assert session.scalars(select(Reply).where(Reply.action == "applied")).all() == []
