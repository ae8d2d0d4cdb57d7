"""The sweeper: mail of workers that ended is due again, and what was confirmed is owed."""

import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask, current_app
from sqlalchemy import delete, select, update

from placement.app import create_base
from placement.config import Config
from placement.db import WAKE, reading, unit_of_work
from placement.models import AuditEvent, Invite, Message
from placement.services import confirmations
from placement.services.invites import sender_of
from placement.services.scope import Scope
from placement.worker.sweeper import sweep
from tests.databases import dispose
from tests.factories.placements import placement_of
from tests.services.small_cohort import make_small_cohort, solved_run

LEADERS = 4
PARTNERS = 2


@pytest.fixture
def confirmed(config: Config) -> Iterator[Config]:
    """An installation with four confirmed placements whose invites are owed."""
    app: Flask = create_base(config)
    with app.app_context():
        with unit_of_work() as session:
            run = solved_run(session, make_small_cohort(session).cohort)
            confirmations.confirm_run(
                Scope.system(session), run.id, sender=sender_of(config), now=datetime.now(UTC)
            )
        yield config
    dispose(app)


def owed() -> list[tuple[str, str]]:
    """The mails of invites, by what makes them the ones they are."""
    with reading() as session:
        rows = session.execute(
            select(Message.idem_key, Message.message_id)
            .where(Message.invite_id.is_not(None))
            .order_by(Message.idem_key)
        )
        return [(key, message_id) for key, message_id in rows]


def verbs() -> list[str]:
    with reading() as session:
        return [verb for verb in session.scalars(select(AuditEvent.verb)) if not verb.endswith("_run")]


def now(config: Config) -> datetime:
    """Before the days of the cohort."""
    with reading() as session:
        invite = session.scalars(select(Invite)).first()
        assert invite is not None
        return min(placement_of(invite).starts_at - timedelta(days=1), datetime.now(UTC))


def test_invites_that_nobody_owes_are_owed_as_the_same_mails(
    confirmed: Config, caplog: pytest.LogCaptureFixture
) -> None:
    before = owed()
    sweep(confirmed, now=now(confirmed))
    assert (owed(), verbs()) == (before, []), "there is nothing to mend"
    with unit_of_work() as session:
        session.execute(delete(Message))
    with caplog.at_level(logging.WARNING):
        sweep(confirmed, now=now(confirmed))
        sweep(confirmed, now=now(confirmed))
    assert owed() == before
    assert verbs() == ["owe_missing_invite"] * LEADERS
    assert [record.getMessage() for record in caplog.records if "sweeper" in record.name] == [
        "4 invites were owed that nobody had owed"
    ]


def test_where_there_is_nothing_to_mend_nothing_is_written(confirmed: Config) -> None:
    written: list[str] = []
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # what the fixture has pushed
    app.extensions[WAKE] = lambda: written.append("a transaction")
    sweep(confirmed, now=now(confirmed))
    assert written == []
    with unit_of_work() as session:
        session.execute(delete(Message))
    written.clear()
    sweep(confirmed, now=now(confirmed))
    assert written == ["a transaction"]


def test_what_has_left_or_is_over_is_left_alone(confirmed: Config) -> None:
    with unit_of_work() as session:
        session.execute(delete(Message))
        first, second, *_ = session.scalars(select(Invite).order_by(Invite.id))
        first.state, second.state = "sent", "cancelled"
    sweep(confirmed, now=now(confirmed))
    assert len(owed()) == LEADERS - 2
    with unit_of_work() as session:
        session.execute(delete(Message))
    sweep(confirmed, now=now(confirmed) + timedelta(days=3650))
    assert owed() == []


def test_mail_under_a_lease_that_has_ended_is_due_again(
    confirmed: Config, caplog: pytest.LogCaptureFixture
) -> None:
    at = now(confirmed)
    with unit_of_work() as session:
        session.execute(
            update(Message).values(
                status="sending", lease_token="another machine|1|2|3", lease_until=at - timedelta(seconds=1)
            )
        )
    with caplog.at_level(logging.WARNING):
        sweep(replace(confirmed), now=at)
    with reading() as session:
        assert set(session.scalars(select(Message.status))) == {"todo"}
    assert verbs() == ["free_expired_mail"]
    assert f"{LEADERS + PARTNERS} mails were freed whose worker had ended" in caplog.text
