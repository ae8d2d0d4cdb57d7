"""Events beside placements: who is invited and told, what changes do, and how they block the matching."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from placement.adapters import ics
from placement.adapters.messages import preview
from placement.domain.change_errors import SlotChangeClashes
from placement.domain.errors import NotFound, RunOutOfDate
from placement.domain.event_errors import (
    EventChangedMeanwhile,
    EventEndsBeforeStart,
    EventIncomplete,
    EventInPast,
    EventLinkUnusable,
    EventOver,
    EventRefused,
    EventTooFarAhead,
)
from placement.domain.letters import thaw
from placement.domain.text import to_london
from placement.models import AuditEvent, Event, Invite, Leader, Message
from placement.services import confirmations, event_guests, events, restoring, slot_changes, withdrawals
from placement.services.events import EventFacts, Planned
from placement.services.match_problem import build_problem
from placement.services.reports.feed import feed_contents
from placement.services.reports.standing import standing
from placement.services.scope import Scope
from placement.services.slot_changes import SlotChange
from tests.factories.clock import FIRST_DAY, NOON
from tests.factories.people import make_leader
from tests.factories.programmes import make_cohort, make_team
from tests.services.repairing import at, confirmed_cohort, send_all
from tests.services.small_cohort import SENDER, SmallCohort, make_small_cohort, solved_run

WHEN = FIRST_DAY + timedelta(days=21)
LINK = "https://meet.example/j/1?pwd=two"
WORKSHOP = EventFacts(
    kind="workshop",
    title="Leading, in a system",
    starts_at=WHEN,
    ends_at=WHEN + timedelta(hours=2),
    mode="in_person",
    address="The Winter Gardens, Church Street, Blackpool",
    postcode="FY1 1HW",
    description="Bring a pen.",
)


@pytest.fixture
def small(session: Session) -> SmallCohort:
    return make_small_cohort(session)


def plan(scope: Scope, small: SmallCohort, facts: EventFacts = WORKSHOP, **more: Any) -> Planned:
    return events.plan_event(scope, small.cohort.id, facts=facts, sender=SENDER, now=NOON, **more)


def change(scope: Scope, event: Event, facts: EventFacts, **more: Any) -> Any:
    call: dict[str, Any] = {"sender": SENDER, "now": NOON} | more
    return events.change_event(scope, event.cohort_id, event.id, facts=facts, **call)


def planned(session: Session, scope: Scope, small: SmallCohort, **more: Any) -> Event:
    """A workshop whose invites have gone."""
    found = session.get_one(Event, plan(scope, small, **more).event_id)
    send_all(session)
    return found


def mails(session: Session, leader: Leader) -> list[tuple[str, str, str, int]]:
    session.expire_all()
    rows = session.scalars(select(Message).where(Message.recipient == leader.user.email).order_by(Message.id))
    told = [(row, thaw(row.payload)) for row in rows]
    return [(row.kind, row.status, details.method, details.sequence) for row, details in told]


INVITED = ("event_confirmed", "sent", "REQUEST", 0)


def test_everybody_of_a_cohort_gets_one_invite_of_their_own_and_one_mail(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    made = plan(scope, small)
    invites = session.scalars(select(Invite).where(Invite.event_id == made.event_id)).all()
    assert {invite.leader_id for invite in invites} == {leader.id for leader in small.leaders}
    assert len({invite.uid for invite in invites}) == 4
    assert made.reference == "EVENT001"
    assert [mail.news for mail in made.effect.mails] == ["invited"] * 4
    assert mails(session, small.leaders[0]) == [("event_confirmed", "todo", "REQUEST", 0)]
    assert session.scalars(select(AuditEvent.verb)).all()[-1] == "plan_event"


def test_an_event_of_a_team_is_for_that_team_alone(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    team = make_team(session, cohort=small.cohort)
    small.leaders[1].team_id = team.id
    session.flush()
    made = plan(scope, small, team_id=team.id)
    assert [mail.person.leader_id for mail in made.effect.mails] == [small.leaders[1].id]
    foreign = make_team(session, cohort=make_cohort(session))
    with pytest.raises(NotFound):
        plan(scope, small, team_id=foreign.id)


def test_a_preview_says_who_would_be_told_and_writes_nothing(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    seen = events.preview_event(scope, small.cohort.id, facts=WORKSHOP, sender=SENDER, now=NOON)
    assert len(seen.effect.mails) == 4
    assert session.scalars(select(Event.id)).all() == session.scalars(select(Message.id)).all() == []
    event = planned(session, scope, small)
    before = mails(session, small.leaders[0])
    facts = events.virtual(events.facts_of(event), LINK)
    effect = events.preview_change(scope, event.cohort_id, event.id, facts=facts, sender=SENDER, now=NOON)
    gone = events.preview_cancel(scope, event.cohort_id, event.id, sender=SENDER, now=NOON)
    off = event_guests.preview_removal(
        scope, event.cohort_id, event.id, small.leaders[0].id, sender=SENDER, now=NOON
    )
    assert (len(effect.mails), len(gone.mails), len(off.mails)) == (4, 4, 1)
    session.expire_all()
    assert (event.mode, event.status, mails(session, small.leaders[0])) == ("in_person", "planned", before)


def test_the_entry_names_the_event_and_no_partner(session: Session, scope: Scope, small: SmallCohort) -> None:
    details = plan(scope, small).effect.mails[0].details
    text = ics.build(details).decode().replace("\r\n ", "")
    assert "SUMMARY:Workshop: Leading\\, in a system\r\n" in text
    assert "LOCATION:The Winter Gardens\\, Church Street\\, Blackpool\\, FY1 1HW\r\n" in text
    shown = preview(details)
    assert "You are invited to “Leading, in a system”." in shown.text
    assert "partner" not in shown.text
    assert shown.subject == "Leading, in a system, Wednesday 24 February 2027"


def test_making_an_event_virtual_moves_every_entry_and_puts_the_link_into_text_and_place(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    event = planned(session, scope, small)
    invite = session.scalars(select(Invite).where(Invite.event_id == event.id)).first()
    assert invite is not None
    invite.partstat = "ACCEPTED"
    session.flush()
    effect = change(scope, event, events.virtual(events.facts_of(event), LINK))
    assert len(effect.mails) == 4
    session.refresh(invite)
    assert (invite.sequence, invite.partstat) == (1, "NEEDS-ACTION")
    details = effect.mails[0].details
    text = ics.build(details).decode().replace("\r\n ", "")
    assert f"LOCATION:Online: {LINK}" in text
    assert text.count(LINK) == 2
    assert "GEO:" not in text
    assert "You meet online, and need not travel: before, the place was The Winter Gardens" in details.reason
    assert LINK in preview(details).html.replace("&amp;", "&")
    send_all(session)
    back = change(scope, event, events.in_person(events.facts_of(event), event.address, event.postcode))
    assert back.mails[0].details.sequence == 2
    assert "You meet in person. Before, it was online." in back.mails[0].details.reason


def test_another_link_or_another_text_leaves_answers_and_sequence(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    event = planned(session, scope, small, facts=replace(WORKSHOP, mode="virtual", joining_link=LINK))
    invite = session.scalars(select(Invite).where(Invite.event_id == event.id)).first()
    assert invite is not None
    invite.partstat = "ACCEPTED"
    session.flush()
    facts = replace(events.facts_of(event), joining_link=f"{LINK}2", description="Bring two pens.")
    details = change(scope, event, facts).mails[0].details
    assert (details.sequence, details.revision, details.partstat, details.text_only) == (
        0,
        1,
        "ACCEPTED",
        True,
    )
    assert details.reason == "The link to join is another one. What to know about it has changed."
    assert "your answer stands" in preview(details).text


def test_what_is_kept_beside_and_not_shown_tells_nobody(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    event = planned(session, scope, small)
    effect = change(scope, event, replace(events.facts_of(event), joining_link=LINK))
    assert (effect.changed, effect.mails) == (True, ())
    assert mails(session, small.leaders[0]) == [INVITED]
    again = change(scope, event, events.facts_of(event))
    assert not again.changed


def test_a_cancelled_event_is_taken_out_of_every_calendar_once(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    event = planned(session, scope, small)
    events.cancel_event(scope, event.cohort_id, event.id, sender=SENDER, now=NOON)
    again = events.cancel_event(scope, event.cohort_id, event.id, sender=SENDER, now=NOON)
    assert not again.changed
    assert mails(session, small.leaders[0]) == [INVITED, ("event_cancelled", "todo", "CANCEL", 1)]
    assert event.status == "cancelled"
    with pytest.raises(EventOver):
        change(scope, event, WORKSHOP)


def test_who_is_taken_off_is_told_alone_and_comes_back_under_a_new_name(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    event, leader = planned(session, scope, small), small.leaders[0]
    call: dict[str, Any] = {"sender": SENDER, "now": NOON}
    event_guests.remove_guest(scope, event.cohort_id, event.id, leader.id, **call)
    event_guests.remove_guest(scope, event.cohort_id, event.id, leader.id, **call)
    send_all(session)
    assert [mails(session, other) for other in small.leaders[1:]] == [[INVITED]] * 3
    assert mails(session, leader)[1:] == [("event_cancelled", "sent", "CANCEL", 1)]
    assert event_guests.missing_from(session, event) == []
    event_guests.add_guest(scope, event.cohort_id, event.id, leader.id, **call)
    assert not event_guests.add_guest(scope, event.cohort_id, event.id, leader.id, **call).changed
    old, new = session.scalars(select(Invite).where(Invite.leader_id == leader.id).order_by(Invite.id)).all()
    assert (old.state, new.state, old.uid == new.uid, new.sequence) == ("cancelled", "owed", False, 0)


def test_who_joins_later_is_added_by_one_step(session: Session, scope: Scope, small: SmallCohort) -> None:
    event = planned(session, scope, small)
    late = make_leader(session, cohort=small.cohort)
    call: dict[str, Any] = {"sender": SENDER, "now": NOON}
    seen = event_guests.preview_missing(scope, event.cohort_id, event.id, **call)
    assert [mail.person.leader_id for mail in seen.mails] == [late.id]
    event_guests.invite_missing(scope, event.cohort_id, event.id, **call)
    assert not event_guests.invite_missing(scope, event.cohort_id, event.id, **call).changed
    assert mails(session, late) == [("event_confirmed", "todo", "REQUEST", 0)]
    assert mails(session, small.leaders[0]) == [INVITED]


def test_who_leaves_the_cohort_leaves_its_events(session: Session, scope: Scope, small: SmallCohort) -> None:
    event, leader = planned(session, scope, small), small.leaders[0]
    effect = withdrawals.withdraw_leader(scope, small.cohort.id, leader.id, sender=SENDER, now=NOON)
    assert "They are not invited any more: Leading, in a system" in " ".join(effect.sentences)
    assert mails(session, leader) == [INVITED, ("event_cancelled", "todo", "CANCEL", 1)]
    restoring.restore_leader(scope, small.cohort.id, leader.id, now=NOON)
    assert leader not in event_guests.guests_of(session, event)


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"title": " \t"}, EventIncomplete),
        ({"address": ""}, EventIncomplete),
        ({"mode": "virtual"}, EventIncomplete),
        ({"mode": "virtual", "joining_link": "http://meet.example"}, EventLinkUnusable),
        ({"mode": "virtual", "joining_link": "javascript:alert(1)"}, EventLinkUnusable),
        ({"joining_link": "https://meet.example/a b"}, EventLinkUnusable),
        ({"ends_at": WHEN}, EventEndsBeforeStart),
        ({"starts_at": NOON - timedelta(days=1)}, EventInPast),
        (
            {"starts_at": WHEN + timedelta(days=4000), "ends_at": WHEN + timedelta(days=4001)},
            EventTooFarAhead,
        ),
    ],
)
def test_an_event_that_cannot_be_is_refused(
    scope: Scope, small: SmallCohort, wrong: dict[str, Any], error: type[EventRefused]
) -> None:
    with pytest.raises(error):
        plan(scope, small, replace(WORKSHOP, **wrong))


def test_an_old_page_changes_nothing(session: Session, scope: Scope, small: SmallCohort) -> None:
    event = planned(session, scope, small)
    seen = events.version_of(event)
    change(scope, event, replace(events.facts_of(event), title="Another"), seen=seen)
    with pytest.raises(EventChangedMeanwhile):
        change(scope, event, replace(events.facts_of(event), title="A third"), seen=seen)


def test_an_event_that_has_begun_is_not_changed(session: Session, scope: Scope, small: SmallCohort) -> None:
    event = planned(session, scope, small)
    with pytest.raises(EventOver):
        change(scope, event, WORKSHOP, now=WHEN)
    with pytest.raises(EventOver):
        events.cancel_event(scope, event.cohort_id, event.id, sender=SENDER, now=WHEN)


def test_nobody_is_matched_to_a_day_that_overlaps_their_event(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    food = small.slots[0]
    run = solved_run(session, small.cohort)
    during = replace(WORKSHOP, starts_at=food.ends_at - timedelta(minutes=1), ends_at=food.ends_at)
    event = session.get_one(Event, plan(scope, small, during).event_id)
    problem = build_problem(session, small.cohort, objective="generous", seed="", now=NOON)
    assert all(food.reference in leader.excluded for leader in problem.leaders)
    with pytest.raises(RunOutOfDate):
        confirmations.confirm_run(scope, run.id, sender=SENDER, now=NOON)
    change(
        scope,
        event,
        replace(during, starts_at=food.ends_at, ends_at=food.ends_at + timedelta(hours=1)),
    )
    problem = build_problem(session, small.cohort, objective="generous", seed="", now=NOON)
    assert not any(food.reference in leader.excluded for leader in problem.leaders)


def test_an_event_upon_placements_names_them_before_it_is_saved_and_a_repair_is_due(
    session: Session, scope: Scope
) -> None:
    small = confirmed_cohort(session)
    food = small.slots[0]
    there = at(session, food)
    during = replace(WORKSHOP, starts_at=food.starts_at, ends_at=food.ends_at)
    seen = events.preview_event(scope, small.cohort.id, facts=during, sender=SENDER, now=NOON).effect
    assert len(seen.clashes) == len(there)
    assert all(food.reference in sentence for sentence in seen.clashes)
    assert any(sentence.startswith(there[0].name) for sentence in seen.clashes)
    made = plan(scope, small, during).effect
    assert made.clashes == seen.clashes
    assert all("can no longer be given" in one for one in standing(scope, small.cohort.id, now=NOON).broken)
    during = replace(during, title="Another one")
    other = events.preview_event(scope, small.cohort.id, facts=during, sender=SENDER, now=NOON).effect
    assert len(other.clashes) == len(there) + len(small.leaders)


def test_an_event_that_is_planned_twice_is_one_event(session: Session, scope: Scope) -> None:
    small = confirmed_cohort(session)
    made, again = plan(scope, small), plan(scope, small)
    seen = events.preview_event(scope, small.cohort.id, facts=WORKSHOP, sender=SENDER, now=NOON)
    for second in (again, seen):
        assert (second.event_id, second.reference) == (made.event_id, made.reference)
        assert (second.effect.changed, second.effect.mails) == (False, ())
    events.cancel_event(scope, small.cohort.id, made.event_id, sender=SENDER, now=NOON)
    assert plan(scope, small).effect.changed, "a cancelled one can be planned anew"


def test_a_day_is_not_moved_upon_an_event_of_somebody_there(session: Session, scope: Scope) -> None:
    small = confirmed_cohort(session)
    plan(scope, small)
    onto = SlotChange(date=to_london(WHEN).date())
    with pytest.raises(SlotChangeClashes):
        slot_changes.change_slot(
            scope, small.cohort.id, small.slots[0].id, change=onto, sender=SENDER, now=NOON
        )


def entries(scope: Scope, purpose: str, subject: int, now: Any = NOON) -> list[Any]:
    return feed_contents(scope, purpose, subject, sender=SENDER, now=now).entries()


def test_feeds_of_leaders_and_coordinators_hold_events_under_names_for_life(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    event, leader = planned(session, scope, small), small.leaders[0]
    invite = session.scalars(select(Invite).where(Invite.leader_id == leader.id)).one()
    (own,) = entries(scope, "leader", leader.id)
    assert (own.uid, own.sequence, own.summary) == (invite.uid, 0, "Workshop: Leading, in a system")
    assert own.address == WORKSHOP.address
    (of_cohort,) = entries(scope, "coordinator", small.cohort.id)
    assert (of_cohort.notes, of_cohort.cancelled) == (("4 invited",), False)
    before = feed_contents(scope, "leader", leader.id, sender=SENDER, now=NOON).digest("form")
    change(scope, event, events.virtual(events.facts_of(event), LINK))
    (own,) = entries(scope, "leader", leader.id)
    assert (own.uid, own.sequence, own.address, own.joining_link) == (invite.uid, 1, "", LINK)
    assert feed_contents(scope, "leader", leader.id, sender=SENDER, now=NOON).digest("form") != before
    event_guests.remove_guest(scope, event.cohort_id, event.id, leader.id, sender=SENDER, now=NOON)
    assert [one.cancelled for one in entries(scope, "leader", leader.id)] == [True]
    assert entries(scope, "leader", leader.id, NOON + timedelta(days=31)) == []
    (later,) = entries(scope, "coordinator", small.cohort.id)
    assert (later.uid, later.notes) == (of_cohort.uid, ("3 invited",))
    assert later.sequence > of_cohort.sequence


def test_nobody_travels_to_a_virtual_day(session: Session, scope: Scope, small: SmallCohort) -> None:
    slot, leader = small.slots[0], small.leaders[0]
    leader.latitude, leader.longitude, leader.max_km = 51.5, -0.1, 5.0
    session.flush()

    def seen() -> tuple[bool, bool]:
        problem = build_problem(session, small.cohort, objective="generous", seed="", now=NOON)
        (one,) = [row for row in problem.leaders if row.id == leader.user.email]
        return slot.reference in one.excluded, slot.reference in one.distance_m

    assert seen() == (True, True)
    online = SlotChange(joining_link=LINK)
    effect = slot_changes.change_slot(scope, small.cohort.id, slot.id, change=online, sender=SENDER, now=NOON)
    assert "How far people travel no longer counts for it." in effect.sentences[0]
    assert seen() == (False, False)
