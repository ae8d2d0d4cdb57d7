"""What partners did while people were coming: days that they took back and why, messages to all who come."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager

from placement.domain.hosting import TOLD_REASONS, message_subject, next_message_at
from placement.models import PartnerMessage, Slot, Withdrawal
from placement.services.partner_messages import (
    messages_of,
    nobody_because,
    people_on,
    version_for_message,
)
from placement.services.partner_withdrawals import Lost, who_lost, withdrawals_of
from placement.services.reports.partner import Contact, Visitor, coordinators_of, visitors_on
from placement.services.scope import Scope


@dataclass(frozen=True)
class SentMessage:
    """What a partner wrote to all who were coming; an empty text is kept no longer."""

    text: str
    people: int
    sent_at: datetime


@dataclass(frozen=True)
class MessageDesk:
    """One day as its partner finds it who wants to write to all who come.

    `closed` says why nobody can be written to, as what follows "This day". `next_at`: from when the next
    message may go, None where one may go now. `version` goes into the form.
    """

    partner_id: int
    partner: str
    slot_id: int
    title: str
    starts_at: datetime
    ends_at: datetime
    subject: str
    people: tuple[Visitor, ...]
    sent: tuple[SentMessage, ...]
    closed: str | None
    next_at: datetime | None
    version: str
    phone: str
    coordinators: tuple[Contact, ...]


@dataclass(frozen=True)
class WhoLost:
    """Somebody who lost a day; `short`: they still need another."""

    leader_id: int
    name: str
    short: bool


@dataclass(frozen=True)
class WithdrawnDay:
    """A day that its partner took back although people were coming; `waits` for a coordinator, or not."""

    slot_id: int
    partner: str
    starts_at: datetime
    reason: str
    words: str
    withdrawn_at: datetime
    people: int
    lost: tuple[WhoLost, ...]
    waits: bool
    offered_again: bool = False

    @property
    def short(self) -> int:
        """How many of those who lost the day still need another."""
        return sum(one.short for one in self.lost)


@dataclass(frozen=True)
class HostingDay:
    """What the partner of one day did, for its coordinator."""

    withdrawn: WithdrawnDay | None
    messages: tuple[SentMessage, ...]


def message_desk(scope: Scope, partner_id: int, slot_id: int, *, now: datetime) -> MessageDesk:
    """What a partner needs to write to all who come to a day of the actor's own."""
    session, partner = scope.session, scope.partner(partner_id)
    slot = scope.slot_of(partner, slot_id)
    sent, people = messages_of(session, slot), people_on(session, slot)
    return MessageDesk(
        partner_id=partner.id,
        partner=partner.name,
        slot_id=slot.id,
        title=slot.opportunity.title,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        subject=message_subject(partner.name, slot.starts_at),
        people=visitors_on(session, [slot.id]).get(slot.id, ()),
        sent=_sent(sent),
        closed=nobody_because(slot, people, now=now),
        next_at=next_message_at([row.sent_at for row in sent], now=now),
        version=version_for_message(slot, people, sent),
        phone=partner.phone,
        coordinators=coordinators_of(session, partner),
    )


def hosting_day(scope: Scope, cohort_id: int, slot_id: int) -> HostingDay:
    """What the partner of a day did, in a cohort that the actor coordinates."""
    slot = scope.slot_in(scope.cohort(cohort_id), slot_id)
    return HostingDay(_of_slot(scope.session, slot), _sent(messages_of(scope.session, slot)))


def withdrawn_days(scope: Scope, cohort_id: int) -> tuple[WithdrawnDay, ...]:
    """The days that partners took back and for which a coordinator is wanted, the next day first.

    Whoever lost a day may still need another when it is offered again.
    """
    cohort = scope.cohort(cohort_id)
    rows = scope.session.scalars(
        select(Withdrawal)
        .join(Withdrawal.slot)
        .options(contains_eager(Withdrawal.slot))
        .where(Withdrawal.cohort_id == cohort.id, Withdrawal.noted_at.is_(None))
        .order_by(Slot.starts_at, Withdrawal.id)
    ).all()
    return tuple(day for day in _withdrawn(scope.session, rows) if day.waits)


def own_withdrawal(scope: Scope, partner_id: int, slot_id: int) -> WithdrawnDay | None:
    """How the actor took a day of theirs back; None where they did not, or where nobody was coming."""
    slot = scope.slot_of(scope.partner(partner_id), slot_id)
    return _of_slot(scope.session, slot) if slot.status == "withdrawn" else None


def _of_slot(session: Session, slot: Slot) -> WithdrawnDay | None:
    """How a day was taken back; of one that is offered again, only while somebody still needs another."""
    rows = withdrawals_of(session, slot)
    if not rows:
        return None
    (day,) = _withdrawn(session, [row for row in rows if row.noted_at is None or row is rows[-1]])
    return day if day.waits or slot.status == "withdrawn" else None


def _withdrawn(session: Session, rows: Sequence[Withdrawal]) -> tuple[WithdrawnDay, ...]:
    """Each day once, as it was taken back the last time, with who still misses it from before."""
    lost = who_lost(session, rows) if rows else {}
    of_slot = defaultdict(list)
    for row in rows:
        of_slot[row.slot_id].append(row)
    return tuple(
        _told(them[-1], lost[them[-1].id], [lost[one.id] for one in them]) for them in of_slot.values()
    )


def _told(row: Withdrawal, lost: Lost, ever: Sequence[Lost]) -> WithdrawnDay:
    found = {leader: short for one in ever for leader, short in one if short or one is lost}
    who = [WhoLost(leader.id, leader.name, short) for leader, short in found.items()]
    return WithdrawnDay(
        slot_id=row.slot_id,
        partner=row.slot.opportunity.partner.name,
        starts_at=row.slot.starts_at,
        reason=TOLD_REASONS[row.reason],
        words=row.words,
        withdrawn_at=row.withdrawn_at,
        people=max(row.people, len(who)),
        lost=tuple(who),
        waits=row.noted_at is None and any(found.values()),
        offered_again=row.slot.status == "open",
    )


def _sent(rows: Sequence[PartnerMessage]) -> tuple[SentMessage, ...]:
    return tuple(SentMessage(row.text, row.people, row.sent_at) for row in reversed(rows))
