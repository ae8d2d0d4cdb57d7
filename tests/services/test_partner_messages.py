"""What partners write to everybody who comes: to whom it goes, how often, and what is kept of it."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from placement.domain.errors import NotFound
from placement.domain.hosting import next_message_at
from placement.domain.hosting_errors import (
    MessagesUsedUp,
    NobodyToWriteTo,
    PartnerMessageUnusable,
    PeopleChanged,
)
from placement.models import AuditEvent, Message, PartnerMessage, Slot
from placement.services import (
    examples,
    mail_holding,
    outbox,
    partner_messages,
    reminder_checks,
    slot_changes,
    withdrawals,
)
from placement.services.mail_links import MailLinks
from placement.services.partner_messages import SentToAll
from placement.services.reports.hosting import MessageDesk, hosting_day, message_desk
from placement.services.scope import Scope
from placement.services.slot_changes import SlotChange
from tests.factories.clock import NOON
from tests.factories.letters import make_opt_out
from tests.factories.people import make_coordinator, make_leader, make_partner
from tests.factories.placements import make_invite, make_placement
from tests.services.repairing import at, confirmed_cohort, send_all
from tests.services.small_cohort import SENDER, SmallCohort

LINKS = MailLinks(SENDER, "a secret of the tests, long enough")
TEXT = "Please come to the back door.\n\nBring a warm jumper: <b>the store is cold</b>."
HOUR = timedelta(hours=1)


@pytest.fixture
def small(session: Session) -> SmallCohort:
    return confirmed_cohort(session)


def partner_scope(session: Session, slot: Slot) -> Scope:
    return Scope.of_user(session, slot.opportunity.partner.user_id)


def desk(session: Session, slot: Slot, *, now: datetime = NOON) -> MessageDesk:
    return message_desk(partner_scope(session, slot), slot.partner_id, slot.id, now=now)


def send(
    session: Session, slot: Slot, text: str = TEXT, *, seen: str | None = None, now: datetime = NOON
) -> SentToAll:
    return partner_messages.message_people(
        partner_scope(session, slot),
        slot.partner_id,
        slot.id,
        text=text,
        seen=seen or desk(session, slot, now=now).version,
        links=LINKS,
        now=now,
    )


def mails(session: Session) -> list[Message]:
    query = select(Message).where(Message.kind == "partner_message").order_by(Message.id)
    return list(session.scalars(query))


def wanted(session: Session, *, now: datetime = NOON) -> list[str]:
    """To whom mails still go when a worker claims them."""
    claimed = outbox.claim_due(session, token="worker", now=now)
    kept = reminder_checks.still_wanted(session, claimed, token="worker", now=now)
    return sorted(one.recipient for one in kept if one.kind == "partner_message")


def test_everybody_who_is_confirmed_on_the_day_gets_it_alone_and_nobody_else_does(
    session: Session, small: SmallCohort
) -> None:
    slot = small.slots[0]
    there = at(session, slot)
    assert send(session, slot) == SentToAll(2, again=False)
    assert sorted(mail.recipient for mail in mails(session)) == sorted(one.user.email for one in there)
    for mail in mails(session):
        assert (mail.status, mail.cohort_id, mail.invite_id) == ("todo", small.cohort.id, None)
        assert mail.payload["text"] == TEXT
        assert "unsubscribe_url" not in mail.payload
        others = {one.user.email for one in there} - {mail.recipient}
        assert not any(other in str(mail.payload) for other in others)


def test_the_subject_is_fixed_and_names_partner_and_day(session: Session, small: SmallCohort) -> None:
    slot = small.slots[0]
    slot.opportunity.partner.name = "Seaport Food Bank"
    send(session, slot)
    heading = "About your day at Seaport Food Bank on Wednesday 3 February 2027"
    assert {mail.payload["heading"] for mail in mails(session)} == {heading}
    assert desk(session, slot).subject == heading


def test_no_page_or_mail_of_it_tells_the_partner_an_address(session: Session, small: SmallCohort) -> None:
    slot = small.slots[0]
    send(session, slot)
    assert not any(one.user.email in repr(desk(session, slot)) for one in at(session, slot))


def test_the_same_page_sent_twice_sends_once(session: Session, small: SmallCohort) -> None:
    slot = small.slots[0]
    seen = desk(session, slot).version
    send(session, slot, seen=seen)
    assert send(session, slot, seen=seen) == SentToAll(2, again=True)
    assert len(mails(session)) == 2
    assert len(session.scalars(select(PartnerMessage.id)).all()) == 1


def test_the_same_words_from_a_new_page_are_a_new_message(session: Session, small: SmallCohort) -> None:
    slot = small.slots[0]
    send(session, slot)
    assert not send(session, slot).again
    assert len(mails(session)) == 4


@pytest.mark.parametrize("change", ["joined", "left", "written", "moved"])
def test_a_page_older_than_who_comes_or_what_they_were_told_sends_nothing(
    session: Session, scope: Scope, small: SmallCohort, change: str
) -> None:
    slot = small.slots[1]
    seen = desk(session, slot).version
    if change == "joined":
        make_placement(session, leader=make_leader(session, cohort=small.cohort), slot=slot)
    elif change == "left":
        leader = at(session, slot)[0]
        withdrawals.withdraw_leader(scope, small.cohort.id, leader.id, sender=SENDER, now=NOON)
    elif change == "written":
        send(session, slot, "Other words of a colleague")
    else:
        _move(scope, slot)
    before = len(mails(session))
    with pytest.raises(PeopleChanged):
        send(session, slot, seen=seen)
    assert len(mails(session)) == before


def _move(scope: Scope, slot: Slot) -> None:
    change = SlotChange(date=slot.starts_at.date() + timedelta(days=1))
    slot_changes.change_slot(scope, slot.cohort_id, slot.id, change=change, sender=SENDER, now=NOON)


def test_three_within_a_day_and_no_more_and_the_next_when_the_first_is_a_day_old(
    session: Session, small: SmallCohort
) -> None:
    slot, other = small.slots
    for hour in range(3):
        send(session, slot, f"Message {hour}", now=NOON + hour * HOUR)
    with pytest.raises(MessagesUsedUp, match=r"from 12pm \(midday\) on Wednesday 13 January 2027 on"):
        send(session, slot, "One more", now=NOON + 4 * HOUR)
    assert len(mails(session)) == 6
    assert desk(session, slot, now=NOON + 4 * HOUR).next_at == NOON + 24 * HOUR
    assert send(session, other, now=NOON + 4 * HOUR).people == 2, "each day has its own count"
    assert not send(session, slot, "One more", now=NOON + 24 * HOUR).again


def test_when_the_next_message_may_go_counts_only_the_newest() -> None:
    assert next_message_at([], now=NOON) is None
    sent = [NOON - 30 * HOUR, NOON - 3 * HOUR, NOON - 2 * HOUR, NOON - HOUR]
    assert next_message_at(sent, now=NOON) == NOON + 21 * HOUR
    assert next_message_at(sent, now=NOON + 21 * HOUR) is None


@pytest.mark.parametrize("text", ["", "  \n ", "x" * 2001])
def test_no_text_and_too_much_of_it_are_refused(session: Session, small: SmallCohort, text: str) -> None:
    with pytest.raises(PartnerMessageUnusable):
        send(session, small.slots[0], text)
    assert send(session, small.slots[0], "x" * 2000).people == 2


def test_nobody_is_written_to_about_a_day_that_is_over_withdrawn_or_empty(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    slot, other = small.slots
    assert send(session, slot, now=slot.ends_at - HOUR).people == 2, "also while the day goes on"
    with pytest.raises(NobodyToWriteTo, match="This day is over"):
        send(session, slot, now=slot.ends_at)
    withdrawals.withdraw_slot(scope, small.cohort.id, other.id, sender=SENDER, now=NOON)
    with pytest.raises(NobodyToWriteTo, match="has been withdrawn"):
        send(session, other)
    assert desk(session, other).closed == "has been withdrawn"
    other.status = "open"
    session.flush()
    with pytest.raises(NobodyToWriteTo, match="has nobody on it"):
        send(session, other)


def test_nobody_writes_to_the_people_of_another_partner(session: Session, small: SmallCohort) -> None:
    slot, stranger = small.slots[0], make_partner(session, cohort=small.cohort)
    scope = Scope.of_user(session, stranger.user_id)
    for partner_id in (slot.partner_id, stranger.id):
        with pytest.raises(NotFound):
            message_desk(scope, partner_id, slot.id, now=NOON)
        with pytest.raises(NotFound):
            partner_messages.message_people(
                scope, partner_id, slot.id, text=TEXT, seen="", links=LINKS, now=NOON
            )


def test_the_log_counts_and_does_not_tell_the_text_and_the_coordinator_reads_it(
    session: Session, small: SmallCohort
) -> None:
    slot = small.slots[0]
    send(session, slot)
    event = session.scalars(select(AuditEvent).where(AuditEvent.verb == "message_people")).one()
    number = session.scalars(select(PartnerMessage.id)).one()
    assert event.facts == {"message": number, "people": 2, "characters": len(TEXT)}
    chloe = Scope.of_user(session, make_coordinator(session, cohort=small.cohort).user_id)
    (shown,) = hosting_day(chloe, small.cohort.id, slot.id).messages
    assert (shown.text, shown.people, shown.sent_at) == (TEXT, 2, NOON)


def test_it_waits_for_no_opt_out_because_nobody_can_do_without_it(
    session: Session, small: SmallCohort
) -> None:
    for leader in at(session, small.slots[0]):
        make_opt_out(session, user=leader.user)
    send(session, small.slots[0])
    assert len(wanted(session)) == 2


@pytest.mark.parametrize("change", ["left", "withdrawn", "moved", "over", "held"])
def test_what_no_longer_holds_when_it_is_to_leave_does_not_go(
    session: Session, scope: Scope, change: str
) -> None:
    small = confirmed_cohort(session, sent=change != "held")
    slot = small.slots[0]
    first, second = at(session, slot)
    send(session, slot)
    if change == "left":
        withdrawals.withdraw_leader(scope, small.cohort.id, first.id, sender=SENDER, now=NOON)
        assert wanted(session) == [second.user.email]
    elif change == "withdrawn":
        withdrawals.withdraw_slot(scope, small.cohort.id, slot.id, sender=SENDER, now=NOON)
        assert wanted(session) == []
    elif change == "moved":
        _move(scope, slot)
        assert wanted(session) == []
    elif change == "over":
        assert wanted(session, now=slot.ends_at) == []
    else:
        invite = select(Message.id).where(
            Message.recipient == first.user.email, Message.kind == "placement_confirmed"
        )
        mail_holding.hold(scope, session.scalars(invite).one(), now=NOON)
        assert wanted(session) == [second.user.email]


def test_it_goes_as_other_mail_does(session: Session, small: SmallCohort) -> None:
    send(session, small.slots[0])
    assert {mail.kind for mail in send_all(session)} == {"partner_message"}


def test_an_invite_that_has_not_left_goes_before_the_message(session: Session) -> None:
    small = confirmed_cohort(session, sent=False)
    leader = at(session, small.slots[0])[0]
    send(session, small.slots[0])
    gone = [mail.kind for mail in send_all(session) if mail.recipient == leader.user.email]
    assert gone == ["placement_confirmed", "partner_message"]


def test_somebody_who_said_that_they_cannot_come_still_gets_it(session: Session, small: SmallCohort) -> None:
    slot = small.slots[0]
    leader = make_leader(session, cohort=small.cohort)
    slot.capacity += 1
    session.flush()
    make_invite(session, placement=make_placement(session, leader=leader, slot=slot), partstat="DECLINED")
    assert send(session, slot).people == 3
    assert [one.reply for one in desk(session, slot).people].count("DECLINED") == 1


def test_its_example_is_made_of_the_cohorts_own_rows(scope: Scope, small: SmallCohort) -> None:
    shown = examples.example(scope, small.cohort.id, "partner_message", links=LINKS, now=NOON)
    assert shown is not None
    assert shown.letter is not None
    assert "back door" in str(shown.letter.payload["text"])
