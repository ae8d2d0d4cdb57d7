"""The places that a coordinator has fixed, as a match takes them."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from placement.domain.run_changes import Pair
from placement.models import FixedPair, Leader, Slot


@dataclass(frozen=True)
class Fixing:
    """What is fixed, by e-mail address and reference: pairs to keep, and pairs never to be given."""

    pins: Sequence[Pair]
    forbidden: Sequence[Pair]


@dataclass(frozen=True)
class FixedIn:
    """What decides which fixed pairs count: who needs a day, which slots are to come, what stands already.

    `days` are those that a leader still needs, by address; `excluded` the slots that they cannot be given.
    """

    leaders: Mapping[int, str]
    days: Mapping[str, int]
    slots: Sequence[Slot]
    over: Collection[int]
    standing: Collection[Pair]
    excluded: Mapping[str, Collection[str]]

    def fixing(self, rows: Sequence[FixedPair], given: Collection[Pair]) -> Fixing:
        """The pairs of `rows` that count.

        A place to keep counts as long as it can be given: not where the day is over or withdrawn, the leader
        has become unable to come, has all their days elsewhere, or is `given` another seat in this very run.
        """
        open_slots = {slot.id: slot for slot in self.slots if slot.status == "open"}
        taken, given_to = Counter(leader for leader, _ in self.standing), {leader for leader, _ in given}
        pins = [
            (who, slot.reference)
            for row in rows
            if row.kind == "pin" and (who := self.leaders.get(row.leader_id, "")) and who not in given_to
            if row.slot_id is not None and (slot := open_slots.get(row.slot_id)) is not None
            if slot.id not in self.over and slot.reference not in self.excluded.get(who, ())
            if (who, slot.reference) in self.standing or taken[who] < self.days[who]
        ]
        return Fixing(pins, self._forbidden(rows, {*pins, *given}))

    def _forbidden(self, rows: Sequence[FixedPair], wanted: Collection[Pair]) -> list[Pair]:
        """Every slot that is ruled out, but for what is to be given whatever else there is."""
        found = [
            (self.leaders[row.leader_id], slot.reference)
            for row in rows
            if row.kind == "forbid" and row.leader_id in self.leaders
            for slot in self.slots
            if slot.id == row.slot_id or (row.slot_id is None and slot.opportunity_id == row.opportunity_id)
        ]
        return sorted(set(found) - set(wanted))


def is_about(pair: FixedPair, leader: Leader, slot: Slot) -> bool:
    """Whether a pair is about a leader on a slot, by itself or with all days of its opportunity."""
    if pair.leader_id != leader.id:
        return False
    return pair.slot_id == slot.id or (pair.slot_id is None and pair.opportunity_id == slot.opportunity_id)


def kept_on(fixed: Iterable[FixedPair], leader: Leader) -> list[FixedPair]:
    """What a leader is kept on and gives up for another place: nothing while they still need a day."""
    pins = [one for one in fixed if one.kind == "pin" and one.leader_id == leader.id]
    return pins if len(pins) >= leader.days else []


def ruled_out(fixed: Iterable[FixedPair], leader: Leader, slot: Slot) -> list[FixedPair]:
    """What keeps a leader from a slot."""
    return [one for one in fixed if one.kind == "forbid" and is_about(one, leader, slot)]


def live_pairs(session: Session, cohort_id: int) -> Sequence[FixedPair]:
    """What is fixed in a cohort, in the order in which it was."""
    return session.scalars(
        select(FixedPair)
        .where(FixedPair.cohort_id == cohort_id, FixedPair.removed_at.is_(None))
        .order_by(FixedPair.id)
    ).all()


def live_pins(session: Session, cohort_id: int) -> set[Pair]:
    """The places that leaders are to keep, by e-mail address and reference, whether they count now or not."""
    rows = [row for row in live_pairs(session, cohort_id) if row.slot is not None and row.kind == "pin"]
    leaders = {
        leader.id: leader.match_id
        for leader in session.scalars(select(Leader).where(Leader.id.in_({row.leader_id for row in rows})))
    }
    return {(leaders[row.leader_id], row.slot.reference) for row in rows if row.slot is not None}
