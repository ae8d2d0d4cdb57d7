"""What a partner can take over all its days: how many people, and how many days between two of them."""

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from placement.domain.day_errors import LimitBelowPlaced, LimitOutOfRange
from placement.models import Partner, Placement, Slot
from placement.services import audit
from placement.services.cohorts import hold_cohort
from placement.services.fixed_rows import live_pairs
from placement.services.offer_versions import refuse_stale
from placement.services.scope import Scope

MOST_PEOPLE = 1000
LONGEST_REST = 60


@dataclass(frozen=True)
class Limits:
    """For how many people a partner has room in all, and how many days lie between two; None for no limit."""

    capacity_overall: int | None
    rest_days: int | None


@dataclass(frozen=True)
class LimitsPage:
    """The limits of a partner as a page shows them; `placed` have a place there, or are kept for one."""

    partner_id: int
    partner: str
    cohort: str
    limits: Limits
    placed: int
    version: str


def own_limits(scope: Scope, partner_id: int) -> LimitsPage:
    """The actor's own limits."""
    return _page(scope.session, scope.partner(partner_id))


def limits_in(scope: Scope, cohort_id: int, partner_id: int) -> LimitsPage:
    """The limits of a partner of a cohort that the actor coordinates."""
    return _page(scope.session, scope.partner_in(scope.cohort(cohort_id), partner_id))


def change_own_limits(scope: Scope, partner_id: int, *, limits: Limits, seen: str, now: datetime) -> None:
    """Change the actor's own limits; days and placements that stand are left alone.

    Raises
    ------
    LimitOutOfRange, LimitBelowPlaced
        The limit cannot be, or more people have a place already.
    OfferChangedMeanwhile
        The limits are not those that the page showed.

    """
    _change(scope, scope.partner(partner_id), limits, seen=seen, now=now)


def change_limits(
    scope: Scope, cohort_id: int, partner_id: int, *, limits: Limits, seen: str, now: datetime
) -> None:
    """Change the limits of a partner of a cohort that the actor coordinates; as `change_own_limits`."""
    _change(scope, scope.partner_in(scope.cohort(cohort_id), partner_id), limits, seen=seen, now=now)


def placed_at(session: Session, partner: Partner) -> int:
    """How many places of the partner are given: confirmed, or kept for somebody by the coordinator."""
    confirmed = session.scalar(
        select(func.count())
        .select_from(Placement)
        .join(Slot, Slot.id == Placement.slot_id)
        .where(Slot.partner_id == partner.id, Placement.status == "confirmed")
    )
    kept = {
        (row.leader_id, row.slot_id)
        for row in live_pairs(session, partner.cohort_id)
        if row.kind == "pin" and row.slot is not None and row.slot.partner_id == partner.id
    }
    there = session.execute(
        select(Placement.leader_id, Placement.slot_id).where(
            Placement.slot_id.in_({slot for _, slot in kept}), Placement.status == "confirmed"
        )
    )
    return (confirmed or 0) + len(kept - {(leader, slot) for leader, slot in there})


def _page(session: Session, partner: Partner) -> LimitsPage:
    return LimitsPage(
        partner_id=partner.id,
        partner=partner.name,
        cohort=partner.cohort.name,
        limits=Limits(partner.capacity_overall, partner.rest_days),
        placed=placed_at(session, partner),
        version=_version(partner),
    )


def _change(scope: Scope, partner: Partner, limits: Limits, *, seen: str, now: datetime) -> None:
    hold_cohort(scope.session, partner.cohort_id)
    scope.session.refresh(partner)
    refuse_stale(_version(partner), seen)
    _refuse(scope.session, partner, limits)
    if limits == Limits(partner.capacity_overall, partner.rest_days):
        return
    partner.capacity_overall, partner.rest_days = limits.capacity_overall, limits.rest_days
    scope.session.flush()
    audit.record(
        scope,
        "change_limits",
        f"partner:{partner.id}",
        at=now,
        cohort_id=partner.cohort_id,
        **asdict(limits),
    )


def _refuse(session: Session, partner: Partner, limits: Limits) -> None:
    most, rest = limits.capacity_overall, limits.rest_days
    if most is not None and not 1 <= most <= MOST_PEOPLE:
        raise LimitOutOfRange(least=1, most=MOST_PEOPLE)
    if rest is not None and not 1 <= rest <= LONGEST_REST:
        raise LimitOutOfRange(least=1, most=LONGEST_REST)
    if most is not None and most < (placed := placed_at(session, partner)):
        raise LimitBelowPlaced(placed=placed)


def _version(partner: Partner) -> str:
    return f"{partner.capacity_overall}-{partner.rest_days}"
