"""Sending: what the worker does when mail servers refuse, fall silent or are not there."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from placement.app import create_base
from placement.config import Config
from placement.db import reading, unit_of_work
from placement.models import Message
from placement.services import confirmations, outbox
from placement.services.invites import sender_of
from placement.services.scope import Scope
from placement.worker.mail import send_due
from tests.databases import dispose
from tests.services.small_cohort import NEXT_JUNE, make_small_cohort, solved_run
from tests.smtp_sink import Sink, drop, hang, refuse

MAILS = 4 + 2
"""Invites to leaders, and who is coming to two partners."""


@pytest.fixture
def owing(config: Config, smtp_sink: Sink) -> Iterator[Config]:
    """An installation that owes four invites and two mails to partners, and sends to the sink."""
    told = replace(config, mail_backend="smtp", mail_port=smtp_sink.port, mail_timeout=1.0)
    app: Flask = create_base(told)
    with app.app_context():
        with unit_of_work() as session:
            run = solved_run(session, make_small_cohort(session, first_day=NEXT_JUNE).cohort)
            confirmations.confirm_run(
                Scope.system(session), run.id, sender=sender_of(told), now=datetime.now(UTC)
            )
        yield told
    dispose(app)


def counts() -> dict[str, int]:
    with reading() as session:
        found = outbox.counts(Scope.system(session))
    return {status: number for status, number in found.items() if number}


def errors() -> list[str]:
    with reading() as session:
        return [error for error in session.scalars(select(Message.last_error)) if error]


def an_hour_passes() -> None:
    with unit_of_work() as session:
        session.execute(update(Message).values(due_at=datetime.now(UTC) - timedelta(hours=1)))


def test_all_mail_goes_over_one_connection(owing: Config, smtp_sink: Sink) -> None:
    assert send_due(owing) == {"sent": MAILS}
    assert len(smtp_sink.received) == MAILS
    assert smtp_sink.connections == 1
    assert send_due(owing) == {}


def test_a_server_that_is_not_there_costs_no_mail_a_try(owing: Config, smtp_sink: Sink) -> None:
    assert send_due(replace(owing, mail_port=1)) == {}
    assert counts() == {"todo": MAILS}
    assert all("127.0.0.1:1" in error for error in errors())
    assert len(errors()) == MAILS
    assert send_due(owing) == {"sent": MAILS}, "it is due at once when the server is back"
    assert errors() == []


def test_a_server_that_falls_silent_is_left_alone_after_one_mail(owing: Config, smtp_sink: Sink) -> None:
    smtp_sink.script(*[hang("data")] * MAILS)
    assert send_due(owing) == {"todo": 1}
    assert smtp_sink.tries == 1
    assert counts() == {"todo": MAILS}


def test_a_server_that_hangs_up_is_called_again_for_the_next_mail(owing: Config, smtp_sink: Sink) -> None:
    smtp_sink.script(drop("data"))
    assert send_due(owing) == {"todo": 1, "sent": MAILS - 1}
    assert smtp_sink.connections == 2
    an_hour_passes()
    assert send_due(owing) == {"sent": 1}


def test_one_refused_recipient_holds_up_nobody_else(owing: Config, smtp_sink: Sink) -> None:
    smtp_sink.script(refuse("rcpt", "550 No such person"), refuse("rcpt", "451 Later"))
    assert send_due(owing) == {"failed": 1, "todo": 1, "sent": MAILS - 2}
    assert any("No such person" in error for error in errors())


def test_a_lost_answer_is_tried_once_more_with_the_same_octets(owing: Config, smtp_sink: Sink) -> None:
    smtp_sink.script(drop("end"))
    assert send_due(owing) == {"todo": 1, "sent": MAILS - 1}
    an_hour_passes()
    assert send_due(owing) == {"sent": 1}
    unsure = smtp_sink.received[0]
    repeats = [mail for mail in smtp_sink.received if mail.recipients == unsure.recipients]
    assert [mail.octets for mail in repeats] == [unsure.octets] * 2


def test_a_mail_that_cannot_be_written_holds_up_nobody_else(owing: Config, smtp_sink: Sink) -> None:
    with unit_of_work() as session:
        first = session.scalars(select(Message).order_by(Message.id)).first()
        assert first is not None
        first.payload = {}
    assert send_due(owing) == {"failed": 1, "sent": MAILS - 1}
    assert any("could not be written" in error for error in errors())
