"""The mailbox for replies, and addresses that mail does not reach, by command."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from placement.app import create_base
from placement.config import Config
from placement.db import unit_of_work
from tests.cli.commands import placement
from tests.databases import SqliteServer, dispose, settings
from tests.dovecot import Dovecot, put
from tests.factories.clock import NOON
from tests.factories.opportunities import make_slot
from tests.factories.people import make_leader, make_user
from tests.factories.placements import make_invite, make_placement
from tests.factories.programmes import make_cohort
from tests.factories.replies import LEADER, SERVER, UID, calendar, event, mail, part, text

NEW = "right@trust.example"


@pytest.fixture
def installation(sqlite_server: SqliteServer, dovecot: Dovecot, tmp_path: Path) -> Iterator[Config]:
    """A database with an invite that came back, and a mailbox for replies."""
    with sqlite_server.database() as url:
        config = settings(url, tmp_path)
        app = create_base(config)
        with app.app_context(), unit_of_work() as session:
            slot = make_slot(session, cohort=make_cohort(session, name="Spring"), reference="slot-1")
            user = make_user(session, email=LEADER, bounced_at=NOON, bounce_reason="5.1.1")
            leader = make_leader(session, cohort=slot.opportunity.partner.cohort, user=user)
            placement_row = make_placement(session, leader=leader, slot=slot)
            make_invite(session, placement=placement_row, uid=UID, state="sent")
        dispose(app)
        yield replace(config, authserv_id=SERVER, imap_url=dovecot.mailbox())


def test_what_is_new_in_the_mailbox_is_told_with_where_it_went(installation: Config) -> None:
    assert installation.imap_url is not None
    lines = event(
        sequence="SEQUENCE:0",
        attendees=[f"ATTENDEE;PARTSTAT=DECLINED:mailto:{LEADER}"],
        stamp="DTSTAMP:20200112T130000Z",
    )
    put(installation.imap_url, mail(part(calendar(lines))))
    ended = placement(installation, "replies", "poll")
    assert (ended.status, ended.err) == (0, "")
    assert ended.out.splitlines() == [
        "mail 1: applied (declined). The leader cannot come. The placement stands until a coordinator acts.",
        f"  invite of {LEADER} to slot-1",
        "  moved to Processed",
    ]
    put(installation.imap_url, mail(text("When is it?"), message_id="<second@trust.example>"))
    (told,) = json.loads(placement(installation, "replies", "poll", "--json").out)
    assert (told["uid"], told["folder"], told["reason"]) == (2, "Review", "no_calendar")
    assert placement(installation, "replies", "poll").out == "There is nothing new.\n"


def test_a_mailbox_that_is_not_set_or_not_there_is_told_in_one_line(installation: Config) -> None:
    unset = placement(replace(installation, imap_url=None), "replies", "poll")
    assert (unset.status, unset.out) == (2, "")
    assert "Set PLACEMENT_IMAP_URL first" in unset.err
    assert installation.imap_url is not None
    away = replace(installation, imap_url=replace(installation.imap_url, port=1))
    ended = placement(away, "replies", "poll")
    assert (ended.status, ended.err.count("\n")) == (1, 1)
    assert "The mailbox for replies cannot be used" in ended.err


def test_the_doctor_signs_in_to_the_mailbox(installation: Config) -> None:
    well = placement(installation, "doctor")
    assert "lets us in" in well.out
    assert installation.imap_url is not None
    wrong = replace(installation, imap_url=replace(installation.imap_url, password="hunter2"))
    ended = placement(wrong, "doctor")
    assert ended.status == 1
    assert "WRONG  replies: The mailbox for replies cannot be used" in ended.out
    assert "hunter2" not in ended.out + ended.err


def test_an_address_is_corrected_or_said_to_be_right(installation: Config) -> None:
    assert "taken to arrive again" in placement(installation, "user", "reachable", LEADER).out
    assert "nothing was changed" in placement(installation, "user", "reachable", LEADER).out
    ended = placement(installation, "leader", "address", LEADER, NEW, "--cohort", "Spring", "--json")
    found = json.loads(ended.out)
    assert [(one["leader"], one["news"]) for one in found["mails"]] == [(NEW, "invited")]
    again = placement(installation, "leader", "address", LEADER, NEW, "--cohort", "Spring")
    assert again.status == 1
