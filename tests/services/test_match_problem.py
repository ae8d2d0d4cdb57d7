"""A cohort as the matching problem: slots are ruled out in groups as they would be pair by pair."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from placement.domain.eligibility import reasons_against
from placement.domain.matching import Problem
from placement.domain.text import to_london
from placement.models import Cohort, Leader, Slot
from placement.services.match_problem import problem_of
from placement.services.match_rows import CohortRows, offer_facts, read_rows
from tests.factories.clock import FIRST_DAY, NOON
from tests.factories.conflicts import make_conflict
from tests.factories.events import make_event, make_guest
from tests.factories.fixing import make_fixed_pair
from tests.factories.opportunities import make_opportunity, make_site, make_slot
from tests.factories.people import make_leader, make_partner
from tests.factories.placements import make_placement
from tests.factories.preferences import make_date_answer, make_ranking, make_refusal
from tests.factories.programmes import make_cohort

DAY = timedelta(days=1)


@pytest.fixture
def rows(session: Session) -> CohortRows:
    """Nine leaders, each of whom something else rules out, and slots of every kind."""
    cohort = make_cohort(session, max_per_partner=1)
    slots = _slots(session, cohort)
    people = [make_leader(session, cohort=cohort, submitted_at=NOON, days=2) for _ in range(7)]
    people.append(make_leader(session, cohort=cohort, submitted_at=NOON, max_km=5, gender="F"))
    people.append(make_leader(session, cohort=cohort, latitude=None, longitude=None))
    for leader in people[:-1]:
        make_ranking(session, leader=leader, opportunities=[slots[0].opportunity, slots[4].opportunity])
    make_conflict(session, leader=people[0], partner=slots[0].opportunity.partner)
    make_date_answer(session, leader=people[1], day=FIRST_DAY.date(), answer="cannot")
    make_date_answer(session, leader=people[2], day=FIRST_DAY.date(), answer="if_need_be")
    make_refusal(session, leader=people[3], opportunity=slots[0].opportunity)
    for hours in (0, 30):
        start = FIRST_DAY + timedelta(hours=hours)
        event = make_event(session, cohort=cohort, starts_at=start, ends_at=start + timedelta(hours=2))
        make_guest(session, event=event, leader=people[4])
    make_placement(session, leader=people[5], slot=slots[2])
    make_placement(session, leader=people[6], slot=slots[5])
    make_fixed_pair(session, leader=people[7], slot=slots[1])
    session.expire_all()
    return read_rows(session, session.get_one(Cohort, cohort.id), now=NOON)


def _slots(session: Session, cohort: Cohort) -> list[Slot]:
    partner = make_partner(session, cohort=cohort, capacity_overall=5)
    near = make_opportunity(session, partner=partner)
    far_site = make_site(session, partner=make_partner(session, cohort=cohort), latitude=53.4, longitude=-2.2)
    partner_far = far_site.partner_id
    far = make_opportunity(
        session, cohort=cohort, partner=session.get_one(type(partner), partner_far), site=far_site
    )
    women = make_opportunity(session, cohort=cohort, women_only=True, check_required="basic")
    draft = make_opportunity(session, cohort=cohort, status="waiting")
    return [
        make_slot(session, opportunity=near, starts_at=FIRST_DAY),
        make_slot(session, opportunity=near, starts_at=FIRST_DAY + DAY),
        make_slot(session, opportunity=near, starts_at=NOON - 2 * DAY),
        make_slot(session, opportunity=women, starts_at=FIRST_DAY),
        make_slot(session, opportunity=far, starts_at=FIRST_DAY + DAY),
        make_slot(session, opportunity=draft, starts_at=FIRST_DAY + 2 * DAY),
        make_slot(session, opportunity=draft, starts_at=FIRST_DAY + 3 * DAY),
    ]


def test_what_a_leader_cannot_be_given_is_what_stands_against_each_slot(rows: CohortRows) -> None:
    problem = problem_of(rows, objective="generous", seed="a", kind="repair")
    found = {one.id: one.excluded for one in problem.leaders}
    assert found == {leader.match_id: _ruled_out(rows, leader) for leader in rows.leaders}
    assert len(set(found.values())) == 6


def test_the_problem_is_the_one_that_its_own_json_says(rows: CohortRows) -> None:
    for kind in ("match", "repair", "fresh"):
        problem = problem_of(rows, objective="generous", seed="a", kind=kind)
        assert Problem.from_json(problem.to_json()) == problem


def _ruled_out(rows: CohortRows, leader: Leader) -> frozenset[str]:
    return frozenset(slot.reference for slot in rows.slots if _is_ruled_out(rows, leader, slot))


def _is_ruled_out(rows: CohortRows, leader: Leader, slot: Slot) -> bool:
    refused = slot.opportunity_id in rows.refused.get(leader.id, ())
    offer = offer_facts(leader, slot.opportunity, virtual=slot.virtual, refused=refused)
    day = to_london(slot.starts_at).date()
    stands = (leader.match_id, slot.reference) in rows.standing
    return bool(
        reasons_against(rows.facts_about(leader), offer)
        or rows.dates.get(leader.id, {}).get(day) == "cannot"
        or slot.id in rows.over
        or rows.has_event(leader, slot)
        or not (slot.opportunity.live or stands)
        or slot.partner_id in rows.been.get(leader.id, ())
    )
