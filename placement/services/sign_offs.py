"""Organisations sign off the lists of their leaders; who joins a list later is not signed off."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select

from placement.domain.list_errors import ListChanged, SignatoryMissing
from placement.domain.text import clean_line
from placement.models import Leader, Organisation
from placement.services import audit
from placement.services.scope import Scope

LONGEST_SIGNATORY = 200


def sign_off_list(
    scope: Scope, cohort_id: int, organisation_id: int, *, leader_ids: Collection[int], by: str, now: datetime
) -> int:
    """Keep that an organisation has signed off its list; returns how many leaders are on it.

    `leader_ids` is the list as it was signed off: where somebody has joined or left it since, nothing is kept
    (`ListChanged`). `by` is the person who signed, as the organisation names them.
    """
    organisation = _of(scope, cohort_id, organisation_id)
    by = clean_line(by)
    if not 1 <= len(by) <= LONGEST_SIGNATORY:
        raise SignatoryMissing(most=LONGEST_SIGNATORY)
    leaders = _list_of(scope, organisation)
    if {leader.id for leader in leaders} != set(leader_ids) or not leaders:
        raise ListChanged(name=organisation.name)
    organisation.signed_off_by, organisation.signed_off_at = by, now
    for leader in leaders:
        leader.signed_off_at = now
    _record(scope, "sign_off_list", organisation, leaders=len(leaders), now=now)
    return len(leaders)


def take_back_sign_off(scope: Scope, cohort_id: int, organisation_id: int, *, now: datetime) -> bool:
    """Keep no longer that the list is signed off; False where it was not."""
    organisation = _of(scope, cohort_id, organisation_id)
    if organisation.signed_off_at is None:
        return False
    leaders = _list_of(scope, organisation)
    organisation.signed_off_by, organisation.signed_off_at = "", None
    for leader in leaders:
        leader.signed_off_at = None
    _record(scope, "take_back_sign_off", organisation, leaders=len(leaders), now=now)
    return True


def _of(scope: Scope, cohort_id: int, organisation_id: int) -> Organisation:
    """The organisation, which nobody else signs off until this transaction ends."""
    organisation = scope.organisation_in(scope.cohort(cohort_id), organisation_id)
    scope.session.refresh(organisation, with_for_update=True)
    return organisation


def _list_of(scope: Scope, organisation: Organisation) -> list[Leader]:
    query = select(Leader).where(
        Leader.cohort_id == organisation.cohort_id,
        Leader.organisation_id == organisation.id,
        Leader.withdrawn_at.is_(None),
    )
    return list(scope.session.scalars(query.order_by(Leader.name, Leader.id)))


def _record(scope: Scope, verb: str, organisation: Organisation, *, leaders: int, now: datetime) -> None:
    audit.record(
        scope,
        verb,
        f"organisation:{organisation.id}",
        at=now,
        cohort_id=organisation.cohort_id,
        leaders=leaders,
    )
