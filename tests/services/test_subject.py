"""All that is kept about one leader is told, to whom it may be told."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from placement.domain.errors import NotFound
from placement.models import AuditEvent, Leader, RecoveryCode
from placement.services.access import record_need
from placement.services.recovery_codes import make_codes
from placement.services.reports.subject import Subject, data_of, export_data, own_data
from placement.services.reports.subject_sections import as_json
from placement.services.scope import Scope
from tests.factories.answers import make_held_answer, make_user_alias
from tests.factories.attendance import make_attendance, make_feedback, make_reflection
from tests.factories.clock import NOON
from tests.factories.conflicts import make_conflict
from tests.factories.events import make_event, make_guest
from tests.factories.fixing import make_fixed_pair
from tests.factories.hosting import make_partner_message
from tests.factories.imports import make_import_row
from tests.factories.letters import make_opt_out
from tests.factories.opportunities import make_slot
from tests.factories.outbox import make_message
from tests.factories.people import make_coordinator, make_leader, make_partner
from tests.factories.placements import make_invite, make_placement, placement_of
from tests.factories.preferences import make_date_answer, make_ranking, make_refusal
from tests.factories.replies import make_reply
from tests.factories.seat_offers import make_seat_offer
from tests.factories.signing_in import APP_KEY, make_feed, make_second_step, make_signed_in
from tests.factories.swaps import make_swap_request

NEED = "A quiet room at noon"
REFLECTED = "How a kitchen runs"


def everything_about(session: Session) -> Leader:
    """A leader with something of each kind that is kept."""
    leader = make_leader(session, max_km=25.0, postcode_kind="home", no_car=True)
    record_need(session, leader, NEED, shared=True)
    make_conflict(session, leader=leader, partner=make_partner(session, cohort=leader.cohort, name="Shelter"))
    slot = make_slot(session, cohort=leader.cohort)
    make_ranking(session, leader=leader, opportunities=[slot.opportunity])
    make_refusal(session, leader=leader, opportunity=make_slot(session, cohort=leader.cohort).opportunity)
    make_date_answer(session, leader=leader)
    invite = make_invite(session, placement=make_placement(session, leader=leader, slot=slot))
    make_held_answer(session, invite=invite, note="I look forward to it")
    make_guest(session, event=make_event(session, cohort=leader.cohort, title="Launch"), leader=leader)
    make_message(session, invite=invite, recipient=leader.user.email, status="sent")
    make_reply(session, invite=invite, sender=leader.user.email, comment="See you there")
    make_signed_in(session, user=leader.user)
    make_feed(session, user=leader.user, subject_id=leader.id)
    make_user_alias(session, user=leader.user, email="ada.home@people.example")
    make_opt_out(session, user=leader.user)
    make_attendance(session, slot=slot, leader=leader, state="late")
    make_feedback(session, slot=slot, leader=leader, words="I learned much")
    make_reflection(session, slot=slot, leader=leader, answers={"saw": REFLECTED})
    make_fixed_pair(session, leader=leader, slot=slot, reason="Knows the team")
    make_import_row(session, leader=leader)
    make_seat_offer(session, leader=leader, slot=slot)
    make_partner_message(session, slot=slot, text=f"Welcome, {leader.name}: come to the blue door")
    make_swap_request(
        session, placement=placement_of(invite), words="A meeting that I cannot move", answer="All full"
    )
    return leader


def texts(found: Subject) -> str:
    return json.dumps(as_json(found))


def test_a_leader_is_told_something_of_every_kind_that_is_kept(session: Session) -> None:
    leader = everything_about(session)
    found = own_data(Scope.of_user(session, leader.user_id), leader.id, now=NOON)
    assert [section.key for section in found.sections if not section.rows] == ["records"]
    words = (NEED, "Shelter", "Launch", "I look forward to it", "See you there", "ada.home@people.example")
    asked = ("A meeting that I cannot move", "All full")
    for told in (*words, *asked, "the blue door", "I learned much", REFLECTED, "Knows the team"):
        assert told in texts(found), told


def test_a_coordinator_is_not_told_what_somebody_needs(session: Session) -> None:
    leader = everything_about(session)
    coordinator = make_coordinator(session, cohort=leader.cohort)
    scope = Scope.of_user(session, coordinator.user_id)
    found = data_of(scope, leader.cohort_id, leader.id, now=NOON)
    assert NEED not in texts(found)
    assert REFLECTED not in texts(found), "not even when it may be read by others"
    assert leader.user.email in texts(found)


def test_the_command_is_told_everything_and_that_goes_on_record(session: Session) -> None:
    leader = everything_about(session)
    found = export_data(Scope.system(session), leader.cohort_id, leader.id, now=NOON)
    assert NEED in texts(found)
    (event,) = session.scalars(select(AuditEvent).where(AuditEvent.verb == "export_subject"))
    assert (event.subject, event.facts) == (f"leader:{leader.id}", {"needs": True})


def test_nothing_of_somebody_else_is_told(session: Session) -> None:
    leader, other = make_leader(session), everything_about(session)
    found = own_data(Scope.of_user(session, leader.user_id), leader.id, now=NOON)
    assert other.user.email not in texts(found)
    assert [section.key for section in found.sections if section.rows] == ["about"]
    with pytest.raises(NotFound):
        own_data(Scope.of_user(session, leader.user_id), other.id, now=NOON + timedelta(days=1))


def test_a_second_step_is_told_of_and_its_secrets_are_not(session: Session) -> None:
    leader = make_leader(session)
    row = make_second_step(session, user=leader.user)
    codes = make_codes(session, leader.user_id, now=NOON)
    found = texts(own_data(Scope.of_user(session, leader.user_id), leader.id, now=NOON))
    assert "Second step when you sign in" in found
    assert "10 recovery codes left" in found
    hashes = session.scalars(select(RecoveryCode.code_hash)).all()
    for secret in (APP_KEY, row.sealed.decode(), *codes, *hashes):
        assert secret not in found
    row.on_since = None
    session.flush()
    assert "econd step" not in texts(own_data(Scope.of_user(session, leader.user_id), leader.id, now=NOON))
