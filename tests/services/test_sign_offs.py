"""Organisations sign off the lists of their leaders: who is on a list, who joined it since, what is kept."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from placement.domain.errors import NotFound
from placement.domain.list_errors import ListChanged, SignatoryMissing
from placement.models import AuditEvent, Cohort, Leader, Organisation
from placement.services import withdrawals
from placement.services.reports.sign_offs import OrganisationList, lists_to_sign_off, sign_off_of, sign_offs
from placement.services.scope import Scope
from placement.services.sign_offs import LONGEST_SIGNATORY, sign_off_list, take_back_sign_off
from tests.factories.clock import NOON
from tests.factories.people import make_coordinator, make_leader
from tests.factories.programmes import make_cohort, make_organisation
from tests.services.small_cohort import SENDER

AMINA = "Amina Khan, chief nurse"


@pytest.fixture
def cohort(session: Session) -> Cohort:
    return make_cohort(session)


@pytest.fixture
def ada(session: Session, cohort: Cohort) -> Scope:
    return Scope.of_user(session, make_coordinator(session, cohort=cohort).user_id)


@pytest.fixture
def hospital(session: Session, cohort: Cohort) -> Organisation:
    """A hospital with two leaders."""
    hospital = make_organisation(session, cohort=cohort, name="The hospital")
    for name in ("Zoe", "Ann"):
        make_leader(session, cohort=cohort, name=name, organisation_id=hospital.id)
    return hospital


def listed(scope: Scope, organisation: Organisation) -> OrganisationList:
    scope.session.expire_all()
    (found,) = sign_off_of(scope, organisation.cohort_id, organisation.id).organisations
    return found


def sign(scope: Scope, organisation: Organisation, *, by: str = AMINA) -> int:
    """Sign the list off as it is now."""
    ids = [leader.id for leader in listed(scope, organisation).leaders]
    return sign_off_list(scope, organisation.cohort_id, organisation.id, leader_ids=ids, by=by, now=NOON)


def join(scope: Scope, organisation: Organisation) -> Leader:
    cohort = scope.session.get_one(Cohort, organisation.cohort_id)
    return make_leader(scope.session, cohort=cohort, name="Moe", organisation_id=organisation.id)


def test_everybody_on_a_list_is_signed_off_with_it(ada: Scope, hospital: Organisation) -> None:
    assert not listed(ada, hospital).complete
    assert sign(ada, hospital, by=f"  {AMINA} ") == 2
    found = listed(ada, hospital)
    assert (found.by, found.at, found.added, found.complete) == (AMINA, NOON, 0, True)
    assert [(leader.name, leader.signed_off) for leader in found.leaders] == [("Ann", True), ("Zoe", True)]


def test_who_joins_after_that_is_named_until_the_list_is_signed_off_again(
    ada: Scope, hospital: Organisation
) -> None:
    sign(ada, hospital)
    join(ada, hospital)
    found = listed(ada, hospital)
    assert [leader.name for leader in found.leaders if not leader.signed_off] == ["Moe"]
    assert (found.added, found.complete) == (1, False)
    sign(ada, hospital)
    assert listed(ada, hospital).complete


def test_who_moves_to_another_organisation_is_not_signed_off_there(
    session: Session, ada: Scope, cohort: Cohort, hospital: Organisation
) -> None:
    council = make_organisation(session, cohort=cohort, name="The council")
    moved = join(ada, council)
    sign(ada, council)
    ids = [leader.id for leader in listed(ada, hospital).leaders]
    sign_off_list(ada, cohort.id, hospital.id, leader_ids=ids, by=AMINA, now=NOON + timedelta(days=1))
    moved.organisation_id = hospital.id
    session.flush()
    assert [leader.name for leader in listed(ada, hospital).leaders if not leader.signed_off] == ["Moe"]


def test_a_list_that_has_changed_since_it_was_shown_is_not_signed_off(
    ada: Scope, cohort: Cohort, hospital: Organisation
) -> None:
    shown = [leader.id for leader in listed(ada, hospital).leaders]
    join(ada, hospital)
    for ids in (shown, []):
        with pytest.raises(ListChanged, match="The list of The hospital has changed"):
            sign_off_list(ada, cohort.id, hospital.id, leader_ids=ids, by=AMINA, now=NOON)
    assert listed(ada, hospital).at is None


def test_who_has_left_the_cohort_is_on_no_list(ada: Scope, cohort: Cohort, hospital: Organisation) -> None:
    ann = listed(ada, hospital).leaders[0]
    withdrawals.withdraw_leader(ada, cohort.id, ann.id, sender=SENDER, now=NOON)
    assert [leader.name for leader in listed(ada, hospital).leaders] == ["Zoe"]
    assert sign(ada, hospital) == 1


def test_an_organisation_that_nobody_comes_from_any_more_has_an_empty_list_which_nobody_signs_off(
    session: Session, ada: Scope, cohort: Cohort
) -> None:
    empty = make_organisation(session, cohort=cohort)
    assert listed(ada, empty).leaders == ()
    with pytest.raises(ListChanged):
        sign(ada, empty)
    assert sign_offs(ada, cohort.id).organisations == ()


@pytest.mark.parametrize("by", ["", "  ", "x" * (LONGEST_SIGNATORY + 1)])
def test_somebody_signs(ada: Scope, hospital: Organisation, by: str) -> None:
    with pytest.raises(SignatoryMissing, match="Say who signed"):
        sign(ada, hospital, by=by)


def test_a_sign_off_can_be_taken_back(ada: Scope, cohort: Cohort, hospital: Organisation) -> None:
    assert not take_back_sign_off(ada, cohort.id, hospital.id, now=NOON)
    sign(ada, hospital)
    assert take_back_sign_off(ada, cohort.id, hospital.id, now=NOON)
    found = listed(ada, hospital)
    assert (found.by, found.at) == ("", None)
    assert not any(leader.signed_off for leader in found.leaders)


def test_lists_need_the_coordinator_only_in_a_cohort_where_one_is_signed_off(
    session: Session, ada: Scope, cohort: Cohort, hospital: Organisation
) -> None:
    council = make_organisation(session, cohort=cohort)
    make_leader(session, cohort=cohort, organisation_id=council.id)
    make_organisation(session, cohort=cohort, name="Without leaders")
    assert lists_to_sign_off(ada, cohort.id) == 0
    sign(ada, hospital)
    assert lists_to_sign_off(ada, cohort.id) == 1
    join(ada, hospital)
    assert lists_to_sign_off(ada, cohort.id) == 2


def test_the_log_says_which_list_and_how_many_and_names_nobody(
    session: Session, ada: Scope, cohort: Cohort, hospital: Organisation
) -> None:
    sign(ada, hospital)
    take_back_sign_off(ada, cohort.id, hospital.id, now=NOON)
    events = session.scalars(select(AuditEvent).order_by(AuditEvent.id)).all()
    told = [(event.verb, event.subject, event.facts) for event in events[-2:]]
    list_ = f"organisation:{hospital.id}"
    assert told == [
        ("sign_off_list", list_, {"leaders": 2}),
        ("take_back_sign_off", list_, {"leaders": 2}),
    ]


def test_nobody_signs_off_the_list_of_another_cohort(
    session: Session, ada: Scope, cohort: Cohort, hospital: Organisation
) -> None:
    foreign = make_organisation(session)
    stranger = Scope.of_user(session, make_coordinator(session).user_id)
    with pytest.raises(NotFound):
        sign_off_list(ada, cohort.id, foreign.id, leader_ids=[], by=AMINA, now=NOON)
    with pytest.raises(NotFound):
        take_back_sign_off(stranger, cohort.id, hospital.id, now=NOON)
