"""The history of a mail is written with its state, whichever way it is recorded."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from placement.db import db, reading, unit_of_work
from placement.db.brisk import BriskConnection, BriskFailed, brisk_connection
from placement.models import DeliveryTry, Invite, Message
from placement.services import mail_leases, outbox
from placement.services.deliveries import record_sent_briskly
from tests.factories.clock import NOON
from tests.factories.opportunities import make_slot
from tests.factories.outbox import make_message
from tests.factories.people import make_leader
from tests.factories.placements import make_invite, make_placement
from tests.factories.programmes import make_cohort

LATER = NOON + timedelta(seconds=3, microseconds=7)


def new_invite(session: Session) -> Invite:
    cohort = make_cohort(session)
    leader, slot = make_leader(session, cohort=cohort), make_slot(session, cohort=cohort)
    return make_invite(session, placement=make_placement(session, leader=leader, slot=slot), state="owed")


@pytest.fixture
def two(app: Flask) -> tuple[int, int]:
    """Two invites' mails that a worker holds under the token "w"."""
    with unit_of_work() as session:
        made = [make_message(session, invite=new_invite(session), octets=b"x") for _ in range(2)]
        outbox.claim_due(session, token="w", now=NOON)
        return made[0].id, made[1].id


def everything_of(message_id: int) -> dict[str, Any]:
    """What stands in the database about a mail, without what makes it another mail."""
    with reading() as session:
        row = session.get_one(Message, message_id)
        tries = session.scalars(select(DeliveryTry).where(DeliveryTry.message_id == message_id)).all()
        invite = session.get_one(Invite, row.invite_id)
        return {
            "status": row.status,
            "sent_at": row.sent_at,
            "attempts": row.attempts,
            "lease": (row.lease_until, row.lease_token),
            "last_error": row.last_error,
            "tries": [(one.at, one.outcome, one.said) for one in tries],
            "invite": invite.state,
        }


def test_recording_briskly_writes_what_recording_writes(two: tuple[int, int]) -> None:
    with unit_of_work() as session:
        assert outbox.record_sent(session, two[0], token="w", now=LATER, said="250 Café")
    with brisk_connection() as connection:
        assert record_sent_briskly(connection, two[1], token="w", now=LATER, said="250 Café")
    assert everything_of(two[0]) == everything_of(two[1])
    assert everything_of(two[1])["tries"] == [(LATER, "sent", "250 Café")]


def test_a_late_worker_records_nothing_briskly(two: tuple[int, int]) -> None:
    before = everything_of(two[0])
    with brisk_connection() as connection:
        assert not record_sent_briskly(connection, two[0], token="late", now=LATER, said="250 Ok")
        assert record_sent_briskly(connection, two[1], token="w", now=LATER, said="250 Ok")
        assert not record_sent_briskly(connection, two[1], token="w", now=LATER, said="250 Ok")
    assert everything_of(two[0]) == before
    assert len(everything_of(two[1])["tries"]) == 1


def test_a_brisk_write_that_fails_writes_nothing_and_the_next_gets_a_new_connection(
    two: tuple[int, int],
) -> None:
    change = "UPDATE message SET status = 'sent'"
    with brisk_connection() as connection:
        with pytest.raises(BriskFailed):
            connection.write(_statements(connection, change, "UPDATE no_such_table SET a = 1"), {})
        assert everything_of(two[0])["status"] == "sending"
        assert record_sent_briskly(connection, two[0], token="w", now=LATER, said="250 Ok")


def _statements(connection: BriskConnection, *statements: str) -> tuple[str, ...]:
    """As many as the database takes at a time; the last one of them is at fault."""
    return statements if connection.dialect == "sqlite" else statements[-1:]


def test_only_brisk_writes_do_not_wait_for_the_disk(app: Flask) -> None:
    asked = "PRAGMA synchronous" if db.engine.dialect.name == "sqlite" else "SHOW synchronous_commit"
    with brisk_connection() as connection:
        hurried = connection._open().execute(asked).fetchone()
    with db.engine.connect() as pooled:
        waiting = pooled.exec_driver_sql(asked).fetchone()
    assert (tuple(hurried), tuple(waiting or ())) in {((1,), (2,)), (("off",), ("on",))}


def test_only_the_mail_that_a_worker_was_sending_counts_as_one_that_may_have_gone(session: Session) -> None:
    invites = [new_invite(session) for _ in range(4)]
    mails = [make_message(session, invite=invite, octets=b"x") for invite in invites[:3]]
    unwritten = make_message(session, invite=invites[3])
    outbox.claim_due(session, token="killed", now=NOON, limit=3)
    outbox.record_sent(session, mails[0].id, token="killed", now=NOON)
    outbox.claim_due(session, token="killed earlier", now=NOON, limit=3)
    assert mail_leases.free_abandoned(session, tokens=["killed", "killed earlier"], now=NOON) == 3
    outbox.take_back(session, [invite.id for invite in invites], status="cancelled")
    assert outbox.left(session, [invite.id for invite in invites]) == {invites[0].id, invites[1].id}
    found = session.scalars(select(DeliveryTry).where(DeliveryTry.outcome == "interrupted")).all()
    assert [one.message_id for one in found] == [mails[1].id]
    session.expire_all()
    assert unwritten.status == "cancelled"


@pytest.mark.parametrize("lease", [None, timedelta(days=1), timedelta(seconds=-1)])
def test_a_lease_that_cannot_be_true_holds_nothing_up(session: Session, lease: timedelta | None) -> None:
    message = make_message(
        session, status="sending", lease_token="?", lease_until=NOON + lease if lease else None
    )
    assert [mail.id for mail in outbox.claim_due(session, token="w", now=NOON)] == [message.id]


def test_each_failure_is_a_line_of_the_history(session: Session) -> None:
    for outcome in ("put_off", "refused", "unknown", "unwritable"):
        message = make_message(session, octets=b"x")
        outbox.claim_due(session, token="w", now=NOON)
        outbox.record_failure(
            session,
            message.id,
            token="w",
            now=NOON,
            reason=f"said {outcome}",
            outcome=outcome,
        )
        (one,) = session.scalars(select(DeliveryTry).where(DeliveryTry.message_id == message.id))
        assert (one.outcome, one.said, one.at) == (outcome, f"said {outcome}", NOON)


def test_claiming_many_costs_a_few_statements(session: Session) -> None:
    for _ in range(30):
        make_message(session, octets=b"x")
    asked: list[str] = []

    def count(*told: Any) -> None:
        asked.append(told[2])

    event.listen(db.engine, "before_cursor_execute", count)
    outbox.claim_due(session, token="w", now=NOON, limit=30)
    event.remove(db.engine, "before_cursor_execute", count)
    assert len(asked) <= 5
