"""Replies that come in: each is decided on once, and only an answer that passes every test is held."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from placement.adapters.replies import read_reply
from placement.models import AuditEvent, Cohort, Invite, Message, Placement, Reply
from placement.services import news, replies
from placement.services.replies import Ingested
from placement.services.reports.roster import person, roster_day
from placement.services.scope import Scope
from tests.factories.clock import NOON
from tests.factories.events import make_event, make_event_invite
from tests.factories.opportunities import make_slot
from tests.factories.people import make_leader, make_user
from tests.factories.placements import make_invite, make_placement
from tests.factories.replies import (
    LEADER,
    SEQUENCE,
    SERVER,
    UID,
    answered,
    by_thunderbird,
    calendar,
    event,
    mail,
    part,
)
from tests.factories.reply_samples import HOSTILE, ORDINARY, SAMPLES, TRUE
from tests.services.repairing import placement_of
from tests.services.small_cohort import SENDER

LATER = NOON + timedelta(hours=2)
STAMPED = datetime(2027, 1, 12, 13, 0, tzinfo=UTC)


@pytest.fixture
def invite(session: Session) -> Invite:
    """The invite that the samples answer, sent; nothing is held of an answer."""
    slot = make_slot(session)
    cohort = slot.opportunity.partner.cohort
    leader = make_leader(session, cohort=cohort, user=make_user(session, email=LEADER))
    placement = make_placement(session, leader=leader, slot=slot)
    return make_invite(session, placement=placement, uid=UID, sequence=SEQUENCE, state="sent")


def take_in(
    scope: Scope, octets: bytes, *, authserv_id: str = SERVER, vouched: bool = False, now: datetime = LATER
) -> Ingested:
    found = replies.ingest(scope, read_reply(octets, authserv_id=authserv_id, vouched=vouched), now=now)
    scope.session.expire_all()
    return found


def held(invite: Invite) -> tuple[str, datetime | None, int | None]:
    return invite.partstat, invite.partstat_stamp, invite.partstat_seq


def kept(session: Session) -> Sequence[Reply]:
    return session.scalars(select(Reply).order_by(Reply.id)).all()


def answer(partstat: str, *, minute: int, sequence: int = SEQUENCE) -> bytes:
    """An answer of the leader, given so many minutes after one o'clock."""
    lines = event(
        attendees=[f"ATTENDEE;PARTSTAT={partstat}:mailto:{LEADER}"],
        sequence=f"SEQUENCE:{sequence}",
        stamp=f"DTSTAMP:20270112T13{minute:02}00Z",
    )
    return mail(part(calendar(lines)), message_id=f"<{partstat}-{minute}@trust.example>")


@pytest.mark.parametrize("name", SAMPLES)
def test_each_sample_becomes_what_it_should(
    name: str, session: Session, scope: Scope, invite: Invite
) -> None:
    sample = SAMPLES[name]
    found = take_in(scope, sample.octets)
    assert (found.verdict.action, found.verdict.reason, found.changed) == (sample.action, sample.reason, True)
    (row,) = kept(session)
    assert (row.action, row.reason, row.received_at) == (sample.action, sample.reason, LATER)
    assert row.octets == (sample.octets if sample.action == "review" else None)


@pytest.mark.parametrize("name", [*HOSTILE, *ORDINARY])
def test_what_is_not_applied_changes_no_invite_and_no_placement(
    name: str, session: Session, scope: Scope, invite: Invite
) -> None:
    take_in(scope, SAMPLES[name].octets)
    assert held(invite) == ("NEEDS-ACTION", None, None)
    assert (invite.state, invite.sequence, invite.revision) == ("sent", SEQUENCE, 0)
    assert placement_of(invite).status == "confirmed"
    assert session.scalars(select(Message)).all() == []


@pytest.mark.parametrize("name", TRUE)
def test_an_answer_is_held_with_when_and_to_what_it_was_given(
    name: str, session: Session, scope: Scope, invite: Invite
) -> None:
    found = take_in(scope, TRUE[name].octets)
    partstat = TRUE[name].reason.upper()
    assert held(invite) == (partstat, STAMPED, SEQUENCE)
    assert (found.leader, found.slot, found.partstat) == (
        LEADER,
        placement_of(invite).slot.reference,
        partstat,
    )


def test_a_decline_ends_no_placement_and_sends_nothing(
    session: Session, scope: Scope, invite: Invite
) -> None:
    found = take_in(scope, by_thunderbird())
    assert (found.verdict.reason, found.comment) == ("declined", "I am on call, sorry.\nZoë")
    assert session.scalars(select(Placement.status)).all() == ["confirmed"]
    assert session.scalars(select(Message)).all() == []
    (row,) = kept(session)
    assert (row.invite_id, row.cohort_id, row.sender) == (invite.id, invite.cohort_id, LEADER)
    assert (row.partstat, row.comment) == ("DECLINED", "I am on call, sorry.\nZoë")


def test_the_newest_answer_holds_in_whatever_order_they_come(scope: Scope, invite: Invite) -> None:
    assert take_in(scope, answer("ACCEPTED", minute=10)).verdict.action == "applied"
    assert take_in(scope, answer("DECLINED", minute=5)).verdict.reason == "not_newer"
    assert take_in(scope, answer("TENTATIVE", minute=10)).verdict.reason == "not_newer"
    assert invite.partstat == "ACCEPTED"
    assert take_in(scope, answer("DECLINED", minute=11)).verdict.action == "applied"
    assert invite.partstat == "DECLINED"


@pytest.mark.parametrize("name", SAMPLES)
def test_the_same_mail_again_changes_nothing(
    name: str, session: Session, scope: Scope, invite: Invite
) -> None:
    take_in(scope, SAMPLES[name].octets)
    before, events = held(invite), session.scalars(select(AuditEvent.id)).all()
    again = take_in(scope, SAMPLES[name].octets, now=LATER + timedelta(days=1))
    assert not again.changed
    assert again.verdict.action in {"ignored", "rejected"}
    assert (held(invite), session.scalars(select(AuditEvent.id)).all()) == (before, events)
    (row,) = kept(session)
    assert (row.reason, row.received_at) == (SAMPLES[name].reason, LATER)


def test_an_answer_under_the_same_message_id_is_another_mail(
    session: Session, scope: Scope, invite: Invite
) -> None:
    first = mail(part(calendar(answered("ACCEPTED"))))
    second = mail(part(calendar(event(stamp="DTSTAMP:20270112T133000Z"))))
    assert [take_in(scope, octets).verdict.action for octets in (first, second)] == ["applied", "applied"]
    assert len(kept(session)) == 2


def test_an_answer_whose_sender_nobody_checked_can_be_vouched_for_later(
    session: Session, scope: Scope, invite: Invite
) -> None:
    octets = answer("ACCEPTED", minute=1)
    assert take_in(scope, octets, authserv_id="").verdict.reason == "sender_unchecked"
    assert held(invite) == ("NEEDS-ACTION", None, None)
    assert take_in(scope, octets, authserv_id="").verdict.reason == "seen"
    assert [row.octets for row in kept(session)] == [octets]
    assert take_in(scope, octets, authserv_id="", vouched=True).verdict.action == "applied"
    assert invite.partstat == "ACCEPTED"
    (row,) = kept(session)
    assert (row.action, row.octets) == ("applied", None)
    assert take_in(scope, octets, vouched=True).verdict.reason == "seen"


def test_an_answer_to_a_cancelled_invite_is_rejected(scope: Scope, invite: Invite) -> None:
    invite.state = "cancelled"
    assert take_in(scope, answer("ACCEPTED", minute=1)).verdict.reason == "invite_over"
    assert invite.partstat == "NEEDS-ACTION"


def test_a_move_forgets_the_answer_and_an_answer_to_the_time_before_is_stale(
    session: Session, scope: Scope, invite: Invite
) -> None:
    take_in(scope, answer("ACCEPTED", minute=1))
    news.tell_moved(session, [placement_of(invite)], sender=SENDER, now=LATER)
    session.flush()
    assert held(invite) == ("NEEDS-ACTION", None, None)
    assert take_in(scope, answer("DECLINED", minute=30)).verdict.reason == "stale"
    assert take_in(scope, answer("DECLINED", minute=2, sequence=SEQUENCE + 1)).verdict.reason == "declined"


def test_a_move_forgets_also_an_answer_that_came_in_while_it_was_worked_out(
    session: Session, invite: Invite
) -> None:
    assert invite.partstat == "NEEDS-ACTION"
    unheard = update(Invite).values(partstat="ACCEPTED", partstat_stamp=NOON, partstat_seq=SEQUENCE)
    session.execute(unheard, execution_options={"synchronize_session": False})
    news.tell_moved(session, [placement_of(invite)], sender=SENDER, now=LATER)
    session.flush()
    session.expire_all()
    assert held(invite) == ("NEEDS-ACTION", None, None)


def test_the_record_says_what_was_done_and_names_nobody(
    session: Session, scope: Scope, invite: Invite
) -> None:
    take_in(scope, by_thunderbird())
    (said,) = session.scalars(select(AuditEvent))
    assert (said.verb, said.subject, said.cohort_id) == (
        "ingest_reply",
        f"reply:{kept(session)[0].id}",
        invite.cohort_id,
    )
    assert said.facts == {"invite": invite.id, "action": "applied", "reason": "declined"}


def test_an_address_with_an_international_domain_is_found_as_it_was_sent(
    session: Session, scope: Scope
) -> None:
    slot = make_slot(session)
    user = make_user(session, email="zoe@trüst.example")
    leader = make_leader(session, cohort=slot.opportunity.partner.cohort, user=user)
    found = make_invite(session, placement=make_placement(session, leader=leader, slot=slot), uid=UID)
    domain = "trüst.example".encode("idna").decode()
    sent_to = f"zoe@{domain}"
    lines = event(attendees=[f"ATTENDEE;PARTSTAT=ACCEPTED:mailto:{sent_to}"], sequence="SEQUENCE:0")
    results = [f"{SERVER}; dmarc=pass header.from={domain}"]
    assert (
        take_in(scope, mail(part(calendar(lines)), sender=sent_to, results=results)).verdict.action
        == "applied"
    )
    assert found.partstat == "ACCEPTED"


def test_the_coordinator_sees_the_answer_beside_the_day_and_the_person(
    session: Session, scope: Scope, invite: Invite
) -> None:
    take_in(scope, by_thunderbird())
    cohort, placement = session.get_one(Cohort, invite.cohort_id), placement_of(invite)
    day = roster_day(scope, cohort.id, placement.slot_id, now=LATER)
    assert [one.reply for one in day.people] == ["DECLINED"]
    shown = person(scope, cohort.id, invite.leader_id, now=LATER)
    assert [one.reply for one in shown.days] == ["DECLINED"]


def test_an_answer_to_an_invite_of_an_event_is_held_in_the_same_way(session: Session, scope: Scope) -> None:
    event = make_event(session)
    leader = make_leader(session, cohort=event.cohort, user=make_user(session, email=LEADER))
    invite = make_event_invite(session, event=event, leader=leader, uid=UID, sequence=SEQUENCE, state="sent")
    found = take_in(scope, answer("DECLINED", minute=1))
    assert (found.verdict.action, found.leader, found.slot) == ("applied", LEADER, event.reference)
    assert invite.partstat == "DECLINED"
