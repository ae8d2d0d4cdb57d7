"""The mailbox for replies on a real IMAP server: what comes in is decided on, moved, and never lost."""

import logging
import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from placement.adapters import imap
from placement.adapters.imap import ReplyMailbox
from placement.adapters.replies import read_reply
from placement.app import create_base
from placement.config import Config
from placement.config_imap import ImapUrl
from placement.db import UNAVAILABLE, db, reading, unit_of_work
from placement.domain.door_errors import MailboxFailed
from placement.models import Invite, MailboxPosition, Reply
from placement.services import replies
from placement.worker import inbox
from placement.worker.inbox import poll_mailbox, read_mailbox
from tests.databases import SqliteServer, dispose, settings
from tests.dovecot import OLD, PREFIXED, Dovecot, held, put, signed_in
from tests.factories.opportunities import make_slot
from tests.factories.people import make_leader, make_user
from tests.factories.placements import make_invite, make_placement
from tests.factories.replies import (
    LEADER,
    SEQUENCE,
    SERVER,
    UID,
    by_apple,
    by_google,
    by_outlook,
    calendar,
    event,
    mail,
    part,
    text,
)
from tests.factories.reply_samples import HOSTILE, MEGABYTE, ORDINARY

NOW = datetime(2027, 1, 12, 14, 0, tzinfo=UTC)


@pytest.fixture
def installation(sqlite_server: SqliteServer, tmp_path: Path) -> Iterator[Config]:
    """A database with the invite that the samples answer."""
    with sqlite_server.database() as url:
        yield from answerable(settings(url, tmp_path))


def answerable(config: Config) -> Iterator[Config]:
    app: Flask = create_base(config)
    with app.app_context():
        with unit_of_work() as session:
            slot = make_slot(session)
            cohort = slot.opportunity.partner.cohort
            leader = make_leader(session, cohort=cohort, user=make_user(session, email=LEADER))
            placement = make_placement(session, leader=leader, slot=slot)
            make_invite(session, placement=placement, uid=UID, sequence=SEQUENCE, state="sent")
        yield replace(config, authserv_id=SERVER)
    dispose(app)


def at(config: Config, url: ImapUrl) -> Config:
    return replace(config, imap_url=url)


def poll(config: Config, url: ImapUrl) -> list[tuple[str, str | None]]:
    """What became of each new mail: the reason and the folder."""
    found = read_mailbox(at(config, url), now=NOW)
    return [(one.found.verdict.reason if one.found else "fault", one.folder) for one in found]


def answers() -> list[str]:
    with reading() as session:
        return list(session.scalars(select(Invite.partstat)))


def kept() -> list[tuple[str, str]]:
    with reading() as session:
        return [(row.action, row.reason) for row in session.scalars(select(Reply).order_by(Reply.id))]


def position() -> list[int]:
    with reading() as session:
        return list(session.scalars(select(MailboxPosition.last_uid)))


def answer(partstat: str, minute: int) -> bytes:
    lines = event(
        attendees=[f"ATTENDEE;PARTSTAT={partstat}:mailto:{LEADER}"],
        stamp=f"DTSTAMP:20270112T13{minute:02}00Z",
    )
    return mail(part(calendar(lines)), message_id=f"<{partstat}-{minute}@trust.example>")


@pytest.mark.parametrize("extra", ["", PREFIXED, OLD], ids=["modern", "prefixed", "old"])
def test_each_mail_goes_to_the_folder_for_what_became_of_it(
    installation: Config, dovecot: Dovecot, extra: str
) -> None:
    url = dovecot.mailbox(extra)
    forged = HOSTILE["spoofed, and our server says so"].octets
    plain = ORDINARY["plain text"].octets
    away = ORDINARY["out of office"].octets
    put(url, answer("ACCEPTED", 1), plain, forged, away)
    assert poll(installation, url) == [
        ("accepted", "Processed"),
        ("no_calendar", "Review"),
        ("sender_failed", "Rejected"),
        ("automatic", "Processed"),
    ]
    prefix = "INBOX." if extra == PREFIXED else ""
    assert held(url, f"{prefix}Processed") == [answer("ACCEPTED", 1), away]
    assert (held(url, f"{prefix}Review"), held(url, f"{prefix}Rejected")) == ([plain], [forged])
    # An old server keeps the mail, marked, until a mail program tidies up; it is not read again all the same.
    assert len(held(url)) == (4 if extra == OLD else 0)
    assert answers() == ["ACCEPTED"]
    assert poll(installation, url) == []
    put(url, answer("DECLINED", 2))
    assert poll(installation, url) == [("declined", "Processed")]
    assert answers() == ["DECLINED"]


def test_a_mail_that_is_already_there_is_left_as_it_was_but_for_its_folder(
    installation: Config, dovecot: Dovecot
) -> None:
    url = dovecot.mailbox()
    put(url, by_google())
    assert poll(installation, url) == [("accepted", "Processed")]
    with signed_in(replace(url, folder="Processed")) as client:
        assert "\\Seen" not in str(client.fetch("1", "(FLAGS)")[1][0])


def test_a_mail_of_ten_megabytes_is_rejected_and_nothing_of_it_is_fetched(
    installation: Config, dovecot: Dovecot, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = dovecot.mailbox()
    put(url, mail(text("x" * 76 + "\r\n") * (10 * MEGABYTE // 100)), by_google())
    fetched: list[int] = []
    original = ReplyMailbox.octets

    def octets(self: ReplyMailbox, uid: int) -> bytes | None:
        fetched.append(uid)
        return original(self, uid)

    monkeypatch.setattr(ReplyMailbox, "octets", octets)
    assert poll(installation, url) == [("message_too_large", "Rejected"), ("accepted", "Processed")]
    assert fetched == [2]
    assert [len(mail) > 8 * MEGABYTE for mail in held(url, "Rejected")] == [True]


def test_a_size_that_lies_lets_no_more_in_than_is_read(
    installation: Config, dovecot: Dovecot, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = dovecot.mailbox()
    put(url, mail(text("x" * 76 + "\r\n") * (3 * MEGABYTE // 100)))
    monkeypatch.setattr(ReplyMailbox, "size", lambda *_: 100)
    assert poll(installation, url) == [("message_too_large", "Rejected")]


def test_a_mail_that_the_service_cannot_cope_with_waits_and_holds_up_nobody(
    installation: Config,
    dovecot: Dovecot,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    url = dovecot.mailbox()
    put(url, by_outlook(), answer("DECLINED", 5))

    def read(octets: bytes, **facts: Any) -> Any:
        if octets == by_outlook():
            raise ArithmeticError("a fault of ours")
        return read_reply(octets, **facts)

    monkeypatch.setattr(inbox, "read_reply", read)
    assert poll(installation, url) == [("fault", "Review"), ("declined", "Processed")]
    assert held(url, "Review") == [by_outlook()]
    assert kept() == [("review", "fault"), ("applied", "declined")]
    assert "a fault of ours" in caplog.text
    with reading() as session:
        assert [row.octets for row in session.scalars(select(Reply).where(Reply.reason == "fault"))] == [
            by_outlook()
        ]


def test_what_was_decided_before_the_worker_died_is_only_moved(
    installation: Config, dovecot: Dovecot, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = dovecot.mailbox()
    put(url, by_google(), ORDINARY["plain text"].octets)

    def dies(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(ReplyMailbox, "move", dies)
        with pytest.raises(KeyboardInterrupt):
            poll(installation, url)
    assert (answers(), position(), len(held(url))) == (["ACCEPTED"], [], 2)
    # The first is known by now, and goes where it belongs all the same.
    assert poll(installation, url) == [("seen", "Processed"), ("no_calendar", "Review")]
    assert poll(installation, url) == []
    assert kept() == [("applied", "accepted"), ("review", "no_calendar")]


def test_a_mail_for_review_goes_to_review_also_when_it_is_met_again(
    installation: Config, dovecot: Dovecot
) -> None:
    url = dovecot.mailbox()
    for _ in range(2):
        put(url, ORDINARY["plain text"].octets)
    assert poll(installation, url) == [("no_calendar", "Review"), ("seen", "Review")]


def test_when_the_numbers_begin_anew_all_mails_are_looked_at_again_and_none_is_counted_twice(
    installation: Config, dovecot: Dovecot
) -> None:
    url = dovecot.mailbox(OLD)  # its mails stay where they are, so that they can be met again
    put(url, answer("ACCEPTED", 1), answer("DECLINED", 2))
    assert [reason for reason, _ in poll(installation, url)] == ["accepted", "declined"]
    with unit_of_work() as session:
        for row in session.scalars(select(MailboxPosition)):
            row.uid_validity += 1
    assert [reason for reason, _ in poll(installation, url)] == ["seen", "seen"]
    assert answers() == ["DECLINED"]
    assert poll(installation, url) == []


def test_a_connection_that_is_lost_on_the_way_marks_nothing(
    installation: Config, dovecot: Dovecot, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = dovecot.mailbox()
    put(url, by_google(), by_apple())
    original = ReplyMailbox.move

    def cut(self: ReplyMailbox, uid: int, folder: imap.Folder) -> None:
        self._client.sock.shutdown(socket.SHUT_RDWR)
        original(self, uid, folder)

    with monkeypatch.context() as patch:
        patch.setattr(ReplyMailbox, "move", cut)
        poll_mailbox(at(installation, url), now=NOW)
    assert (position(), len(held(url))) == ([], 2)
    assert poll(installation, url) == [("seen", "Processed"), ("not_newer", "Processed")]


def test_a_mail_that_cannot_be_moved_stays_and_is_not_taken_in_again(
    installation: Config, dovecot: Dovecot, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = dovecot.mailbox()
    put(url, by_google(), answer("DECLINED", 9))
    with monkeypatch.context() as patch:
        patch.setattr(ReplyMailbox, "_mailbox_name", lambda *_: "No/Such.Folder")
        assert poll(installation, url) == [("accepted", None), ("declined", None)]
    assert (poll(installation, url), len(held(url))) == ([], 2)


def test_a_server_that_is_away_or_refuses_is_one_line_of_the_log(
    installation: Config, dovecot: Dovecot, caplog: pytest.LogCaptureFixture
) -> None:
    url = dovecot.mailbox()
    for wrong in (replace(url, port=1), replace(url, password="wrong"), replace(url, folder="None")):
        with caplog.at_level(logging.WARNING):
            caplog.clear()
            poll_mailbox(at(installation, wrong), now=NOW)
        assert len(caplog.records) == 1
        assert "The mailbox for replies cannot be used" in caplog.text
        assert wrong.password not in caplog.text
    poll_mailbox(replace(installation, imap_url=None), now=NOW)


def test_a_database_that_is_away_moves_nothing(
    installation: Config, dovecot: Dovecot, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = dovecot.mailbox()
    put(url, by_google())

    def away(*_: object, **__: object) -> None:
        raise UNAVAILABLE[0]("SELECT 1", {}, OSError("away"))

    with monkeypatch.context() as patch:
        patch.setattr(replies, "ingest", away)
        with pytest.raises(UNAVAILABLE):
            poll(installation, url)
    db.session.remove()
    assert (held(url), position()) == ([by_google()], [])


@pytest.mark.parametrize("tls", ["implicit", "starttls"])
def test_a_certificate_that_nobody_vouches_for_is_refused(
    installation: Config, dovecot: Dovecot, tls: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = dovecot.mailbox(tls=tls)
    put(replace(url, port=dovecot.plain, tls="off"), by_google())
    with pytest.raises(MailboxFailed, match=r"certificate of 127\.0\.0\.1 cannot be trusted"):
        poll(installation, url)
    monkeypatch.setenv("SSL_CERT_FILE", str(dovecot.certificate))
    assert poll(installation, url) == [("accepted", "Processed")]
