"""Granting and refusing swaps: who moves, what the database counts, who gets which mail, what is stale."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from placement.adapters import messages
from placement.domain.errors import NotFound
from placement.domain.invites import Mailbox
from placement.domain.letters import thaw
from placement.domain.swap_errors import SwapAnswerMissing, SwapGone, SwapOver
from placement.models import AuditEvent, Leader, SwapRequest
from placement.services import (
    leaving,
    outbox,
    reminder_checks,
    seat_offers,
    slot_changes,
    swap_requests,
)
from placement.services.mail_links import MailLinks
from placement.services.reports.leader_days import placements
from placement.services.reports.own_swaps import own_requests
from placement.services.reports.swaps import swap_list
from placement.services.reports.waiting_list import waiting_list
from placement.services.scope import Scope
from placement.services.slot_changes import SlotChange
from placement.services.swaps import Target, grant_swap, preview_swap, refuse_swap
from tests.factories.clock import NOON
from tests.factories.opportunities import make_opportunity, make_slot
from tests.factories.people import make_leader
from tests.services.repairing import LATER, at, confirmed_cohort, counts, live, owed, send_all
from tests.services.small_cohort import SENDER, SmallCohort
from tests.services.swapping import ask, day_of, grant, invites_of, mails_of, statuses, verbs

LINKS = MailLinks(SENDER, "a secret of the tests, long enough")


@pytest.fixture
def small(session: Session) -> SmallCohort:
    """Two have the food bank, which is full; two the café, which has a free seat."""
    return confirmed_cohort(session)


@pytest.fixture
def ada(session: Session, small: SmallCohort) -> Leader:
    """At the food bank, her first choice; the café is her second."""
    return at(session, small.slots[0])[0]


@pytest.fixture
def bea(session: Session, small: SmallCohort) -> Leader:
    """At the café, her second choice; the food bank is her first."""
    return next(one for one in at(session, small.slots[1]) if one.submitted_at)


def cafe(small: SmallCohort) -> Target:
    return Target(slot_id=small.slots[1].id)


def taken(session: Session, small: SmallCohort) -> list[int]:
    session.expire_all()
    return [slot.taken for slot in small.slots]


def test_a_free_seat_is_given_and_the_one_that_was_left_is_free(
    session: Session, scope: Scope, small: SmallCohort, ada: Leader
) -> None:
    row = ask(session, ada)
    before = live(session)
    effect = grant(scope, row, cafe(small))
    food, cafe_day = small.slots
    assert live(session) == before - {(ada.id, food.id)} | {(ada.id, cafe_day.id)}
    assert taken(session, small) == [1, 3]
    new = day_of(session, ada)
    assert (new.rank, new.match_run_id) == (2, None)
    assert (row.status, row.new_placement_id, row.version, row.settled_at) == ("granted", new.id, 2, NOON)
    assert owed(session, ada)[-2:] == [
        ("placement_cancelled", "todo", "CANCEL", 1),
        ("placement_confirmed", "todo", "REQUEST", 0),
    ]
    assert invites_of(session, ada) == [("cancelled", 1), ("owed", 0)]
    assert len(mails_of(session, "who_is_coming")[-2:]) == len(effect.partners) == 2
    assert verbs(session)[-1] == "grant_swap"
    assert [day.free for day in waiting_list(scope, small.cohort.id, now=NOON).days] == [1]


def test_both_mails_say_that_it_was_asked_for_and_read_well(
    session: Session, scope: Scope, small: SmallCohort, ada: Leader
) -> None:
    grant(scope, ask(session, ada), cafe(small))
    cancelled, invited = (
        messages.preview(thaw(mails_of(session, kind)[-1].payload)).text
        for kind in ("placement_cancelled", "placement_confirmed")
    )
    assert "You asked for a swap, and it has been agreed: you have another day instead" in cancelled
    assert "You asked for a swap, and it has been agreed. This day takes the place of your day" in invited
    assert "This was your 2nd choice." in invited


def test_two_who_asked_change_places_though_the_day_is_full(
    session: Session, scope: Scope, small: SmallCohort, ada: Leader, bea: Leader
) -> None:
    small.slots[1].capacity = 2
    session.flush()
    hers, other = ask(session, ada), ask(session, bea)
    before = live(session)
    grant(scope, hers, Target(other_id=other.id))
    food, cafe_day = small.slots
    swapped = {(ada.id, food.id), (bea.id, cafe_day.id)}
    assert live(session) == before - swapped | {(ada.id, cafe_day.id), (bea.id, food.id)}
    assert taken(session, small) == [2, 2]
    assert statuses(session) == ["granted", "granted"]
    assert (day_of(session, ada).rank, day_of(session, bea).rank) == (2, 1)
    for leader in (ada, bea):
        assert invites_of(session, leader) == [("cancelled", 1), ("owed", 0)]
        assert [kind for kind, *_ in owed(session, leader)[-2:]] == [
            "placement_cancelled",
            "placement_confirmed",
        ]
    events = session.scalars(select(AuditEvent).where(AuditEvent.verb == "grant_swap")).all()
    assert [event.facts["exchanged_with"] for event in events] == [other.id, hers.id]


def test_an_exchange_on_overlapping_days_passes_the_checks_of_the_database(
    session: Session, scope: Scope, small: SmallCohort, ada: Leader, bea: Leader
) -> None:
    food, cafe_day = small.slots
    slot_changes.change_slot(
        scope,
        small.cohort.id,
        cafe_day.id,
        change=SlotChange(date=food.starts_at.date()),
        sender=SENDER,
        now=NOON,
    )
    session.expire_all()
    hers, other = ask(session, ada), ask(session, bea)
    grant(scope, hers, Target(other_id=other.id))
    assert {(ada.id, cafe_day.id), (bea.id, food.id)} <= live(session)


def test_the_exchange_of_two_stands_first_and_both_see_it(
    session: Session, scope: Scope, small: SmallCohort, ada: Leader, bea: Leader
) -> None:
    hers, other = ask(session, ada), ask(session, bea)
    lines = {line.id: line for line in swap_list(scope, small.cohort.id, now=NOON).requests}
    assert [(way.other_id, way.day.choice) for way in lines[hers.id].ways] == [(other.id, 2), (None, 2)]
    (back,) = lines[other.id].ways
    assert (back.other_id, back.day.choice, back.other_before, back.other_after) == (hers.id, 1, 1, 2)


def test_what_is_shown_is_what_is_done_and_showing_changes_nothing(
    session: Session, scope: Scope, small: SmallCohort, ada: Leader
) -> None:
    row = ask(session, ada)
    before = counts(session)
    shown = preview_swap(scope, small.cohort.id, row.id, cafe(small), sender=SENDER, now=NOON)
    assert counts(session) == before
    assert (statuses(session), invites_of(session, ada)) == (["waiting"], [("sent", 0)])
    freed, *_, last = shown.effect.sentences
    assert "is free again" in freed
    assert "cannot be undone" in last
    done = grant(scope, row, cafe(small), seen=shown.version)
    for effect in (shown.effect, done):
        assert [(mail.person.leader_id, mail.news) for mail in effect.mails] == [
            (ada.id, "cancelled"),
            (ada.id, "invited"),
        ]
    assert [one.partner_id for one in shown.effect.partners] == [one.partner_id for one in done.partners]
    told = [dict(one.facts) for one in shown.effect.partners]
    assert told == [dict(one.facts) for one in done.partners]


def test_who_was_never_told_of_the_old_day_gets_the_new_invite_alone(session: Session, scope: Scope) -> None:
    small = confirmed_cohort(session, sent=False)
    ada = at(session, small.slots[0])[0]
    row = ask(session, ada)
    shown = preview_swap(scope, small.cohort.id, row.id, cafe(small), sender=SENDER, now=NOON)
    assert f"{ada.name} has not had the first invite yet" in shown.effect.sentences[-1]
    grant(scope, row, cafe(small), seen=shown.version)
    assert [(kind, status) for kind, status, *_ in owed(session, ada)] == [
        ("placement_confirmed", "cancelled"),
        ("placement_confirmed", "todo"),
    ]


def refused_as_stale(session: Session, scope: Scope, row: SwapRequest, target: Target, seen: str) -> None:
    before, stood, keys = counts(session), live(session), (row.cohort_id, row.id)
    with pytest.raises((SwapGone, SwapOver)), session.begin_nested():
        grant_swap(scope, *keys, target, seen=seen, sender=SENDER, now=NOON)
    assert (counts(session), live(session)) == (before, stood)
    assert "granted" not in statuses(session)


@pytest.mark.parametrize("what", ["withdrawn", "seat", "moved", "left", "held", "refused", "capacity"])
def test_an_old_page_does_nothing(
    session: Session, scope: Scope, small: SmallCohort, ada: Leader, bea: Leader, what: str
) -> None:
    row, cohort_id, day = ask(session, ada), small.cohort.id, small.slots[1]
    seen = preview_swap(scope, cohort_id, row.id, cafe(small), sender=SENDER, now=NOON).version
    if what == "withdrawn":
        swap_requests.take_back_request(Scope.of_user(session, ada.user_id), ada.id, row.id, now=NOON)
    elif what == "seat":
        wanda = make_leader(session, cohort=small.cohort)
        offer = seat_offers.offer_seat(scope, cohort_id, day.id, wanda.id, hours=48, links=LINKS, now=NOON)
        seat_offers.accept(scope, offer, sender=SENDER, now=NOON)
    elif what == "held":
        wanda = make_leader(session, cohort=small.cohort)
        seat_offers.offer_seat(scope, cohort_id, day.id, wanda.id, hours=48, links=LINKS, now=NOON)
    elif what == "left":
        own = day_of(session, ada).id
        leaving.leave_day(scope, cohort_id, own, bar_date=False, sender=SENDER, now=NOON)
    elif what == "refused":
        refuse_swap(scope, cohort_id, row.id, answer="No", links=LINKS, now=NOON)
    else:
        moved = (day.starts_at + timedelta(days=1)).date()
        change = SlotChange(date=moved) if what == "moved" else SlotChange(capacity=2)
        slot_changes.change_slot(scope, cohort_id, day.id, change=change, sender=SENDER, now=NOON)
    refused_as_stale(session, scope, row, cafe(small), seen)


def test_an_exchange_is_stale_once_the_other_took_their_request_back(
    session: Session, scope: Scope, small: SmallCohort, ada: Leader, bea: Leader
) -> None:
    hers, other = ask(session, ada), ask(session, bea)
    target = Target(other_id=other.id)
    seen = preview_swap(scope, small.cohort.id, hers.id, target, sender=SENDER, now=NOON).version
    swap_requests.take_back_request(Scope.of_user(session, bea.user_id), bea.id, other.id, now=NOON)
    refused_as_stale(session, scope, hers, target, seen)


def test_granting_twice_does_it_once(session: Session, scope: Scope, small: SmallCohort, ada: Leader) -> None:
    row = ask(session, ada)
    seen = preview_swap(scope, small.cohort.id, row.id, cafe(small), sender=SENDER, now=NOON).version
    grant(scope, row, cafe(small), seen=seen)
    before = counts(session)
    with pytest.raises(SwapOver, match="has been granted"):
        grant(scope, row, cafe(small), seen=seen)
    assert counts(session) == before


def test_days_and_requests_of_another_cohort_are_not_there(
    session: Session, scope: Scope, small: SmallCohort, ada: Leader
) -> None:
    row, foreign = ask(session, ada), make_slot(session)
    with pytest.raises(NotFound):
        preview_swap(scope, small.cohort.id, row.id, Target(slot_id=foreign.id), sender=SENDER, now=NOON)
    with pytest.raises(NotFound):
        preview_swap(scope, foreign.cohort_id, row.id, cafe(small), sender=SENDER, now=NOON)
    with pytest.raises(NotFound):
        preview_swap(scope, small.cohort.id, row.id, Target(other_id=987_654), sender=SENDER, now=NOON)


def test_a_day_that_the_leader_did_not_choose_is_told_as_one_that_they_would_take(
    session: Session, scope: Scope, small: SmallCohort, ada: Leader
) -> None:
    walk = make_opportunity(session, cohort=small.cohort)
    day = make_slot(session, opportunity=walk, starts_at=small.slots[1].starts_at + timedelta(days=1))
    row = ask(session, ada, wish=[day.reference])
    grant(scope, row, Target(slot_id=day.id))
    said = "You said that you would take this day."
    assert thaw(mails_of(session, "placement_confirmed")[-1].payload).choice_sentence == said
    own = Scope.of_user(session, ada.user_id)
    (now_hers,) = placements(own, leader_id=ada.id, now=NOON).standing_days
    assert now_hers.choice_sentence == said
    send_all(session)
    change = SlotChange(date=(day.starts_at + timedelta(days=1)).date())
    slot_changes.change_slot(scope, small.cohort.id, day.id, change=change, sender=SENDER, now=NOON)
    assert thaw(mails_of(session, "placement_changed")[-1].payload).choice_sentence == said


def test_the_leader_sees_what_they_have_instead(
    session: Session, scope: Scope, small: SmallCohort, ada: Leader
) -> None:
    row = ask(session, ada)
    grant(scope, row, cafe(small))
    (told,) = own_requests(Scope.of_user(session, ada.user_id), ada.id, now=NOON).values()
    assert (told.status, told.new) == ("granted", (small.cafe.title, small.slots[1].starts_at))


def test_refusing_tells_the_leader_why_and_they_keep_their_day(
    session: Session, scope: Scope, small: SmallCohort, ada: Leader
) -> None:
    row, stood = ask(session, ada), live(session)
    refuse_swap(scope, small.cohort.id, row.id, answer="All other days are full.", links=LINKS, now=NOON)
    assert live(session) == stood
    assert (row.status, row.answer, row.version) == ("refused", "All other days are full.", 2)
    (mail,) = mails_of(session, "swap_refused")
    assert (mail.recipient, verbs(session)[-1]) == (ada.user.email, "refuse_swap")
    text = messages.preview_letter(
        "swap_refused", mail.payload, recipient=Mailbox(ada.name, "a@b.example")
    ).text
    assert "All other days are full." in text
    assert "You keep your place." in text
    with pytest.raises(SwapOver, match="has been refused"):
        refuse_swap(scope, small.cohort.id, row.id, answer="Again", links=LINKS, now=NOON)
    ask(session, ada)
    assert statuses(session) == ["refused", "waiting"]


@pytest.mark.parametrize("answer", ["", "  ", "x" * 501])
def test_a_refusal_needs_a_sentence(
    session: Session, scope: Scope, small: SmallCohort, ada: Leader, answer: str
) -> None:
    row = ask(session, ada)
    with pytest.raises(SwapAnswerMissing):
        refuse_swap(scope, small.cohort.id, row.id, answer=answer, links=LINKS, now=NOON)
    assert statuses(session) == ["waiting"]


def test_a_refusal_that_still_waits_does_not_leave_once_the_day_is_gone(
    session: Session, scope: Scope, small: SmallCohort, ada: Leader
) -> None:
    row = ask(session, ada)
    refuse_swap(scope, small.cohort.id, row.id, answer="All full", links=LINKS, now=NOON)
    day = day_of(session, ada)
    leaving.leave_day(scope, small.cohort.id, day.id, bar_date=False, sender=SENDER, now=NOON)
    claimed = outbox.claim_due(session, token="worker", now=LATER)
    kept = reminder_checks.still_wanted(session, claimed, token="worker", now=NOON)
    assert "swap_refused" in {mail.kind for mail in claimed} - {mail.kind for mail in kept}
