"""Reading conflicts of interest: to which partners a leader must not be sent."""

from collections import defaultdict

from sqlalchemy import select
from sqlalchemy.orm import Session

from placement.models import Conflict

NO_CONFLICTS: frozenset[int] = frozenset()


def conflicts_in(session: Session, cohort_id: int) -> dict[int, frozenset[int]]:
    """The partners of everybody's conflicts in a cohort, by leader; those without any are left out."""
    found: defaultdict[int, set[int]] = defaultdict(set)
    rows = session.execute(
        select(Conflict.leader_id, Conflict.partner_id).where(Conflict.cohort_id == cohort_id)
    )
    for leader_id, partner_id in rows:
        found[leader_id].add(partner_id)
    return {leader_id: frozenset(partners) for leader_id, partners in found.items()}


def conflicts_of(session: Session, leader_id: int) -> frozenset[int]:
    """The partners of one leader's conflicts."""
    return frozenset(session.scalars(select(Conflict.partner_id).where(Conflict.leader_id == leader_id)))
