from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from placement.domain.errors import NotFound
from placement.domain.invites import InviteDetails, Mailbox
from placement.domain.sender import Sender
from placement.models import Cohort, Leader
from placement.services import access
from placement.services.reports import leader as report
from placement.services.reports import leader_days
from placement.services.scope import Scope
from tests.factories.clock import FIRST_DAY
from tests.factories.opportunities import make_opportunity, make_site, make_slot, make_slots
from tests.factories.people import make_leader, make_partner, make_user
from tests.factories.placements import make_invite, make_placement
from tests.factories.preferences import make_date_answer, make_ranking
from tests.factories.programmes import make_cohort
from tests.factories.runs import make_run

NOON = datetime(2027, 1, 12, 12, 0, tzinfo=UTC)
SENDER = Sender(Mailbox("Placement", "placements@placement.example"), "https://placement.example")


@pytest.fixture
def cohort(session: Session) -> Cohort:
    return make_cohort(session, preferences_close_at=NOON + timedelta(days=1))


@pytest.fixture
def leader(session: Session, cohort: Cohort) -> Leader:
    return make_leader(session, cohort=cohort, max_km=10.0, check_held="basic", gender="M")


def answers(leader: Leader, session: Session) -> report.Answers:
    return report.answers(Scope.of_user(session, leader.user_id), leader_id=leader.id, now=NOON)


def placements(leader: Leader, session: Session, *, now: datetime = NOON) -> leader_days.LeaderPlacements:
    return leader_days.placements(Scope.of_user(session, leader.user_id), leader_id=leader.id, now=now)


def test_only_opportunities_of_the_cohort_with_a_day_are_offered(
    session: Session, cohort: Cohort, leader: Leader
) -> None:
    offered = make_opportunity(session, cohort=cohort)
    make_slots(session, opportunity=offered, days=2)
    make_opportunity(session, cohort=cohort)
    make_slot(session, cohort=cohort, status="withdrawn")
    make_slot(session)
    shown = answers(leader, session).offers
    assert [(offer.id, len(offer.days)) for offer in shown] == [(offered.id, 2)]


@pytest.mark.parametrize(
    ("facts", "hints"),
    [
        ({}, ()),
        ({"check_required": "enhanced"}, ("check",)),
        ({"check_required": "basic"}, ()),
        ({"women_only": True}, ("women-only",)),
        ({"step_free": False}, ()),
    ],
)
def test_an_offer_says_what_stands_against_it(
    session: Session, cohort: Cohort, leader: Leader, facts: dict[str, Any], hints: tuple[str, ...]
) -> None:
    make_slot(session, opportunity=make_opportunity(session, cohort=cohort, **facts))
    assert answers(leader, session).offers[0].hints == hints


def test_an_offer_that_is_too_far_says_so_and_how_far(
    session: Session, cohort: Cohort, leader: Leader
) -> None:
    partner = make_partner(session, cohort=cohort)
    site = make_site(session, partner=partner, latitude=54.0175, longitude=-3.05)
    make_slot(session, opportunity=make_opportunity(session, partner=partner, site=site))
    (offer,) = answers(leader, session).offers
    assert offer.hints == ("too-far",)
    assert offer.kilometres == pytest.approx(22.24, abs=0.05)
    assert offer.max_km == 10.0


def test_steps_stand_against_an_offer_only_for_those_who_cannot_take_them(
    session: Session, cohort: Cohort, leader: Leader
) -> None:
    access.record_need(session, leader, "Step-free access, please")
    for step_free in (True, False):
        make_slot(session, opportunity=make_opportunity(session, cohort=cohort, step_free=step_free))
    shown = answers(leader, session)
    assert {offer.step_free: offer.hints for offer in shown.offers} == {True: (), False: ("step-free",)}


def test_an_offer_without_a_date_that_the_leader_can_do_says_so(
    session: Session, cohort: Cohort, leader: Leader
) -> None:
    slots = make_slots(session, opportunity=make_opportunity(session, cohort=cohort), days=2)
    for slot, hints in zip(slots, [(), ("cannot",)], strict=True):
        make_date_answer(session, leader=leader, day=slot.starts_at.date(), answer="cannot")
        assert answers(leader, session).offers[0].hints == hints


def test_a_choice_whose_days_are_gone_stays_on_the_list_and_does_not_count(
    session: Session, cohort: Cohort, leader: Leader
) -> None:
    rows = [make_opportunity(session, cohort=cohort) for _ in range(3)]
    slots = [make_slot(session, opportunity=row) for row in rows]
    make_ranking(session, leader=leader, opportunities=rows)
    slots[1].status = "withdrawn"
    session.flush()
    shown = answers(leader, session)
    assert [(offer.id, offer.rank) for offer in shown.ranked] == [
        (row.id, rank) for rank, row in enumerate(rows, start=1)
    ]
    assert [offer.hints for offer in shown.ranked] == [(), ("gone",), ()]
    assert len(shown.offers) == 2
    assert (shown.minimum, shown.missing) == (2, 0)


def test_dates_are_those_of_the_slots_in_local_time(session: Session, cohort: Cohort, leader: Leader) -> None:
    late = datetime(2027, 6, 1, 23, 30, tzinfo=UTC)  # half past midnight on the next day, in summer time
    row = make_opportunity(session, cohort=cohort)
    make_slot(session, opportunity=row, starts_at=late)
    make_slot(session, opportunity=row, starts_at=late + timedelta(hours=9))
    make_date_answer(session, leader=leader, day=date(2027, 6, 2), answer="if_need_be")
    (only,) = answers(leader, session).dates
    assert (only.date, only.answer, only.answered) == (date(2027, 6, 2), "if_need_be", True)
    assert [offer.id for offer in only.offers] == [row.id]


def test_a_date_nobody_answered_counts_as_one_that_can_be_done(
    session: Session, cohort: Cohort, leader: Leader
) -> None:
    make_slot(session, cohort=cohort)
    shown = answers(leader, session)
    assert (shown.dates[0].answer, shown.dates[0].answered, shown.unanswered) == ("can", False, 1)


def test_a_page_needs_the_same_number_of_queries_however_much_is_offered(
    session: Session, cohort: Cohort, leader: Leader
) -> None:
    counted = []
    for _ in range(2):
        make_slot(session, cohort=cohort)
        session.expire_all()
        statements: list[str] = []
        listen = lambda *args: statements.append(args[2])  # noqa: B023, E731  # unlistened below
        event.listen(session.get_bind(), "before_cursor_execute", listen)
        answers(leader, session)
        event.remove(session.get_bind(), "before_cursor_execute", listen)
        counted.append(len(statements))
    assert counted[0] == counted[1]


def test_another_leaders_answers_do_not_exist(session: Session, leader: Leader) -> None:
    stranger = Scope.of_user(session, make_user(session).id)
    with pytest.raises(NotFound):
        report.answers(stranger, leader_id=leader.id, now=NOON)
    with pytest.raises(NotFound):
        leader_days.placements(stranger, leader_id=leader.id, now=NOON)
    with pytest.raises(NotFound):
        leader_days.calendar_entry(stranger, leader_id=leader.id, placement_id=1, sender=SENDER)


def test_a_placement_shows_what_the_leader_needs_on_the_day(
    session: Session, cohort: Cohort, leader: Leader
) -> None:
    leader.submitted_at = NOON
    slot = make_slot(session, cohort=cohort)
    make_invite(session, placement=make_placement(session, leader=leader, slot=slot, rank=2))
    shown = placements(leader, session)
    (day,) = shown.standing_days
    assert day.starts_at == slot.starts_at
    assert day.partner == slot.opportunity.partner.name
    assert day.contact_name == "Sam Synthetic"
    assert day.what_to_know == "Wear flat shoes."
    assert day.choice_sentence == "This was your 2nd choice."
    assert (day.has_invite, day.over, day.cancelled, shown.missing) == (True, False, False, 0)


def test_a_leader_who_needs_more_days_than_given_sees_how_many_are_missing(
    session: Session, cohort: Cohort, leader: Leader
) -> None:
    leader.days = 2
    make_placement(session, leader=leader, slot=make_slot(session, cohort=cohort))
    assert placements(leader, session).missing == 1


def test_a_cancelled_placement_stands_apart_and_has_no_calendar_entry(
    session: Session, cohort: Cohort, leader: Leader
) -> None:
    row = make_placement(session, leader=leader, slot=make_slot(session, cohort=cohort), status="cancelled")
    make_invite(session, placement=row, state="cancelled")
    shown = placements(leader, session)
    assert (len(shown.standing_days), len(shown.cancelled_days), shown.missing) == (0, 1, 1)
    with pytest.raises(NotFound):
        entry(leader, session, row.id)


def entry(leader: Leader, session: Session, placement_id: int) -> InviteDetails:
    scope = Scope.of_user(session, leader.user_id)
    return leader_days.calendar_entry(scope, leader_id=leader.id, placement_id=placement_id, sender=SENDER)


def test_the_calendar_entry_has_the_name_of_the_invite(
    session: Session, cohort: Cohort, leader: Leader
) -> None:
    row = make_placement(session, leader=leader, slot=make_slot(session, cohort=cohort))
    invite = make_invite(session, placement=row, sequence=1)
    details = entry(leader, session, row.id)
    assert (details.uid, details.sequence) == (invite.uid, 1)


def test_a_placement_of_another_leader_has_no_calendar_entry_for_this_one(
    session: Session, cohort: Cohort, leader: Leader
) -> None:
    other = make_leader(session, cohort=cohort)
    row = make_placement(session, leader=other, slot=make_slot(session, cohort=cohort))
    make_invite(session, placement=row)
    with pytest.raises(NotFound):
        entry(leader, session, row.id)


@pytest.mark.parametrize(("status", "decided"), [("solved", False), ("confirmed", True)])
def test_places_are_decided_when_a_run_is_confirmed(
    session: Session, cohort: Cohort, leader: Leader, status: str, decided: bool
) -> None:
    make_run(session, cohort=cohort, status=status, confirmed_at=NOON if decided else None)
    standing = placements(leader, session).standing
    assert (standing.decided, standing.window.is_open) == (decided, not decided)


def test_a_day_is_over_when_it_has_ended(session: Session, cohort: Cohort, leader: Leader) -> None:
    make_placement(session, leader=leader, slot=make_slot(session, cohort=cohort))
    assert placements(leader, session, now=FIRST_DAY + timedelta(days=1)).standing_days[0].over
