"""Why each leader, slot and partner got what the result gives, with exact prices of what they did not get."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

from placement.domain.matching.candidates import list_candidates
from placement.domain.matching.order import drawn
from placement.domain.matching.parts import LeaderNeeds, SlotOffer
from placement.domain.matching.problem import Problem
from placement.domain.matching.solution import Solution
from placement.domain.matching.why.alternatives import Alternative, Alternatives, NotProven
from placement.domain.matching.why.findings import (
    IMPOSSIBLE,
    UNRANKED,
    Explanations,
    LeaderExplanation,
    Move,
    PartnerExplanation,
    Rank,
    Shift,
    SlotExplanation,
)
from placement.domain.matching.why.reasons import ALL_THERE, Reasons
from placement.domain.matching.why.sentences import Names, leader_sentence, partner_sentence, slot_sentence
from placement.domain.matching.why.wording import ranks_in_order

Tier = tuple[int | None, tuple[str, ...]]
"""A tier's number (None: not ranked) and its slots."""


def explain(problem: Problem, solution: Solution, alternatives: Alternatives) -> Explanations:
    """Explain a result: each leader without a first choice, each slot not full, each partner.

    What is not worked out in the time of `alternatives` is left out, and `complete` says so. Where no result
    keeps every rule there is nothing to explain.
    """
    if solution.status == "infeasible":
        return Explanations((), (), ())
    work = _Explaining(problem, solution, alternatives)
    leaders = tuple(work.leaders())
    slots = tuple(work.slots())
    return Explanations(leaders, slots, tuple(work.partners()), complete=work.complete)


def seat_takers(alternatives: Alternatives, problem: Problem, slot: str) -> list[tuple[str, Alternative]]:
    """Rank all who could take a seat in a slot: the least price first, then fewest moves.

    Then comes the better result by the later stages, then the draw. Listed is every leader who does not have
    the slot, and for whom some result that keeps the rules has it. Who is not worked out in time is left out.
    """
    turns = {
        leader: turn for turn, leader in enumerate(drawn(problem.seed, (one.id for one in problem.leaders)))
    }
    found = []
    for leader in turns:
        if (leader, slot) in alternatives.pairs:
            continue
        try:
            alternative = alternatives.with_pair(leader, slot)
        except NotProven:
            continue
        if alternative is not None:
            found.append((leader, alternative))
    return sorted(found, key=lambda one: (one[1].price, len(one[1].moves), one[1].goals, turns[one[0]]))


class _Explaining:
    """Goes through leaders, slots and partners of one result."""

    def __init__(self, problem: Problem, solution: Solution, alternatives: Alternatives) -> None:
        self.complete = True
        self._problem = problem
        self._alternatives = alternatives
        self._candidates = list_candidates(problem)
        self._reasons = Reasons(problem, self._candidates)
        self._names = Names(
            several_days=any(leader.days > 1 for leader in problem.leaders),
            drawn=all(stage.proven for stage in solution.stages),
        )
        self._rank = {
            (leader.id, slot): tier
            for leader in problem.leaders
            for tier, slots in enumerate(leader.preferences, start=1)
            for slot in slots
        }
        self._held: dict[str, list[str]] = defaultdict(list)
        self._there: dict[str, list[str]] = defaultdict(list)
        for one in solution.assignments:
            self._held[one.leader].append(one.slot)
            self._there[one.slot].append(one.leader)

    def leaders(self) -> Iterator[LeaderExplanation]:
        """Explain leader by leader, the best tier first."""
        for leader in self._problem.leaders:
            for tier, slots in self._better_tiers(leader):
                try:
                    yield self._of_tier(leader, tier, slots)
                except NotProven:
                    self.complete = False

    def _better_tiers(self, leader: LeaderNeeds) -> Iterator[Tier]:
        """Give the tiers better than the leader's worst day, without the slots that the leader has."""
        held = self._held[leader.id]
        last = len(leader.preferences) + 1
        worst = max((self._rank.get((leader.id, slot), last) for slot in held), default=0)
        if len(held) < leader.days:
            worst = last + 1
        for tier, slots in enumerate(leader.preferences, start=1):
            left = tuple(slot for slot in slots if slot not in held)
            if tier < worst and left:
                yield tier, left
        others = tuple(
            slot.id
            for slot in self._problem.slots
            if (leader.id, slot.id) not in self._rank and slot.id not in held
        )
        if worst > last and others and self._problem.rules.place_unranked:
            yield None, others

    def _of_tier(self, leader: LeaderNeeds, tier: int | None, slots: tuple[str, ...]) -> LeaderExplanation:
        found = self._alternatives.with_one_of(leader.id, slots)
        if found is None:
            reasons = self._reasons.of_slots(leader.id, slots)
            fact = LeaderExplanation(leader.id, min(slots), tier, IMPOSSIBLE, (), reasons=reasons)
        else:
            slot, best = found
            others = [move for move in best.moves if move[0] != leader.id]
            fact = LeaderExplanation(
                leader=leader.id,
                wanted=slot,
                tier=tier,
                cost=best.change,
                chain=best.moves,
                other_leaders=len({move[0] for move in others}),
                shifts=self._shifts(others),
            )
        return replace(fact, sentence=leader_sentence(fact, self._names))

    def _shifts(self, moves: Sequence[Move]) -> tuple[Shift, ...]:
        """Count the moves from rank to rank."""
        counts = Counter((self._rank_of(who, old), self._rank_of(who, new)) for who, old, new in moves)
        found = [Shift(old, new, days) for (old, new), days in counts.items()]
        return tuple(sorted(found, key=lambda one: (_place(one.old), _place(one.new))))

    def _rank_of(self, leader: str, slot: str | None) -> Rank:
        if slot is None:
            return None
        tier = self._rank.get((leader, slot))
        return UNRANKED if tier is None else tier

    def slots(self) -> Iterator[SlotExplanation]:
        """Explain each slot that is closed or not full."""
        for slot in self._problem.slots:
            if len(self._there[slot.id]) < max(1, slot.capacity):
                try:
                    yield self._of_slot(slot)
                except NotProven:
                    self.complete = False

    def _of_slot(self, slot: SlotOffer) -> SlotExplanation:
        there, may = len(self._there[slot.id]), self._reasons.may_be_given(slot.id)
        reason = self._reasons.of_slot(slot.id) or (ALL_THERE if there and there == may else None)
        best = None if reason else self._alternatives.with_at_least(slot.id, there + 1)
        fact = SlotExplanation(
            slot=slot.id,
            leaders=there,
            capacity=slot.capacity,
            minimum=slot.minimum,
            kind="not full" if there else "closed",
            may=may,
            cost=IMPOSSIBLE if best is None else best.change,
            reason=reason,
        )
        return replace(fact, sentence=slot_sentence(fact, self._names))

    def partners(self) -> Iterator[PartnerExplanation]:
        """Explain each partner's people, in numbers."""
        slots: dict[str, set[str]] = defaultdict(set)
        for slot in self._problem.slots:
            if slot.partner is not None:
                slots[slot.partner].add(slot.id)
        for partner in sorted(slots):
            fact = self._of_partner(partner, slots[partner])
            yield replace(fact, sentence=partner_sentence(fact, self._names))

    def _of_partner(self, partner: str, slots: set[str]) -> PartnerExplanation:
        given: Counter[str] = Counter()
        ranked: Counter[str] = Counter()
        here: Counter[str] = Counter()
        instead: Counter[str] = Counter()
        for leader in self._problem.leaders:
            theirs = slots.intersection(self._held[leader.id])
            given.update(str(self._rank_of(leader.id, slot)) for slot in theirs)
            best = min(
                (self._rank[leader.id, slot] for slot in slots if (leader.id, slot) in self._rank), default=0
            )
            if best:
                ranked[str(best)] += 1
                here[str(best)] += bool(theirs)
                if not theirs:
                    instead[self._instead(leader, best)] += 1
        return PartnerExplanation(
            partner=partner,
            leaders=given.total(),
            given=_in_order(given),
            ranked=_in_order(ranked),
            here=_in_order(here),
            instead=dict(sorted(instead.items())),
        )

    def _instead(self, leader: LeaderNeeds, rank: int) -> str:
        """Compare a leader's worst day with a rank that was not given."""
        held = self._held[leader.id]
        if len(held) < leader.days:
            return "missing"
        worst = max(self._rank.get((leader.id, slot), len(leader.preferences) + 1) for slot in held)
        if worst == rank:
            return "same"
        return "better" if worst < rank else "later"


def _place(rank: Rank) -> tuple[int, int]:
    """Sort ranks: tiers, then unranked, then no day."""
    if rank is None:
        return (2, 0)
    return (1, 0) if rank == UNRANKED else (0, int(rank))


def _in_order(counts: Counter[str]) -> dict[str, int]:
    return {rank: counts[rank] for rank in ranks_in_order(counts)}
