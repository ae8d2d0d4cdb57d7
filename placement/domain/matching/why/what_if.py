"""What one more seat, or one rule loosened by one, would bring: each worked out exactly, the best first."""

from collections.abc import Iterator
from dataclasses import replace

from placement.domain.matching.candidates import list_candidates
from placement.domain.matching.check import breaches
from placement.domain.matching.flow.network import build_network
from placement.domain.matching.solution import assignments_of
from placement.domain.matching.why.alternatives import Alternative, Alternatives, NotProven
from placement.domain.matching.why.findings import Change, Loosened, WhatIf
from placement.domain.matching.why.loosening import LIMITS, loosen, looser_limits, lower_minimums, more_seats
from placement.domain.matching.why.sentences import Names, what_if_sentence

_ORDER = ("seat", "minimum", *LIMITS)
"""Of equally helpful loosenings, these kinds stand first; then by id."""


def what_if(alternatives: Alternatives) -> tuple[WhatIf, ...]:
    """List each loosening by one that makes the best result better, the most helpful first.

    Looked at are one more seat in each slot, one fewer for each minimum number above one, and each rule. For
    the lottery objective, which seeks no best, a loosening helps when the draw then gives more days. What is
    not worked out in time is left out; so is everything where the result is not known to be the best.
    """
    problem = alternatives.problem
    names = Names(several_days=any(leader.days > 1 for leader in problem.leaders))
    if not _is_best(alternatives):
        return ()
    ranked = []
    for loosened in options(alternatives):
        try:
            found = alternatives.of(loosen(problem, loosened))
        except NotProven:
            continue
        gain = None if found is None else _gain(alternatives, found)
        if gain is not None:
            place, change = gain
            fact = WhatIf(loosened, change)
            told = replace(fact, sentence=what_if_sentence(fact, names))
            ranked.append((place, _ORDER.index(loosened.kind), loosened.where or "", told))
    return tuple(told for *_, told in sorted(ranked, key=lambda one: one[:3]))


def options(alternatives: Alternatives) -> Iterator[Loosened]:
    """List what is looked at, full slots first, without what surely brings nothing.

    Nobody can take a seat where everybody who may be given the slot has one. Where the rules have the form of
    a network and no slot asks for more than one leader, what a seat more brings only falls with each seat
    (the cost of a flow is convex in its capacities): so it brings nothing where one is empty now.
    """
    problem = alternatives.problem
    candidates = list_candidates(problem)
    alone = all(slot.minimum <= 1 for slot in problem.slots) and problem.objective != "lottery"
    convex = alone and not build_network(problem, candidates).loose
    may = {slot.id: 0 for slot in problem.slots}
    load, at_partner = dict(may), {slot.partner: 0 for slot in problem.slots}
    for one in candidates:
        may[problem.slots[one.slot].id] += 1
    partner_of = {slot.id: slot.partner for slot in problem.slots}
    for _, slot_id in alternatives.pairs:
        load[slot_id] += 1
        at_partner[partner_of[slot_id]] += 1
    for slot in sorted(problem.slots, key=lambda one: load[one.id] < one.capacity):
        if may[slot.id] > slot.capacity and not (convex and load[slot.id] < slot.capacity):
            yield from more_seats([slot])
    yield from lower_minimums(problem.slots)
    for kind in LIMITS:
        for limit in looser_limits(problem, kind):
            empty = kind == "partner_capacity" and at_partner[limit.where] + 1 < (limit.to or 0)
            if not (convex and empty):
                yield limit


def _is_best(alternatives: Alternatives) -> bool:
    """Tell whether the base result is the best, so that what is better comes of a loosening."""
    problem = alternatives.problem
    if problem.objective == "lottery":
        return not breaches(problem, assignments_of(problem, alternatives.pairs))
    try:
        best = alternatives.best()
    except NotProven:
        return False
    return best is not None and best.goals == alternatives.base.goals


def _gain(alternatives: Alternatives, found: Alternative) -> tuple[tuple[int, ...], Change] | None:
    """Give what a better result is ranked by, the lesser the better, and what changes; None if not better."""
    if alternatives.problem.objective == "lottery":
        more = len(found.pairs) - len(alternatives.pairs)
        return ((-more,), {"placed": more}) if more > 0 else None
    return (found.goals, found.change) if found.goals < alternatives.base.goals else None
