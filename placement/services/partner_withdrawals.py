"""Partners who take a day back although people are coming: these are told, a coordinator is asked to help."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session, aliased

from placement.domain.errors import NotFound, SlotOver
from placement.domain.hosting import LONGEST_WORDS
from placement.domain.hosting_errors import VisitorsChanged, WithdrawalUnusable
from placement.domain.sender import Sender
from placement.domain.states import WITHDRAWAL_REASONS
from placement.domain.text import clean_text
from placement.models import Coordinator, Leader, Placement, Slot, Withdrawal
from placement.services import audit, outbox
from placement.services.cohorts import hold_cohort
from placement.services.partner_letters import day_withdrawn
from placement.services.reports.effects import Effect
from placement.services.scope import Scope
from placement.services.slots import version_with_people
from placement.services.withdrawals import call_off, placements_on, preview_calling_off, withdrawn_before

Lost = list[tuple[Leader, bool]]
"""Leaders who lost a day, and whether they still need another."""


@dataclass(frozen=True)
class WhyWithdrawn:
    """Why a partner takes a day back: one of the listed reasons, and what they want to say."""

    reason: str
    words: str = ""


def preview_withdrawal(
    scope: Scope, partner_id: int, slot_id: int, *, sender: Sender, now: datetime
) -> Effect:
    """What `withdraw_with_people` would do; nothing is written. Raises `SlotOver` once the day has begun."""
    slot = scope.slot_of(scope.partner(partner_id), slot_id)
    if slot.status == "withdrawn":
        return withdrawn_before(slot)
    _refuse_begun(slot, now=now)
    return preview_calling_off(scope.session, slot, sender=sender, now=now)


def withdraw_with_people(
    scope: Scope,
    partner_id: int,
    slot_id: int,
    why: WhyWithdrawn,
    *,
    seen: str,
    sender: Sender,
    now: datetime,
) -> Effect:
    """Take back a day on which people are confirmed, until it begins; doing so twice changes nothing.

    Their placements end, and whoever has had an invite gets its cancellation. Coordinators get a mail, and
    find it on their first page until those who lost the day have another one. `seen` is the
    `version_with_people` of the page.

    Raises
    ------
    WithdrawalUnusable
        The reason is none of those listed, or the words are too many.
    SlotOver, VisitorsChanged
        The day has begun; it, or who is coming, has changed since the page was opened.

    """
    session, partner = scope.session, scope.partner(partner_id)
    words = _usable(why)
    hold_cohort(session, partner.cohort_id)
    slot = scope.slot_of(partner, slot_id)
    session.refresh(slot)
    if slot.status == "withdrawn":
        return withdrawn_before(slot)
    _refuse_begun(slot, now=now)
    ended = placements_on(session, slot)
    if not ended or version_with_people(slot, [row.leader_id for row in ended]) != seen:
        raise VisitorsChanged
    row = Withdrawal(
        cohort_id=slot.cohort_id,
        slot_id=slot.id,
        reason=why.reason,
        words=words,
        people=len(ended),
        withdrawn_at=now,
    )
    session.add(row)
    session.flush()
    _tell_coordinators(session, row, slot, sender=sender, now=now)
    return call_off(scope, slot, ended, sender=sender, now=now, reason=why.reason)


def note_withdrawal(scope: Scope, cohort_id: int, slot_id: int, *, now: datetime) -> None:
    """Put away that a partner withdrew a day, although somebody may still need another; again is harmless."""
    slot = scope.slot_in(scope.cohort(cohort_id), slot_id)
    rows = withdrawals_of(scope.session, slot)
    if not rows:
        raise NotFound(thing="withdrawn day")
    if any(row.noted_at is None for row in rows):
        for row in rows:
            row.noted_at = row.noted_at or now
        audit.record(scope, "note_withdrawal", f"slot:{slot.id}", at=now, cohort_id=slot.cohort_id)


def withdrawals_of(session: Session, slot: Slot) -> Sequence[Withdrawal]:
    """How its partner took a day back while people were coming, each time, the last one last."""
    query = select(Withdrawal).where(Withdrawal.slot_id == slot.id).order_by(Withdrawal.id)
    return session.scalars(query).all()


def who_lost(session: Session, rows: Collection[Withdrawal]) -> dict[int, Lost]:
    """Who lost a day by each withdrawal, by its id: each leader, and whether they still need another."""
    stands = aliased(Placement)
    days = select(func.count()).where(stands.leader_id == Leader.id, stands.status == "confirmed")
    found = session.execute(
        select(Withdrawal.id, Leader, days.scalar_subquery() < Leader.days)
        .join(
            Placement,
            and_(Placement.slot_id == Withdrawal.slot_id, Placement.cancelled_at == Withdrawal.withdrawn_at),
        )
        .join(Leader, Leader.id == Placement.leader_id)
        .where(Withdrawal.id.in_([row.id for row in rows]))
        .order_by(Withdrawal.id, Placement.id)
    )
    lost: dict[int, Lost] = {row.id: [] for row in rows}
    for withdrawal_id, leader, short in found:
        lost[withdrawal_id].append((leader, bool(short) and leader.withdrawn_at is None))
    return lost


def _usable(why: WhyWithdrawn) -> str:
    """The words, cleaned. Raises `WithdrawalUnusable`."""
    words = clean_text(why.words)
    if why.reason not in WITHDRAWAL_REASONS:
        raise WithdrawalUnusable(problem="choose a reason from the list")
    if len(words) > LONGEST_WORDS:
        raise WithdrawalUnusable(problem=f"use {LONGEST_WORDS} characters or fewer")
    return words


def _tell_coordinators(
    session: Session, row: Withdrawal, slot: Slot, *, sender: Sender, now: datetime
) -> None:
    """Owe each coordinator whose mail arrives a mail about it: the day may be near."""
    coordinators = session.scalars(
        select(Coordinator).where(Coordinator.cohort_id == slot.cohort_id, Coordinator.role == "coordinator")
    ).all()
    for coordinator in coordinators:
        if coordinator.user.bounced_at is None:
            outbox.owe(session, day_withdrawn(row, slot, coordinator, sender=sender), now=now)


def _refuse_begun(slot: Slot, *, now: datetime) -> None:
    if slot.starts_at <= now:
        raise SlotOver(state="has begun or is over")
