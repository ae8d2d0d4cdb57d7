"""What somebody may not reach does not exist for them: it is refused like a row that never was."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from sqlalchemy.orm import Session

from placement.domain.errors import NotFound
from placement.models import Cohort, Leader, MatchRun, Opportunity, Partner, Slot, User
from placement.services.scope import Scope
from tests.factories.opportunities import make_slot
from tests.factories.people import make_coordinator, make_leader, make_partner, make_user
from tests.factories.programmes import make_cohort
from tests.factories.runs import make_run

ABSENT = 999_999


@dataclass(frozen=True)
class World:
    """One cohort with one of everything, and the user of each."""

    cohort: Cohort
    coordinator: User
    viewer: User
    leader: Leader
    partner: Partner
    opportunity: Opportunity
    slot: Slot
    run: MatchRun


def make_world(session: Session) -> World:
    cohort = make_cohort(session)
    slot = make_slot(session, cohort=cohort)
    return World(
        cohort=cohort,
        coordinator=make_coordinator(session, cohort=cohort).user,
        viewer=make_coordinator(session, cohort=cohort, role="viewer").user,
        leader=make_leader(session, cohort=cohort),
        partner=slot.opportunity.partner,
        opportunity=slot.opportunity,
        slot=slot,
        run=make_run(session, cohort=cohort),
    )


@pytest.fixture
def ours(session: Session) -> World:
    return make_world(session)


@pytest.fixture
def theirs(session: Session) -> World:
    return make_world(session)


Ask = Callable[[Scope, World], object]
ASKED: dict[str, Ask] = {
    "cohort": lambda scope, world: scope.cohort(world.cohort.id),
    "cohort by name": lambda scope, world: scope.cohort_named(world.cohort.name),
    "run": lambda scope, world: scope.run(world.run.id),
    "leader": lambda scope, world: scope.leader(world.leader.id),
    "partner": lambda scope, world: scope.partner(world.partner.id),
}
OWNERS: dict[str, Callable[[World], int]] = {
    "cohort": lambda world: world.coordinator.id,
    "cohort by name": lambda world: world.coordinator.id,
    "run": lambda world: world.coordinator.id,
    "leader": lambda world: world.leader.user_id,
    "partner": lambda world: world.partner.user_id,
}


def everybody(world: World) -> set[int]:
    return {
        world.coordinator.id,
        world.viewer.id,
        world.leader.user_id,
        world.partner.user_id,
    }


@pytest.mark.parametrize("what", ASKED)
def test_only_the_owner_of_a_row_reaches_it(session: Session, ours: World, theirs: World, what: str) -> None:
    nobody = make_user(session).id
    for user_id in everybody(ours) | everybody(theirs) | {nobody, ABSENT}:
        scope = Scope.of_user(session, user_id)
        if user_id == OWNERS[what](ours):
            assert ASKED[what](scope, ours) is not None
        else:
            with pytest.raises(NotFound):
                ASKED[what](scope, ours)


@pytest.mark.parametrize("what", ASKED)
def test_the_service_itself_reaches_all(session: Session, ours: World, theirs: World, what: str) -> None:
    for world in (ours, theirs):
        assert ASKED[what](Scope.system(session), world) is not None


def test_a_foreign_row_is_refused_in_the_same_words_as_one_that_never_was(
    session: Session, ours: World, theirs: World
) -> None:
    coordinator = Scope.of_user(session, ours.coordinator.id)
    leader = Scope.of_user(session, ours.leader.user_id)
    partner = Scope.of_user(session, ours.partner.user_id)
    asked: list[tuple[Callable[[int], object], int]] = [
        (coordinator.cohort, theirs.cohort.id),
        (lambda number: coordinator.run_of(ours.cohort, number), theirs.run.id),
        (leader.leader, theirs.leader.id),
        (partner.partner, theirs.partner.id),
        (lambda number: partner.slot_of(ours.partner, number), theirs.slot.id),
        (lambda number: partner.opportunity_of(ours.partner, number), theirs.opportunity.id),
    ]
    for ask, foreign in asked:
        said = []
        for number in (foreign, ABSENT, 0, -1):
            with pytest.raises(NotFound) as refused:
                ask(number)
            said.append(str(refused.value))
        assert len(set(said)) == 1


def test_what_belongs_to_an_own_row_is_found(session: Session, ours: World) -> None:
    scope = Scope.of_user(session, ours.partner.user_id)
    assert scope.slot_of(ours.partner, ours.slot.id) is ours.slot
    assert scope.opportunity_of(ours.partner, ours.opportunity.id) is ours.opportunity
    assert Scope.of_user(session, ours.coordinator.id).run_of(ours.cohort, ours.run.id) is ours.run


def test_a_neighbour_in_the_same_cohort_is_as_far_as_anybody(session: Session, ours: World) -> None:
    neighbour = make_partner(session, cohort=ours.cohort)
    scope = Scope.of_user(session, neighbour.user_id)
    with pytest.raises(NotFound):
        scope.slot_of(scope.partner(neighbour.id), ours.slot.id)
    with pytest.raises(NotFound):
        scope.opportunity_of(scope.partner(neighbour.id), ours.opportunity.id)
    with pytest.raises(NotFound):
        Scope.of_user(session, make_leader(session, cohort=ours.cohort).user_id).leader(ours.leader.id)


def test_a_coordinator_sees_exactly_their_cohorts(session: Session, ours: World, theirs: World) -> None:
    scope = Scope.of_user(session, ours.coordinator.id)
    assert list(session.scalars(scope.cohorts())) == [ours.cohort]
    make_coordinator(session, cohort=theirs.cohort, user=ours.coordinator)
    assert set(session.scalars(scope.cohorts())) == {ours.cohort, theirs.cohort}
    make_coordinator(session, cohort=make_cohort(session), user=ours.coordinator, role="viewer")
    assert set(session.scalars(scope.cohorts())) == {ours.cohort, theirs.cohort}
    assert set(session.scalars(Scope.system(session).cohorts())) >= {ours.cohort, theirs.cohort}


def test_one_person_may_be_many_things_and_each_reaches_its_own(session: Session, ours: World) -> None:
    user = ours.coordinator
    leader = make_leader(session, cohort=ours.cohort, user=user)
    partner = make_partner(session, cohort=ours.cohort, user=user)
    scope = Scope.of_user(session, user.id)
    assert (scope.leader(leader.id), scope.partner(partner.id)) == (leader, partner)
    with pytest.raises(NotFound):
        scope.leader(ours.leader.id)


def test_a_scope_says_whom_it_serves(session: Session) -> None:
    assert Scope.system(session).everything
    assert Scope.system(session, label="worker").actor.label == "worker"
    mine = Scope.of_user(session, 4)
    assert not mine.everything
    assert (mine.actor.label, mine.actor.user_id) == ("user:4", 4)
