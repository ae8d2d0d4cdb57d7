"""What leaders say of themselves is kept, told to nobody else without leave, and never overwritten unseen."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from placement.domain.about_errors import AboutChanged
from placement.domain.errors import NotFound, PreferencesClosed
from placement.domain.geo import Position
from placement.models import AccessNeed, AuditEvent, Leader
from placement.services import about_leader, access, run_input
from placement.services.about_leader import MatchFacts, Need, facts_version, need_of, need_version
from placement.services.scope import Scope
from tests.factories.clock import NOON
from tests.factories.opportunities import make_slot
from tests.factories.people import make_leader
from tests.factories.programmes import make_cohort
from tests.services.small_cohort import make_small_cohort, solved_run

HERE = Position(53.7, -2.7)
FACTS = MatchFacts("PR1 1AA", "work", 25.0, no_car=True, check_held="enhanced")


@pytest.fixture
def leader(session: Session) -> Leader:
    """Somebody whose cohort chooses until a day from noon."""
    cohort = make_cohort(session, preferences_close_at=NOON + timedelta(days=1))
    return make_leader(session, cohort=cohort)


def own(session: Session, leader: Leader) -> Scope:
    return Scope.of_user(session, leader.user_id)


def save(
    session: Session,
    leader: Leader,
    facts: MatchFacts = FACTS,
    *,
    position: Position | None = HERE,
    seen: str | None = None,
    now: datetime = NOON,
) -> bool:
    seen = facts_version(leader) if seen is None else seen
    return about_leader.save_facts(
        own(session, leader), leader.id, facts, position=position, seen=seen, now=now
    )


def verbs(session: Session) -> list[str]:
    return list(session.scalars(select(AuditEvent.verb).order_by(AuditEvent.id)))


def test_facts_are_kept_with_the_position_and_count_as_looked_at(session: Session, leader: Leader) -> None:
    assert save(session, leader)
    assert (leader.base_postcode, leader.postcode_kind, leader.max_km) == ("PR1 1AA", "work", 25.0)
    assert (leader.no_car, leader.check_held) == (True, "enhanced")
    assert (leader.latitude, leader.longitude) == HERE
    assert leader.checked_at == NOON


def test_a_postcode_that_tells_nothing_is_kept_and_no_distance_is_known(
    session: Session, leader: Leader
) -> None:
    assert save(session, leader, replace(FACTS, base_postcode="M1 1A"), position=None)
    assert (leader.base_postcode, leader.latitude, leader.longitude) == ("M1 1A", None, None)


def test_the_same_postcode_keeps_a_better_position_that_an_import_gave(
    session: Session, leader: Leader
) -> None:
    before = leader.latitude, leader.longitude
    save(session, leader, replace(FACTS, base_postcode=leader.base_postcode))
    assert (leader.latitude, leader.longitude) == before


def test_what_goes_on_record_is_which_fields_changed_and_not_to_what(
    session: Session, leader: Leader
) -> None:
    save(session, leader)
    (event,) = session.scalars(select(AuditEvent))
    assert event.facts == {"fields": ["base_postcode", "check_held", "max_km", "no_car", "postcode_kind"]}


def test_saving_what_is_kept_changes_nothing_even_from_an_old_page(session: Session, leader: Leader) -> None:
    save(session, leader)
    assert not save(session, leader, seen="an old page")
    assert verbs(session) == ["change_about"]


def test_an_old_page_overwrites_nothing(session: Session, leader: Leader) -> None:
    seen = facts_version(leader)
    save(session, leader)
    with pytest.raises(AboutChanged):
        save(session, leader, replace(FACTS, max_km=5.0), seen=seen)
    assert leader.max_km == 25.0


def test_after_the_deadline_the_facts_for_the_match_stay_as_they_are(
    session: Session, leader: Leader
) -> None:
    with pytest.raises(PreferencesClosed):
        save(session, leader, now=NOON + timedelta(days=1))
    assert leader.base_postcode == "FY1 1AA"


def test_after_the_deadline_role_and_needs_can_still_be_changed(session: Session, leader: Leader) -> None:
    later, scope = NOON + timedelta(days=2), own(session, leader)
    assert about_leader.save_role(scope, leader.id, "Matron", seen=leader.role, now=later)
    assert about_leader.save_need(
        scope, leader.id, Need("A hearing loop"), seen=need_version(Need()), now=later
    )
    assert (leader.role, need_of(session, leader)) == ("Matron", Need("A hearing loop"))


def test_a_changed_fact_puts_a_run_out_of_date(session: Session) -> None:
    small = make_small_cohort(session)
    run = solved_run(session, small.cohort)
    assert run_input.changes_since(session, run, now=NOON) == []
    save(session, small.leaders[0], replace(FACTS, max_km=1.0), position=Position(50.0, -5.0))
    (change,) = run_input.changes_since(session, run, now=NOON)
    assert "days they cannot be given changed" in change


def test_needs_are_kept_encrypted_and_shared_only_by_those_who_say_so(
    session: Session, leader: Leader
) -> None:
    scope, other = own(session, leader), make_leader(session, cohort=leader.cohort)
    about_leader.save_need(
        scope, leader.id, Need("A quiet room", shared=True), seen=need_version(Need()), now=NOON
    )
    access.record_need(session, other, "A hearing loop")
    assert b"quiet" not in session.get_one(AccessNeed, leader.id).ciphertext
    assert access.shared_needs(session, [leader.id, other.id]) == {leader.id: "A quiet room"}


def test_an_emptied_need_is_gone_with_the_leave_to_share_it(session: Session, leader: Leader) -> None:
    scope, need = own(session, leader), Need("A quiet room", shared=True)
    about_leader.save_need(scope, leader.id, need, seen=need_version(Need()), now=NOON)
    about_leader.save_need(scope, leader.id, Need("", shared=True), seen=need_version(need), now=NOON)
    assert session.get(AccessNeed, leader.id) is None
    assert verbs(session) == ["change_need", "remove_need"]


def test_an_old_page_overwrites_no_need(session: Session, leader: Leader) -> None:
    scope = own(session, leader)
    about_leader.save_need(scope, leader.id, Need("New"), seen=need_version(Need()), now=NOON)
    with pytest.raises(AboutChanged):
        about_leader.save_need(scope, leader.id, Need("Old"), seen=need_version(Need()), now=NOON)
    assert need_of(session, leader).text == "New"


def test_another_text_by_an_import_is_shared_with_nobody(session: Session, leader: Leader) -> None:
    need = Need("A quiet room", shared=True)
    about_leader.save_need(own(session, leader), leader.id, need, seen=need_version(Need()), now=NOON)
    access.record_need(session, leader, "Something else")
    session.flush()
    session.expire_all()
    assert need_of(session, leader) == Need("Something else", shared=False)


def test_looking_at_it_is_noted_once(session: Session, leader: Leader) -> None:
    for _ in range(2):
        about_leader.confirm_about(own(session, leader), leader.id, now=NOON)
    assert leader.checked_at == NOON
    assert verbs(session) == ["confirm_about"]


def test_nobody_changes_what_is_known_of_somebody_else(session: Session, leader: Leader) -> None:
    stranger = make_leader(session, cohort=make_slot(session).opportunity.partner.cohort)
    with pytest.raises(NotFound):
        about_leader.save_role(own(session, stranger), leader.id, "x", seen=leader.role, now=NOON)
