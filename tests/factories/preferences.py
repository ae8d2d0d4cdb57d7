"""What leaders would like, and when they can."""

from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from placement.models import DateAnswer, Leader, Opportunity, Preference, PreviousRanking, RefusedOpportunity
from tests.factories.clock import FIRST_DAY, NOON


def make_preference(
    session: Session, *, leader: Leader, opportunity: Opportunity, rank: int = 1, **facts: Any
) -> Preference:
    """One rank of one leader."""
    keys = {"cohort_id": leader.cohort_id, "leader_id": leader.id, "opportunity_id": opportunity.id}
    preference = Preference(**(keys | {"rank": rank} | facts))
    session.add(preference)
    session.flush()
    return preference


def make_ranking(session: Session, *, leader: Leader, opportunities: list[Opportunity]) -> list[Preference]:
    """The ranking of `leader`: the first opportunity is the first choice."""
    return [
        make_preference(session, leader=leader, opportunity=opportunity, rank=rank)
        for rank, opportunity in enumerate(opportunities, start=1)
    ]


def make_date_answer(
    session: Session, *, leader: Leader, day: date | None = None, answer: str = "cannot", **facts: Any
) -> DateAnswer:
    """What `leader` said of one date."""
    keys = {"cohort_id": leader.cohort_id, "leader_id": leader.id}
    said = DateAnswer(**(keys | {"date": day or FIRST_DAY.date(), "answer": answer} | facts))
    session.add(said)
    session.flush()
    return said


def make_previous_ranking(session: Session, *, leader: Leader, **facts: Any) -> PreviousRanking:
    """The ranking of `leader` before its last change."""
    keys = {
        "cohort_id": leader.cohort_id,
        "leader_id": leader.id,
        "before": [],
        "after": [],
        "changed_at": NOON,
    }
    row = PreviousRanking(**(keys | facts))
    session.add(row)
    session.flush()
    return row


def make_refusal(session: Session, *, leader: Leader, opportunity: Opportunity) -> RefusedOpportunity:
    """An opportunity that `leader` would not go to."""
    row = RefusedOpportunity(
        cohort_id=leader.cohort_id, leader_id=leader.id, opportunity_id=opportunity.id, refused_at=NOON
    )
    session.add(row)
    session.flush()
    return row
