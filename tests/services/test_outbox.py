"""The outbox: owed once, claimed by one, recorded by whoever holds the lease."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from placement.domain.invites import Mailbox
from placement.domain.letters import Letter
from placement.models import Message
from placement.services import mail_leases, outbox
from placement.services.scope import Scope
from tests.factories.clock import NOON
from tests.factories.opportunities import make_slot
from tests.factories.people import make_leader
from tests.factories.placements import make_invite, make_placement
from tests.factories.programmes import make_cohort


def letter(number: int = 1, **facts: object) -> Letter:
    defaults = {
        "kind": "sign_in",
        "subject": f"sign_in:{number}",
        "recipient": Mailbox("Ada", "ada@people.example"),
        "message_id": f"<{number}@placement.example>",
        "payload": {"code": "123456"},
    }
    return Letter(**(defaults | facts))  # type: ignore[arg-type]


def owed(session: Session, *numbers: int) -> None:
    for number in numbers:
        assert outbox.owe(session, letter(number), now=NOON)


def test_the_same_letter_is_owed_once(session: Session, scope: Scope) -> None:
    owed(session, 1)
    assert not outbox.owe(session, letter(1, message_id="<other@placement.example>"), now=NOON)
    assert outbox.counts(scope)["todo"] == 1


def test_a_claimed_mail_is_nobody_elses_until_the_lease_ends(session: Session) -> None:
    owed(session, 1)
    assert len(outbox.claim_due(session, token="a", now=NOON)) == 1
    assert outbox.claim_due(session, token="b", now=NOON + mail_leases.LEASE) == []
    late = NOON + mail_leases.LEASE + timedelta(seconds=1)
    assert len(outbox.claim_due(session, token="b", now=late)) == 1


def test_mail_is_claimed_oldest_first_and_not_before_it_is_due(session: Session) -> None:
    outbox.owe(session, letter(1), now=NOON, due_at=NOON + timedelta(hours=1))
    outbox.owe(session, letter(2), now=NOON)
    outbox.owe(session, letter(3), now=NOON - timedelta(hours=1))
    claimed = outbox.claim_due(session, token="a", now=NOON)
    assert [message.message_id for message in claimed] == ["<3@placement.example>", "<2@placement.example>"]


def test_a_late_worker_cannot_overwrite_what_another_recorded(session: Session, scope: Scope) -> None:
    owed(session, 1)
    (message,) = outbox.claim_due(session, token="late", now=NOON)
    later = NOON + mail_leases.LEASE + timedelta(seconds=1)
    outbox.claim_due(session, token="next", now=later)
    assert not outbox.record_sent(session, message.id, token="late", now=later)
    assert outbox.record_failure(session, message.id, token="late", now=later, reason="?") == "taken over"
    assert outbox.record_sent(session, message.id, token="next", now=later)
    assert outbox.counts(scope)["sent"] == 1


def test_a_passing_failure_is_tried_again_after_a_minute(session: Session) -> None:
    owed(session, 1)
    (message,) = outbox.claim_due(session, token="a", now=NOON)
    assert outbox.record_failure(session, message.id, token="a", now=NOON, reason="451 Later") == "todo"
    again = session.scalars(select(Message.due_at)).one()
    assert timedelta(minutes=1) <= again - NOON <= timedelta(minutes=1, seconds=6)
    assert outbox.claim_due(session, token="a", now=NOON) == []
    assert session.get_one(Message, message.id).last_error == "451 Later"


def test_a_permanent_failure_is_final(session: Session, scope: Scope) -> None:
    owed(session, 1)
    (message,) = outbox.claim_due(session, token="a", now=NOON)
    status = outbox.record_failure(
        session, message.id, token="a", now=NOON, reason="550 No such person", outcome="refused"
    )
    assert status == "failed"
    assert outbox.claim_due(session, token="a", now=NOON + timedelta(days=2)) == []


def test_a_mail_that_fails_for_a_day_is_given_up(session: Session) -> None:
    owed(session, 1)
    now, status, tries = NOON, "todo", 0
    while status == "todo":
        claimed = outbox.claim_due(session, token="a", now=now)
        if not claimed:
            now += timedelta(minutes=1)
            continue
        tries += 1
        status = outbox.record_failure(session, claimed[0].id, token="a", now=now, reason="421 Busy")
        assert now - NOON <= timedelta(hours=26)
    assert status == "failed"
    assert 25 <= tries <= 28


def test_an_unknown_answer_is_retried_once(session: Session) -> None:
    owed(session, 1)
    now = NOON
    for expected in ("todo", "failed"):
        (message,) = outbox.claim_due(session, token="a", now=now)
        status = outbox.record_failure(
            session, message.id, token="a", now=now, reason="answer lost", outcome="unknown"
        )
        assert status == expected
        now += timedelta(hours=1)


def test_octets_are_kept_from_the_first_try_to_the_last(session: Session) -> None:
    owed(session, 1)
    (message,) = outbox.claim_due(session, token="a", now=NOON)
    outbox.keep_octets(session, {message.id: b"first"}, token="a")
    outbox.keep_octets(session, {message.id: b"second"}, token="a")
    outbox.record_failure(session, message.id, token="a", now=NOON, reason="421 Busy")
    (again,) = outbox.claim_due(session, token="b", now=NOON + timedelta(hours=1))
    assert again.octets == b"first"


def test_what_lets_somebody_in_is_wiped_once_it_was_sent(session: Session) -> None:
    owed(session, 1)
    (message,) = outbox.claim_due(session, token="a", now=NOON)
    outbox.keep_octets(session, {message.id: b"secret"}, token="a")
    outbox.record_sent(session, message.id, token="a", now=NOON)
    session.expire_all()
    row = session.get_one(Message, message.id)
    assert (row.octets, row.payload) == (None, {})


def test_what_a_dead_worker_held_is_given_back(session: Session) -> None:
    owed(session, 1, 2)
    outbox.claim_due(session, token="dead", now=NOON, limit=1)
    outbox.claim_due(session, token="alive", now=NOON, limit=1)
    assert sorted(mail_leases.tokens_in_use(session)) == ["alive", "dead"]
    assert mail_leases.free_abandoned(session, tokens=["dead"], now=NOON) == 1
    assert len(outbox.claim_due(session, token="next", now=NOON)) == 1


@pytest.mark.parametrize("state", ["todo", "sending", "held"])
def test_a_later_mail_of_an_invite_never_overtakes_an_earlier_one(session: Session, state: str) -> None:
    cohort = make_cohort(session)
    leader, slot = make_leader(session, cohort=cohort), make_slot(session, cohort=cohort)
    invite = make_invite(session, placement=make_placement(session, leader=leader, slot=slot))
    facts = {"invite_id": invite.id, "cohort_id": cohort.id}
    outbox.owe(session, letter(1, **facts), now=NOON, due_at=NOON + timedelta(days=1))
    outbox.owe(session, letter(2, **facts), now=NOON)
    first = session.scalars(select(Message).order_by(Message.id)).first()
    assert first is not None
    first.status, first.lease_until = state, NOON + timedelta(days=1)
    session.flush()
    assert outbox.claim_due(session, token="a", now=NOON) == []
    first.status = "sent"
    session.flush()
    assert len(outbox.claim_due(session, token="a", now=NOON)) == 1
