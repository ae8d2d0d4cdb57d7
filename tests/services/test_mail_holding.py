"""Holding mail, releasing it and having it tried again: by whom, when it is refused, what is kept of it."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from placement.domain.errors import NotFound
from placement.domain.sending import DOMAIN_HELD, DRY_RUN_HELD, SendingRules
from placement.domain.sending_errors import MailOvertaken, MailPastChanging
from placement.models import AuditEvent, DeliveryTry, Invite, Message
from placement.services import mail_holding, outbox
from placement.services.reports.delivery import delivery
from placement.services.scope import Scope
from tests.factories.clock import NOON
from tests.factories.opportunities import make_slot
from tests.factories.outbox import make_message
from tests.factories.people import make_coordinator, make_leader
from tests.factories.placements import make_invite, make_placement
from tests.factories.programmes import make_cohort

DAY = timedelta(days=1)


def new_invite(session: Session) -> Invite:
    cohort = make_cohort(session)
    leader, slot = make_leader(session, cohort=cohort), make_slot(session, cohort=cohort)
    return make_invite(session, placement=make_placement(session, leader=leader, slot=slot))


def history(session: Session, message: Message) -> list[tuple[str, str]]:
    rows = session.scalars(
        select(DeliveryTry).where(DeliveryTry.message_id == message.id).order_by(DeliveryTry.id)
    )
    return [(row.outcome, row.said) for row in rows]


def claimed(session: Session, **options: object) -> list[int]:
    return [mail.id for mail in outbox.claim_due(session, token="w", now=NOON, **options)]  # type: ignore[arg-type]


def test_what_is_held_does_not_leave_until_it_is_released(session: Session) -> None:
    message = make_message(session, invite=new_invite(session))
    person = Scope.of_user(session, make_coordinator(session, cohort_id=message.cohort_id).user_id)
    mail_holding.hold(person, message.id, now=NOON, cohort_id=message.cohort_id)
    assert claimed(session) == []
    mail_holding.release(person, message.id, now=NOON, cohort_id=message.cohort_id)
    assert claimed(session) == [message.id]
    assert [outcome for outcome, _ in history(session, message)] == ["held", "released"]
    events = session.scalars(select(AuditEvent).order_by(AuditEvent.id)).all()
    assert [(event.verb, event.actor, event.subject) for event in events] == [
        ("hold_mail", person.actor.label, f"message:{message.id}"),
        ("release_mail", person.actor.label, f"message:{message.id}"),
    ]


def test_another_cohorts_mail_does_not_exist(session: Session) -> None:
    message, other = make_message(session, invite=new_invite(session)), make_cohort(session)
    stranger = Scope.of_user(session, make_coordinator(session, cohort=other).user_id)
    for act in (mail_holding.hold, mail_holding.release, mail_holding.try_again):
        for cohort_id in (message.cohort_id, other.id, None):
            with pytest.raises(NotFound):
                act(stranger, message.id, now=NOON, cohort_id=cohort_id)
    for act_on_all in (mail_holding.hold_all, mail_holding.release_all, mail_holding.make_all_due):
        with pytest.raises(NotFound):
            act_on_all(stranger, now=NOON)
    with pytest.raises(NotFound):
        delivery(stranger, message.id)


@pytest.mark.parametrize("state", ["sending", "sent", "cancelled", "superseded"])
def test_what_has_gone_or_never_will_is_not_changed(session: Session, scope: Scope, state: str) -> None:
    message = make_message(session, status=state)
    for act in (mail_holding.hold, mail_holding.release, mail_holding.try_again):
        with pytest.raises(MailPastChanging):
            act(scope, message.id, now=NOON)
    assert history(session, message) == []


def test_a_mail_that_was_given_up_is_tried_again_at_once(session: Session, scope: Scope) -> None:
    message = make_message(session, invite=new_invite(session), status="failed", due_at=NOON + DAY)
    mail_holding.try_again(scope, message.id, now=NOON)
    assert claimed(session) == [message.id]
    assert history(session, message) == [("asked", "")]


def test_a_mail_that_was_given_up_never_comes_after_a_newer_one(session: Session, scope: Scope) -> None:
    invite = new_invite(session)
    old = make_message(session, invite=invite, status="failed")
    make_message(session, invite=invite, status="sent")
    with pytest.raises(MailOvertaken, match="newer mail"):
        mail_holding.try_again(scope, old.id, now=NOON)
    assert mail_holding.make_all_due(scope, now=NOON, failed=True) == 0


@pytest.mark.parametrize(("method", "goes"), [("REQUEST", 0), ("CANCEL", 1)])
def test_of_a_cancelled_day_only_its_cancellation_is_tried_again(
    session: Session, scope: Scope, method: str, goes: int
) -> None:
    invite = new_invite(session)
    invite.state = "cancelled"
    message = make_message(session, invite=invite, status="failed", payload={"method": method})
    if goes:
        assert mail_holding.make_all_due(scope, now=NOON, failed=True) == 1
        return
    assert mail_holding.make_all_due(scope, now=NOON, failed=True) == 0
    with pytest.raises(MailOvertaken, match="cancelled"):
        mail_holding.try_again(scope, message.id, now=NOON)


def test_everything_unsent_is_made_due_but_not_what_is_held_or_given_up(
    session: Session, scope: Scope
) -> None:
    invite = new_invite(session)
    first = make_message(session, invite=invite, due_at=NOON + DAY)
    make_message(session, invite=invite)
    other = make_message(session, due_at=NOON + DAY)
    make_message(session, status="held")
    failed = make_message(session, status="failed")
    assert mail_holding.make_all_due(scope, now=NOON) == 2
    assert claimed(session) == [first.id, other.id], "the second of the invite waits for the first"
    assert mail_holding.make_all_due(scope, now=NOON, failed=True) == 1
    assert claimed(session) == [failed.id]


def test_all_mail_can_be_held_and_released_at_once(session: Session, scope: Scope) -> None:
    messages = [make_message(session) for _ in range(3)]
    assert (mail_holding.hold_all(scope, now=NOON), claimed(session)) == (3, [])
    assert mail_holding.release_all(scope, now=NOON) == 3
    assert claimed(session) == [message.id for message in messages]


def test_in_a_dry_run_all_that_is_due_is_held_with_the_reason(session: Session, scope: Scope) -> None:
    due, later = make_message(session), make_message(session, due_at=NOON + DAY)
    assert claimed(session, rules=SendingRules(dry_run=True)) == []
    session.expire_all()
    assert (due.status, due.last_error, later.status) == ("held", DRY_RUN_HELD, "todo")
    assert history(session, due) == [("held", DRY_RUN_HELD)]
    mail_holding.release(scope, due.id, now=NOON)
    assert claimed(session) == [due.id]


def test_only_the_domains_on_the_list_get_mail(session: Session) -> None:
    ours = make_message(session, recipient="ada@Programme.example")
    others = [
        make_message(session, recipient=f"ben@{domain}")
        for domain in ("people.example", "sub.programme.example", "programme.example.people.example")
    ]
    rules = SendingRules(allow_domains=frozenset({"programme.example"}))
    assert claimed(session, rules=rules) == [ours.id]
    session.expire_all()
    assert {(mail.status, mail.last_error) for mail in others} == {("held", DOMAIN_HELD)}


def test_a_mail_that_lets_somebody_in_is_shown_without_what_it_says(session: Session, scope: Scope) -> None:
    secret = make_message(session, kind="sign_in", octets=b"Subject: 123456\r\n\r\n")
    shown = make_message(session, kind="placement_confirmed", octets=b"Subject: day\r\n\r\n")
    assert delivery(scope, secret.id).octets is None
    assert delivery(scope, shown.id).octets == b"Subject: day\r\n\r\n"
    assert "day" not in repr(delivery(scope, shown.id))
