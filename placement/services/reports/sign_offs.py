"""The organisations of a cohort with the lists of their leaders: which of them are signed off."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from placement.models import Cohort, Leader, Organisation
from placement.services.scope import Scope


@dataclass(frozen=True)
class ListedLeader:
    """One leader of a list; `signed_off`: the organisation signed a list with them on it."""

    id: int
    name: str
    role: str
    email: str
    signed_off: bool


@dataclass(frozen=True)
class OrganisationList:
    """One organisation and its leaders, by name. `by` and `at` say who signed the list off last, and when."""

    id: int
    name: str
    by: str
    at: datetime | None
    leaders: tuple[ListedLeader, ...]

    @property
    def added(self) -> int:
        """How many are on the list now who were not on it when it was signed off."""
        return sum(not leader.signed_off for leader in self.leaders)

    @property
    def complete(self) -> bool:
        """Whether everybody on the list is signed off."""
        return self.at is not None and not self.added


@dataclass(frozen=True)
class SignOffs:
    """Organisations of a cohort with their leaders, by name."""

    cohort_id: int
    cohort: str
    organisations: tuple[OrganisationList, ...]


def sign_offs(scope: Scope, cohort_id: int) -> SignOffs:
    """All lists of a cohort that the actor coordinates; who has left the cohort is on none."""
    cohort = scope.cohort(cohort_id)
    return SignOffs(cohort.id, cohort.name, tuple(_lists(scope.session, cohort)))


def sign_off_of(scope: Scope, cohort_id: int, organisation_id: int) -> SignOffs:
    """The list of one organisation alone, which may have nobody on it any more."""
    cohort = scope.cohort(cohort_id)
    organisation = scope.organisation_in(cohort, organisation_id)
    found = _lists(scope.session, cohort, organisation.id) or [_list(organisation, ())]
    return SignOffs(cohort.id, cohort.name, tuple(found))


def lists_to_sign_off(scope: Scope, cohort_id: int) -> int:
    """How many lists are not signed off, where any of the cohort is: not every programme asks for it."""
    cohort = scope.cohort(cohort_id)
    known = case((Leader.signed_off_at == Organisation.signed_off_at, 1), else_=0)
    lists = scope.session.execute(
        select(Organisation.signed_off_at, func.count() - func.sum(known))
        .join(Leader, Leader.organisation_id == Organisation.id)
        .where(Organisation.cohort_id == cohort.id, Leader.withdrawn_at.is_(None))
        .group_by(Organisation.id, Organisation.signed_off_at)
    ).all()
    return sum(added > 0 for _, added in lists) if any(at for at, _ in lists) else 0


def _lists(session: Session, cohort: Cohort, organisation_id: int | None = None) -> list[OrganisationList]:
    query = select(Leader).where(
        Leader.cohort_id == cohort.id,
        Leader.withdrawn_at.is_(None),
        Leader.organisation_id.is_not(None),
    )
    if organisation_id is not None:
        query = query.where(Leader.organisation_id == organisation_id)
    leaders = defaultdict(list)
    for leader in session.scalars(query):
        if leader.organisation is not None:
            leaders[leader.organisation].append(leader)
    ordered = sorted(leaders.items(), key=lambda one: (one[0].name.casefold(), one[0].id))
    return [_list(organisation, there) for organisation, there in ordered]


def _list(organisation: Organisation, leaders: Sequence[Leader]) -> OrganisationList:
    at = organisation.signed_off_at
    listed = (
        ListedLeader(
            id=leader.id,
            name=leader.name,
            role=leader.role,
            email=leader.user.email,
            signed_off=at is not None and leader.signed_off_at == at,
        )
        for leader in sorted(leaders, key=lambda leader: (leader.name.casefold(), leader.id))
    )
    return OrganisationList(organisation.id, organisation.name, organisation.signed_off_by, at, tuple(listed))
