"""From a confirmed day to the answer on the coordinator's page, over real mail servers both ways."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import icalendar
import pytest
from flask import Flask
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import select

from placement.app import create_app
from placement.config import Config
from placement.db import reading, unit_of_work
from placement.models import Cohort, Leader, User
from placement.services import confirmations
from placement.services.invites import sender_of
from placement.services.scope import Scope
from placement.worker.inbox import poll_mailbox
from placement.worker.mail import send_due
from tests.databases import SqliteServer, dispose, settings
from tests.dovecot import Dovecot, held, put
from tests.factories.bounces import by_exchange
from tests.factories.people import make_coordinator, make_user
from tests.factories.replies import OUTLOOK_ZONE, SERVER, calendar, event, mail, part, parts, text
from tests.services.small_cohort import make_small_cohort, solved_run
from tests.smtp_sink import Received, Sink
from tests.web.browsing import Browser
from tests.web.page import parse

COORDINATOR = "coordinator@programme.example"


@pytest.fixture
def site(
    sqlite_server: SqliteServer, dovecot: Dovecot, smtp_sink: Sink, tmp_path: Path
) -> Iterator[tuple[Flask, Config]]:
    """A confirmed cohort whose invites have been mailed, and the mailbox for the answers."""
    with sqlite_server.database() as url:
        config = replace(
            settings(url, tmp_path),
            mail_backend="smtp",
            mail_port=smtp_sink.port,
            imap_url=dovecot.mailbox(),
            authserv_id=SERVER,
        )
        app = create_app(config)
        app.jinja_env.bytecode_cache = FileSystemBytecodeCache(str(tmp_path))
        with app.app_context():
            with unit_of_work() as session:
                cohort = make_small_cohort(session).cohort
                make_coordinator(session, cohort=cohort, user=make_user(session, email=COORDINATOR))
                run_id = solved_run(session, cohort).id
            with unit_of_work() as session:
                scope, now = Scope.system(session), datetime.now(UTC)
                confirmations.confirm_run(scope, run_id, sender=sender_of(config), now=now)
            send_due(config)
        yield app, config
        dispose(app)


class Sent:
    """An invite as it arrived at its leader's."""

    def __init__(self, received: Received) -> None:
        self.mail = message_from_bytes(received.octets, policy=default)
        self.recipient = received.recipients[0]
        body = self.mail.get_body(("calendar",))
        assert body is not None
        inner = icalendar.Calendar.from_ical(body.get_content()).walk("VEVENT")[0]
        self.uid, self.sequence = str(inner["UID"]), int(str(inner["SEQUENCE"]))

    def answer(
        self, partstat: str, *, attendee: str = "mailto:{}", more: list[str] | None = None
    ) -> list[str]:
        stamp = datetime.now(UTC) + timedelta(minutes=1)
        return event(
            uid=self.uid,
            sequence=f"SEQUENCE:{self.sequence}",
            attendees=[f"ATTENDEE;PARTSTAT={partstat}:{attendee.format(self.recipient)}"],
            stamp=f"DTSTAMP:{stamp:%Y%m%dT%H%M%SZ}",
            **({} if more is None else {"more": more}),
        )

    def delivered(self, body: bytes) -> bytes:
        """The answer as our own mail server puts it into the mailbox."""
        domain = self.recipient.partition("@")[2]
        return mail(
            body,
            sender=self.recipient,
            results=[f"{SERVER}; dmarc=pass header.from={domain}"],
            message_id=f"<answer-{self.uid}>",
        )


def by_outlook(sent: Sent) -> bytes:
    zoned = calendar(sent.answer("ACCEPTED", attendee="MAILTO:{}", more=[]), before=OUTLOOK_ZONE, fold=True)
    answer = part(zoned, 'text/calendar; charset="utf-8"; method=REPLY')
    return sent.delivered(parts(text(""), answer, kind="alternative"))


def by_google(sent: Sent) -> bytes:
    said = calendar(sent.answer("TENTATIVE"))
    inline = parts(text(), part(said), kind="alternative", boundary="inner")
    return sent.delivered(parts(inline, part(said, 'application/ics; name="invite.ics"')))


def by_apple(sent: Sent) -> bytes:
    file = part(
        calendar(sent.answer("DECLINED")),
        "text/calendar; method=REPLY; charset=utf-8",
        Content_Disposition="attachment; filename=iCal.ics",
    )
    return sent.delivered(parts(text(), file))


ANSWERS: dict[Callable[[Sent], bytes], str] = {
    by_outlook: "Coming",
    by_google: "Perhaps",
    by_apple: "Cannot come",
}


def test_what_calendars_answer_is_on_the_coordinators_page(
    site: tuple[Flask, Config], smtp_sink: Sink
) -> None:
    app, config = site
    assert config.imap_url is not None
    calendars = [one for one in smtp_sink.received if b"text/calendar" in one.octets]
    invites = [Sent(one) for one in calendars]  # the others are for partners
    expected = {}
    for sent, (write, words) in zip(invites, ANSWERS.items(), strict=False):
        put(config.imap_url, write(sent))
        expected[sent.recipient] = words
    silent = invites[len(ANSWERS)]
    expected[silent.recipient] = "No answer yet"
    with app.app_context():
        poll_mailbox(config, now=datetime.now(UTC))
        with reading() as session:
            cohort_id = session.scalars(select(Cohort.id)).one()
            rows = session.execute(select(User.email, Leader.id).join(User, User.id == Leader.user_id)).all()
            people = {row[0]: row[1] for row in rows}
    browser = Browser(app, email=COORDINATOR)
    for email, words in expected.items():
        page = parse(browser.get(f"/coordinator/{cohort_id}/leaders/{people[email]}"))
        assert [row[3].partition(",")[0] for row in page.rows()[1:]] == [words]
    assert len(held(config.imap_url, "Processed")) == len(ANSWERS)


def test_an_invite_that_comes_back_is_told_on_the_pages_and_by_mail(
    site: tuple[Flask, Config], smtp_sink: Sink
) -> None:
    app, config = site
    assert config.imap_url is not None
    sent = Sent(smtp_sink.received[0])
    put(config.imap_url, by_exchange(str(sent.mail["Message-ID"])))
    with app.app_context():
        poll_mailbox(config, now=datetime.now(UTC))
        send_due(config)
        with reading() as session:
            cohort_id = session.scalars(select(Cohort.id)).one()
    browser = Browser(app, email=COORDINATOR)
    assert "comes back" in parse(browser.get(f"/coordinator/{cohort_id}/")).text
    note = smtp_sink.received[-1]
    assert note.recipients == (COORDINATOR,)
    told = message_from_bytes(note.octets, policy=default)
    plain = told.get_body(("plain",))
    assert plain is not None
    words = plain.get_content()
    assert sent.recipient in words
    assert "RESOLVER.ADR.RecipientNotFound" in words
    link = re.search(r"http://127\.0\.0\.1:8000(/\S+)", words)
    assert link is not None
    assert "Mail to this address comes back" in parse(browser.get(link[1])).text
