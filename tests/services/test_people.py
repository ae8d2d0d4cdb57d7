"""People: addresses in one form, roles given and listed, and what somebody is in which cohort."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from placement.domain.errors import AddressUnusable, NotFound
from placement.domain.states import CoordinatorRole
from placement.models import AuditEvent, Cohort, Coordinator, User
from placement.services import people
from placement.services.people import Member, Outcome, Place
from placement.services.scope import Scope
from tests.factories.clock import NOON
from tests.factories.people import make_coordinator, make_leader, make_partner, make_user
from tests.factories.programmes import make_cohort


@pytest.fixture
def cohort(session: Session) -> Cohort:
    return make_cohort(session, name="Fylde Coast")


def add(
    scope: Scope, email: str = "cat@programme.example", role: CoordinatorRole = "coordinator", name: str = ""
) -> Outcome:
    return people.add_user(scope, email=email, role=role, cohort_name="Fylde Coast", name=name, now=NOON)


def test_an_added_coordinator_reaches_the_cohort(session: Session, scope: Scope, cohort: Cohort) -> None:
    assert add(scope, " Cat@Programme.Example", name="Cat  Orr") == "added"
    user = session.scalars(select(User).where(User.email == "cat@programme.example")).one()
    assert user.name == "Cat Orr"
    assert Scope.of_user(session, user.id).cohort(cohort.id) is cohort


def test_an_added_viewer_does_not_reach_the_cohort(session: Session, scope: Scope, cohort: Cohort) -> None:
    add(scope, role="viewer")
    user = session.scalars(select(User)).one()
    with pytest.raises(NotFound):
        Scope.of_user(session, user.id).cohort(cohort.id)


def test_adding_again_changes_nothing_and_says_so(session: Session, scope: Scope, cohort: Cohort) -> None:
    add(scope, name="Cat Orr")
    assert add(scope) == "unchanged"
    assert add(scope, name="Cat Orr") == "unchanged"
    assert session.scalar(select(func.count()).select_from(Coordinator)) == 1
    assert session.scalar(select(func.count()).select_from(AuditEvent)) == 1


def test_another_role_or_name_replaces_the_one_before(session: Session, scope: Scope, cohort: Cohort) -> None:
    add(scope, name="Cat Orr")
    assert add(scope, role="viewer") == "changed"
    assert add(scope, role="viewer", name="Catherine Orr") == "changed"
    (held,) = session.scalars(select(Coordinator))
    assert (held.role, held.user.name) == ("viewer", "Catherine Orr")


def test_an_added_role_is_on_record_without_the_address(
    session: Session, scope: Scope, cohort: Cohort
) -> None:
    add(scope, name="Cat Orr")
    (event,) = session.scalars(select(AuditEvent))
    assert (event.verb, event.cohort_id, event.facts) == (
        "add_user",
        cohort.id,
        {"before": None, "after": "coordinator"},
    )


@pytest.mark.parametrize(
    "address", ["", "cat", "cat@", "cat@programme", "a b@programme.example", "é@x.example"]
)
def test_what_is_no_address_is_refused(scope: Scope, cohort: Cohort, address: str) -> None:
    with pytest.raises(AddressUnusable):
        add(scope, address)


def test_nobody_is_added_to_a_cohort_that_is_not_there(scope: Scope) -> None:
    with pytest.raises(NotFound, match="Fylde Coast"):
        add(scope)


def test_the_users_of_a_cohort_are_listed_with_what_they_are(
    session: Session, scope: Scope, cohort: Cohort
) -> None:
    make_leader(session, cohort=cohort, user=make_user(session, email="ada@people.example", name="Ada"))
    make_partner(
        session, cohort=cohort, user=make_user(session, email="bank@partners.example"), name="Food bank"
    )
    make_leader(session)
    add(scope, name="Cat")
    assert people.members(scope, "Fylde Coast") == [
        Member("cat@programme.example", "Cat", "coordinator"),
        Member("bank@partners.example", "Food bank", "partner"),
        Member("ada@people.example", "Ada", "leader"),
    ]


def test_somebody_may_be_several_things_in_several_cohorts(session: Session, cohort: Cohort) -> None:
    other = make_cohort(session, name="Cheshire")
    user = make_user(session, name="Ada")
    leader = make_leader(session, cohort=other, user=user)
    first = make_partner(session, cohort=cohort, user=user, name="Food bank")
    second = make_partner(session, cohort=cohort, user=user, name="Night shelter")
    make_coordinator(session, cohort=cohort, user=user)
    make_coordinator(session, cohort=other, user=user, role="viewer")
    make_leader(session, cohort=cohort)
    assert people.places_of(Scope.of_user(session, user.id)) == [
        Place("leader", leader.id, other.id, "Cheshire", "Ada"),
        Place("partner", first.id, cohort.id, "Fylde Coast", "Food bank"),
        Place("partner", second.id, cohort.id, "Fylde Coast", "Night shelter"),
        Place("coordinator", cohort.id, cohort.id, "Fylde Coast", "Fylde Coast"),
        Place("viewer", other.id, other.id, "Cheshire", "Cheshire"),
    ]


def test_a_user_counts_only_with_a_role(session: Session) -> None:
    roleless = make_user(session)
    assert people.user_with_a_role(session, roleless.email) is None
    for user in (make_leader(session).user, make_partner(session).user, make_coordinator(session).user):
        assert people.user_with_a_role(session, user.email) is user
