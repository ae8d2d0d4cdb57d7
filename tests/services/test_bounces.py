"""A mail that comes back flags its address, and nothing but a mail of ours can come back."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from placement.adapters.replies import read_reply
from placement.models import AuditEvent, Invite, Message, Reply, User
from placement.services import bounces, outbox, replies
from placement.services.replies import Ingested
from placement.services.reports.cohort import cohort_report
from placement.services.reports.sending import sending
from placement.services.scope import Scope
from tests.factories.bounces import RETURNED, WORDS, by_postfix, report
from tests.factories.clock import NOON
from tests.factories.outbox import make_message
from tests.factories.people import make_coordinator, make_partner, make_user
from tests.factories.placements import placement_of
from tests.factories.replies import LEADER, SEQUENCE, SERVER, UID, by_google
from tests.services.repairing import confirmed_cohort, invite_of, send_all
from tests.services.small_cohort import SENDER, SmallCohort

LATER = NOON + timedelta(hours=2)


@pytest.fixture
def small(session: Session) -> SmallCohort:
    return confirmed_cohort(session)


def take_in(scope: Scope, octets: bytes, *, sent: bool = True) -> Ingested:
    mail = read_reply(octets, authserv_id="mx.placement.example")
    found = replies.ingest(scope, mail, sender=SENDER if sent else None, now=LATER)
    scope.session.flush()
    scope.session.expire_all()
    return found


def first_mail(session: Session, small: SmallCohort) -> Message:
    """The invite of the first leader."""
    invite = invite_of(session, small.leaders[0])
    return session.scalars(select(Message).where(Message.invite_id == invite.id)).one()


def told(session: Session) -> list[str]:
    """Who is told of an address that comes back."""
    return list(
        session.scalars(select(Message.recipient).where(Message.kind == bounces.KIND).order_by(Message.id))
    )


def reason_of(found: Ingested) -> tuple[str, str]:
    return found.verdict.action, found.verdict.reason


@pytest.mark.parametrize("name", RETURNED)
def test_a_mail_that_comes_back_flags_its_address_and_its_invite(
    name: str, session: Session, scope: Scope, small: SmallCohort
) -> None:
    coordinator = make_coordinator(session, cohort=small.cohort)
    message = first_mail(session, small)
    found = take_in(scope, RETURNED[name](message.message_id))
    assert reason_of(found) == ("applied", "returned")
    leader = small.leaders[0]
    assert (leader.user.bounced_at, found.leader) == (LATER, leader.user.email)
    assert leader.user.bounce_reason
    invite = invite_of(session, leader)
    assert (invite.state, invite.partstat, invite.sequence) == ("undelivered", "NEEDS-ACTION", 0)
    assert placement_of(invite).status == "confirmed"
    assert {invite_of(session, other).state for other in small.leaders[1:]} == {"sent"}
    assert told(session) == [coordinator.user.email]
    (row,) = session.scalars(select(Reply))
    assert (row.invite_id, row.action, row.octets) == (invite.id, "applied", None)


def test_the_coordinators_see_it_and_are_told_once_for_an_address(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    coordinators = [make_coordinator(session, cohort=small.cohort) for _ in range(2)]
    make_coordinator(session, cohort=small.cohort, role="viewer")
    make_coordinator(session)
    message = first_mail(session, small)
    take_in(scope, by_postfix(message.message_id))
    take_in(scope, RETURNED["Exim"](message.message_id))
    assert told(session) == [one.user.email for one in coordinators]
    letter = session.scalars(select(Message).where(Message.kind == bounces.KIND).limit(1)).one()
    leader = small.leaders[0]
    assert letter.payload == {
        "name": leader.name,
        "address": leader.user.email,
        "reason": f"5.1.1: {WORDS}",
        "link": f"https://placement.example/coordinator/{small.cohort.id}/leaders/{leader.id}",
    }
    (returned,) = cohort_report(scope, small.cohort.id, now=LATER).mail.returned
    assert (returned.address, returned.name, returned.leader_id) == (
        leader.user.email,
        leader.name,
        leader.id,
    )
    shown = [mail.recipient for mail in sending(scope, small.cohort.id, now=LATER).mails if mail.comes_back]
    assert shown == [leader.user.email]


def test_without_our_message_id_nothing_is_believed(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    make_coordinator(session, cohort=small.cohort)
    recipient = small.leaders[0].user.email
    status = report("Action: failed", "Status: 5.1.1", recipient=recipient)
    assert reason_of(take_in(scope, by_postfix("<guessed@placement.example>", status))) == (
        "review",
        "bounce",
    )
    (row,) = session.scalars(select(Reply))
    assert row.octets is not None
    assert session.scalars(select(User).where(User.bounced_at.is_not(None))).all() == []
    assert invite_of(session, small.leaders[0]).state == "sent"
    assert told(session) == []


def test_a_mail_that_has_not_left_cannot_have_come_back(session: Session, scope: Scope) -> None:
    small = confirmed_cohort(session, sent=False)
    found = take_in(scope, by_postfix(first_mail(session, small).message_id))
    assert reason_of(found) == ("review", "bounce")


def test_a_server_that_still_tries_flags_nothing(session: Session, scope: Scope, small: SmallCohort) -> None:
    message = first_mail(session, small)
    late = by_postfix(message.message_id, report("Action: delayed", "Status: 4.4.1"))
    assert reason_of(take_in(scope, late)) == ("ignored", "delayed")
    there = by_postfix(message.message_id, report("Action: delivered", "Status: 2.0.0"))
    assert reason_of(take_in(scope, there)) == ("ignored", "delivered")
    assert small.leaders[0].user.bounced_at is None
    assert invite_of(session, small.leaders[0]).state == "sent"


def test_the_same_report_again_changes_nothing(session: Session, scope: Scope, small: SmallCohort) -> None:
    octets = by_postfix(first_mail(session, small).message_id)
    take_in(scope, octets)
    before = session.scalars(select(AuditEvent.id)).all()
    assert reason_of(take_in(scope, octets)) == ("ignored", "seen")
    assert session.scalars(select(AuditEvent.id)).all() == before


def test_a_later_mail_that_leaves_makes_the_invite_sent_again(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    message = first_mail(session, small)
    take_in(scope, by_postfix(message.message_id))
    make_message(session, invite=invite_of(session, small.leaders[0]))
    send_all(session)
    assert invite_of(session, small.leaders[0]).state == "sent"
    # What comes back late is of the mail before, and says nothing of the newer one.
    take_in(scope, RETURNED["Exchange"](message.message_id))
    assert invite_of(session, small.leaders[0]).state == "sent"


def test_an_invite_that_came_back_is_still_cancelled_by_mail(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    take_in(scope, by_postfix(first_mail(session, small).message_id))
    assert invite_of(session, small.leaders[0]).id in outbox.left(
        session, [invite_of(session, small.leaders[0]).id]
    ), "a forged report must not keep a cancellation back"


def test_a_mail_about_addresses_that_comes_back_sends_no_other(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    first, second = (make_coordinator(session, cohort=small.cohort) for _ in range(2))
    take_in(scope, by_postfix(first_mail(session, small).message_id))
    send_all(session)
    notes = session.scalars(select(Message).where(Message.kind == bounces.KIND).order_by(Message.id)).all()
    take_in(scope, by_postfix(notes[0].message_id))
    assert first.user.bounced_at == LATER
    assert told(session) == [first.user.email, second.user.email]


def test_a_mail_of_no_cohort_is_told_of_where_its_reader_belongs(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    coordinator = make_coordinator(session, cohort=small.cohort)
    partner = make_partner(session, cohort=small.cohort)
    message = make_message(session, recipient=partner.user.email, status="sent")
    assert reason_of(take_in(scope, by_postfix(message.message_id))) == ("applied", "returned")
    assert told(session) == [coordinator.user.email]
    (returned,) = cohort_report(scope, small.cohort.id, now=LATER).mail.returned
    assert (returned.name, returned.leader_id) == (partner.name, None)


def test_an_address_that_nobody_has_any_more_is_let_be(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    message = first_mail(session, small)
    small.leaders[0].user = make_user(session)
    session.flush()
    old = session.scalars(select(User).where(User.email == message.recipient)).one()
    old.email = "gone@people.example"
    session.flush()
    assert reason_of(take_in(scope, by_postfix(message.message_id))) == ("ignored", "returned_before")


def test_nobody_is_told_where_the_service_does_not_know_its_own_address(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    make_coordinator(session, cohort=small.cohort)
    take_in(scope, by_postfix(first_mail(session, small).message_id), sent=False)
    assert small.leaders[0].user.bounced_at == LATER
    assert told(session) == []


def test_an_answer_shows_that_an_invite_has_arrived(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    invite = invite_of(session, small.leaders[0])
    invite.uid, invite.sequence, invite.state = UID, SEQUENCE, "undelivered"
    small.leaders[0].user.email = LEADER
    session.flush()
    replies.ingest(scope, read_reply(by_google(), authserv_id=SERVER), now=LATER)
    assert session.scalars(select(Invite.state).where(Invite.id == invite.id)).one() == "sent"


def test_the_record_says_what_was_flagged_and_names_nobody(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    message = first_mail(session, small)
    take_in(scope, by_postfix(message.message_id))
    (said,) = session.scalars(select(AuditEvent).where(AuditEvent.verb == "flag_address"))
    assert (said.subject, said.cohort_id) == (f"user:{small.leaders[0].user_id}", small.cohort.id)
    assert said.facts == {"message": message.id}
