"""Partners who take a day back although people are coming: these are told, a coordinator is asked to help."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from placement.domain.errors import NotFound, SlotOver
from placement.domain.hosting_errors import VisitorsChanged, WithdrawalUnusable
from placement.domain.letters import thaw
from placement.models import AuditEvent, Message, Slot, Withdrawal
from placement.services import erasing, partner_withdrawals, restoring, withdrawals
from placement.services.partner_withdrawals import WhyWithdrawn, preview_withdrawal, withdraw_with_people
from placement.services.reports.effects import Effect
from placement.services.reports.hosting import hosting_day, own_withdrawal, withdrawn_days
from placement.services.reports.partner import day_details
from placement.services.scope import Scope
from tests.factories.clock import FIRST_DAY, NOON
from tests.factories.opportunities import make_slot
from tests.factories.people import make_coordinator, make_leader, make_partner
from tests.factories.placements import make_invite, make_placement
from tests.services.repairing import at, confirmed_cohort, counts, invite_of, live, owed, send_all
from tests.services.small_cohort import SENDER, SmallCohort

SENT = ("placement_confirmed", "sent", "REQUEST", 0)
CANCEL = ("placement_cancelled", "todo", "CANCEL", 1)
FLOOD = WhyWithdrawn("place", "A pipe burst. The week after would suit us.")


@pytest.fixture
def small(session: Session) -> SmallCohort:
    return confirmed_cohort(session)


def partner_scope(session: Session, slot: Slot) -> Scope:
    return Scope.of_user(session, slot.opportunity.partner.user_id)


def seen_of(session: Session, slot: Slot) -> str:
    scope = partner_scope(session, slot)
    return day_details(scope, slot.partner_id, slot.id, now=NOON).version_coming


def withdraw(
    session: Session,
    slot: Slot,
    why: WhyWithdrawn = FLOOD,
    *,
    seen: str | None = None,
    now: datetime = NOON,
) -> Effect:
    return withdraw_with_people(
        partner_scope(session, slot),
        slot.partner_id,
        slot.id,
        why,
        seen=seen or seen_of(session, slot),
        sender=SENDER,
        now=now,
    )


def test_a_partner_takes_a_day_back_and_everybody_on_it_gets_the_cancellation(
    session: Session, small: SmallCohort
) -> None:
    slot = small.slots[0]
    there, before = at(session, slot), live(session)
    effect = withdraw(session, slot)
    assert (effect.changed, len(effect.mails), len(effect.partners)) == (True, 2, 1)
    assert live(session) == {pair for pair in before if pair[1] != slot.id}
    assert (session.get_one(Slot, slot.id).status, session.get_one(Slot, slot.id).taken) == ("withdrawn", 0)
    for leader in there:
        assert owed(session, leader) == [SENT, CANCEL]
        assert invite_of(session, leader).state == "cancelled"
    row = session.scalars(select(Withdrawal)).one()
    assert (row.reason, row.words, row.people, row.withdrawn_at) == ("place", FLOOD.words, 2, NOON)


def test_leaders_hear_that_it_is_nothing_to_do_with_them_and_not_why(
    session: Session, small: SmallCohort
) -> None:
    withdraw(session, small.slots[0])
    for mail in session.scalars(select(Message).where(Message.kind == "placement_cancelled")):
        told = thaw(mail.payload)
        assert "cannot host anybody on this day. It has nothing to do with you." in told.reason
        assert "pipe" not in str(mail.payload)


def test_what_it_would_do_is_told_before_and_writes_nothing(session: Session, small: SmallCohort) -> None:
    slot = small.slots[0]
    before = counts(session)
    shown = preview_withdrawal(
        partner_scope(session, slot), slot.partner_id, slot.id, sender=SENDER, now=NOON
    )
    assert counts(session) == before
    assert session.get_one(Slot, slot.id).status == "open"
    done = withdraw(session, slot)
    assert [mail.person for mail in done.mails] == [mail.person for mail in shown.mails]
    assert done.sentences == shown.sentences


def test_doing_so_twice_changes_nothing_the_second_time(session: Session, small: SmallCohort) -> None:
    slot = small.slots[0]
    seen = seen_of(session, slot)
    withdraw(session, slot, seen=seen)
    before = counts(session)
    again = withdraw(session, slot, seen=seen)
    shown = preview_withdrawal(
        partner_scope(session, slot), slot.partner_id, slot.id, sender=SENDER, now=NOON
    )
    assert (again.changed, shown.changed) == (False, False)
    assert counts(session) == before
    assert len(session.scalars(select(Withdrawal.id)).all()) == 1


@pytest.mark.parametrize("change", ["joined", "left", "numbers"])
def test_a_page_older_than_who_is_coming_does_nothing(
    session: Session, scope: Scope, small: SmallCohort, change: str
) -> None:
    slot = small.slots[1]
    seen = seen_of(session, slot)
    if change == "joined":
        leader = make_leader(session, cohort=small.cohort)
        make_invite(session, placement=make_placement(session, leader=leader, slot=slot))
    elif change == "left":
        leader = at(session, slot)[0]
        withdrawals.withdraw_leader(scope, small.cohort.id, leader.id, sender=SENDER, now=NOON)
    else:
        slot.capacity += 1
        session.flush()
    before = counts(session)
    with pytest.raises(VisitorsChanged):
        withdraw(session, slot, seen=seen)
    assert counts(session) == before
    assert session.get_one(Slot, slot.id).status == "open"


def test_a_day_that_everybody_left_is_not_taken_back_for_them(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    slot = small.slots[0]
    for leader in at(session, slot):
        withdrawals.withdraw_leader(scope, small.cohort.id, leader.id, sender=SENDER, now=NOON)
    with pytest.raises(VisitorsChanged):
        withdraw(session, slot)


def test_it_is_possible_after_all_deadlines_until_the_day_begins(
    session: Session, small: SmallCohort
) -> None:
    first, second = small.slots
    small.cohort.preferences_close_at = NOON - timedelta(days=30)
    assert withdraw(session, first, now=FIRST_DAY - timedelta(minutes=1)).changed
    with pytest.raises(SlotOver):
        withdraw(session, second, now=second.starts_at)
    with pytest.raises(SlotOver):
        preview_withdrawal(
            partner_scope(session, second), second.partner_id, second.id, sender=SENDER, now=second.starts_at
        )
    assert session.get_one(Slot, second.id).status == "open"


def test_a_reason_that_is_not_listed_and_words_that_are_too_many_are_refused(
    session: Session, small: SmallCohort
) -> None:
    for why in (WhyWithdrawn("lazy"), WhyWithdrawn(""), WhyWithdrawn("staff", "x" * 501)):
        with pytest.raises(WithdrawalUnusable):
            withdraw(session, small.slots[0], why)
    assert session.scalars(select(Withdrawal)).all() == []


def test_nobody_takes_back_the_day_of_another_partner(session: Session, small: SmallCohort) -> None:
    slot, stranger = small.slots[0], make_partner(session, cohort=small.cohort)
    seen = seen_of(session, slot)
    scope = Scope.of_user(session, stranger.user_id)
    for partner_id in (slot.partner_id, stranger.id):
        with pytest.raises(NotFound):
            withdraw_with_people(scope, partner_id, slot.id, FLOOD, seen=seen, sender=SENDER, now=NOON)
        with pytest.raises(NotFound):
            own_withdrawal(scope, partner_id, slot.id)


def test_the_log_tells_the_reason_and_not_the_words(session: Session, small: SmallCohort) -> None:
    withdraw(session, small.slots[0])
    event = session.scalars(select(AuditEvent).where(AuditEvent.verb == "withdraw_slot")).one()
    assert event.actor == f"user:{small.food.partner.user_id}"
    assert event.facts == {"status": "withdrawn", "placements": 2, "mails": 2, "reason": "place"}


def test_whoever_was_never_told_of_the_day_is_told_nothing(session: Session) -> None:
    small = confirmed_cohort(session, sent=False)
    effect = withdraw(session, small.slots[0])
    assert (effect.mails, len(effect.quiet)) == ((), 2)
    kinds = {mail.kind for mail in send_all(session)}
    assert "placement_cancelled" not in kinds


def test_each_coordinator_whose_mail_arrives_is_told_at_once_and_not_the_words(
    session: Session, small: SmallCohort
) -> None:
    told, bounced = (make_coordinator(session, cohort=small.cohort) for _ in range(2))
    bounced.user.bounced_at = NOON
    make_coordinator(session, cohort=small.cohort, role="viewer")
    make_coordinator(session)
    session.flush()
    slot = small.slots[0]
    withdraw(session, slot)
    mail = session.scalars(select(Message).where(Message.kind == "day_withdrawn")).one()
    assert (mail.recipient, mail.status, mail.cohort_id) == (told.user.email, "todo", small.cohort.id)
    assert (mail.payload["people"], mail.payload["reason"]) == (2, "The place cannot be used")
    assert str(mail.payload["page_url"]).endswith(f"/coordinator/{small.cohort.id}/days/{slot.id}")
    assert "pipe" not in str(mail.payload)


def test_the_coordinator_finds_the_day_until_everybody_has_another(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    slot = small.slots[0]
    first, second = at(session, slot)
    assert withdrawn_days(scope, small.cohort.id) == ()
    withdraw(session, slot)
    (day,) = withdrawn_days(scope, small.cohort.id)
    assert (day.slot_id, day.partner, day.reason) == (
        slot.id,
        small.food.partner.name,
        "The place cannot be used",
    )
    assert (day.words, day.people, day.short) == (FLOOD.words, 2, 2)
    assert [who.leader_id for who in day.lost] == [first.id, second.id]
    make_placement(
        session,
        leader=first,
        slot=make_slot(session, opportunity=small.food, starts_at=NOON + timedelta(days=90)),
    )
    (day,) = withdrawn_days(scope, small.cohort.id)
    assert [(who.leader_id, who.short) for who in day.lost] == [(first.id, False), (second.id, True)]
    withdrawals.withdraw_leader(scope, small.cohort.id, second.id, sender=SENDER, now=NOON)
    assert withdrawn_days(scope, small.cohort.id) == ()
    kept = hosting_day(scope, small.cohort.id, slot.id).withdrawn
    assert kept is not None
    assert (kept.waits, kept.short) == (False, 0)


def test_a_coordinator_can_put_it_away_before_and_again_is_harmless(
    session: Session, small: SmallCohort
) -> None:
    slot = small.slots[0]
    chloe = Scope.of_user(session, make_coordinator(session, cohort=small.cohort).user_id)
    with pytest.raises(NotFound):
        partner_withdrawals.note_withdrawal(chloe, small.cohort.id, slot.id, now=NOON)
    withdraw(session, slot)
    for _ in range(2):
        partner_withdrawals.note_withdrawal(chloe, small.cohort.id, slot.id, now=NOON)
    assert withdrawn_days(chloe, small.cohort.id) == ()
    verbs = session.scalars(select(AuditEvent.verb).where(AuditEvent.verb == "note_withdrawal")).all()
    assert len(verbs) == 1
    stranger = Scope.of_user(session, make_coordinator(session).user_id)
    for ask in (
        lambda: partner_withdrawals.note_withdrawal(stranger, small.cohort.id, slot.id, now=NOON),
        lambda: withdrawn_days(stranger, small.cohort.id),
        lambda: hosting_day(stranger, small.cohort.id, slot.id),
    ):
        with pytest.raises(NotFound):
            ask()


def test_a_day_that_is_offered_again_stands_there_until_those_who_lost_it_have_one(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    slot = small.slots[0]
    first, second = at(session, slot)
    withdraw(session, slot)
    restoring.restore_slot(scope, small.cohort.id, slot.id, now=NOON)
    (day,) = withdrawn_days(scope, small.cohort.id)
    assert (day.offered_again, day.short) == (True, 2)
    assert hosting_day(scope, small.cohort.id, slot.id).withdrawn == day
    make_placement(session, leader=first, slot=slot)
    (day,) = withdrawn_days(scope, small.cohort.id)
    assert [(who.leader_id, who.short) for who in day.lost] == [(first.id, False), (second.id, True)]
    withdrawals.withdraw_leader(scope, small.cohort.id, second.id, sender=SENDER, now=NOON)
    assert withdrawn_days(scope, small.cohort.id) == ()
    assert hosting_day(scope, small.cohort.id, slot.id).withdrawn is None


def test_a_day_that_is_offered_and_taken_back_again_is_one_piece_of_work(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    slot = small.slots[0]
    before = [leader.id for leader in at(session, slot)]
    withdraw(session, slot)
    restoring.restore_slot(scope, small.cohort.id, slot.id, now=NOON)
    assert at(session, slot) == []
    assert own_withdrawal(partner_scope(session, slot), slot.partner_id, slot.id) is None
    leader = make_leader(session, cohort=small.cohort)
    make_invite(session, placement=make_placement(session, leader=leader, slot=slot))
    later = NOON + timedelta(hours=1)
    withdraw(session, slot, WhyWithdrawn("staff"), now=later)
    (day,) = withdrawn_days(scope, small.cohort.id)
    assert (day.withdrawn_at, day.offered_again, day.people) == (later, False, 3)
    assert [who.leader_id for who in day.lost] == [*before, leader.id]
    partner_withdrawals.note_withdrawal(scope, small.cohort.id, slot.id, now=later)
    assert withdrawn_days(scope, small.cohort.id) == ()


def test_a_day_that_the_coordinator_withdrew_is_nobodys_task(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    slot = small.slots[0]
    withdrawals.withdraw_slot(scope, small.cohort.id, slot.id, sender=SENDER, now=NOON)
    assert withdrawn_days(scope, small.cohort.id) == ()
    assert hosting_day(scope, small.cohort.id, slot.id).withdrawn is None


def test_erasing_a_leader_takes_their_name_out_of_the_words(session: Session, scope: Scope) -> None:
    small = confirmed_cohort(session)
    leader = at(session, small.slots[0])[0]
    leader.name = "Ada Unforgettable"
    session.flush()
    withdraw(session, small.slots[0], WhyWithdrawn("private", "Ada Unforgettable knows why."))
    afterwards = FIRST_DAY + timedelta(days=100)
    send_all(session)
    erasing.erase_leader(scope, leader.cohort_id, leader.id, now=afterwards)
    session.expire_all()
    assert session.scalars(select(Withdrawal.words)).one() == "Erased person knows why."


def test_who_lost_a_day_is_not_mixed_up_with_who_left_it_before(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    slot = small.slots[0]
    first, second = at(session, slot)
    withdrawals.withdraw_leader(
        scope, small.cohort.id, first.id, sender=SENDER, now=NOON - timedelta(minutes=5)
    )
    withdraw(session, slot)
    (day,) = withdrawn_days(scope, small.cohort.id)
    assert [who.leader_id for who in day.lost] == [second.id]
