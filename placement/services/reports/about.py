"""What is known of a leader, as the leader sees it and puts it right."""

from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from placement.domain.states import Check, PostcodeKind
from placement.models import Partner
from placement.services.about_leader import MatchFacts, Need, facts_version, need_of, need_version
from placement.services.access import needs_step_free
from placement.services.conflicts import KeptConflict, kept_conflicts
from placement.services.reports.leader import Standing, standing_of
from placement.services.scope import Scope


@dataclass(frozen=True)
class AboutLeader:
    """All that a leader may look at and put right; the versions go into the forms that change it.

    `place_known`: whether the postcode tells where they start from, so that distances can be said.
    `step_free`: the need says that steps are impossible. `partners`: ids and names in the cohort.
    """

    standing: Standing
    email: str
    organisation: str
    team: str
    role: str
    travel: str
    facts: MatchFacts
    facts_version: str
    place_known: bool
    need: Need
    need_version: str
    step_free: bool
    conflicts: tuple[KeptConflict, ...]
    partners: tuple[tuple[int, str], ...]
    checked_at: datetime | None


def about_leader(scope: Scope, leader_id: int, *, now: datetime) -> AboutLeader:
    """What is known of the actor in one cohort."""
    session, leader = scope.session, scope.leader(leader_id)
    need = need_of(session, leader)
    return AboutLeader(
        standing=standing_of(session, leader, now=now),
        email=leader.user.email,
        organisation=leader.organisation.name if leader.organisation else "",
        team=leader.team.name if leader.team else "",
        role=leader.role,
        travel=leader.travel,
        facts=MatchFacts(
            base_postcode=leader.base_postcode,
            postcode_kind=cast("PostcodeKind | None", leader.postcode_kind),
            max_km=leader.max_km,
            no_car=leader.no_car,
            check_held=cast("Check", leader.check_held),
        ),
        facts_version=facts_version(leader),
        place_known=leader.latitude is not None,
        need=need,
        need_version=need_version(need),
        step_free=needs_step_free(need.text),
        conflicts=kept_conflicts(session, leader),
        partners=partners_in(session, leader.cohort_id),
        checked_at=leader.checked_at,
    )


def partners_in(session: Session, cohort_id: int) -> tuple[tuple[int, str], ...]:
    """The ids and names of the partners of a cohort, by name."""
    rows = session.execute(
        select(Partner.id, Partner.name).where(Partner.cohort_id == cohort_id).order_by(Partner.name)
    )
    return tuple((partner_id, name) for partner_id, name in rows)
