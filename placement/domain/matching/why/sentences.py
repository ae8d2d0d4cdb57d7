"""Facts in plain English: exactly what they say and no more, and never another person's id.

A page gives `Names` of its own, so that a slot is named by its title and date.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from placement.domain.matching.why import reasons
from placement.domain.matching.why.findings import (
    IMPOSSIBLE,
    Change,
    Conflict,
    LeaderExplanation,
    Loosened,
    PartnerExplanation,
    Rank,
    Reason,
    Shift,
    SlotExplanation,
    WhatIf,
)
from placement.domain.matching.why.wording import (
    count,
    joined,
    listed,
    number,
    ordinal,
    rank_noun,
    ranks_in_order,
)

_NO_WORSE = "no stage before the lottery would be worse"


def _as_it_is(name: str) -> str:
    return name


@dataclass(frozen=True, slots=True)
class Names:
    """How sentences name slots and partners, and how they speak of the leader whom they explain."""

    slot: Callable[[str], str] = _as_it_is
    partner: Callable[[str], str] = _as_it_is
    leader: str = "this leader"
    """"you" on a leader's own page."""
    leaders_own: str = "this leader's"
    """"your" on a leader's own page."""
    several_days: bool = False
    """Whether leaders of the cohort may have several days, so that days are counted and not people."""
    drawn: bool = True
    """Whether the lottery was settled, so that the drawn order decided what no earlier stage did."""


PLAIN = Names()


def leader_sentence(fact: LeaderExplanation, names: Names = PLAIN) -> str:
    """Say what a slot of a better tier would have cost a leader's cohort."""
    if fact.cost == IMPOSSIBLE:
        return _impossible(fact, names)
    wanted = names.slot(fact.wanted)
    tier = f"which {names.leader} did not rank"
    if fact.tier is not None:
        tier = f"{names.leaders_own} {ordinal(fact.tier)} choice"
    if not fact.cost:
        told = f"With {wanted}, {tier}, {_NO_WORSE}{_drawn(names)}."
    else:
        told = f"With {wanted}, {tier}, {change_clause(fact.cost, names)}."
    return _sentence(told, _others_clause(fact))


def _drawn(names: Names) -> str:
    return ": the drawn order of leaders decided" if names.drawn else ""


def slot_sentence(fact: SlotExplanation, names: Names = PLAIN) -> str:
    """Say why a slot is closed or not full."""
    slot = names.slot(fact.slot)
    if fact.kind == "closed":
        state, step = f"{slot} is closed", "it open"
    else:
        state, step = f"{slot} has {fact.leaders} of {fact.capacity} seats taken", "one more there"
    if fact.cost == IMPOSSIBLE:
        return f"{state}: {_slot_reason(fact)}."
    if not fact.cost:
        return f"{state}. With {step}, {_NO_WORSE}{_drawn(names)}."
    return f"{state}. With {step}, {change_clause(fact.cost, names)}."


def partner_sentence(fact: PartnerExplanation, names: Names = PLAIN) -> str:
    """Say why these people come to a partner: who ranked it, who comes, what the others have."""
    partner = names.partner(fact.partner)
    ranked = sum(fact.ranked.values())
    if not fact.leaders:
        come = f"Nobody comes to {partner}"
    else:
        given = [
            f"{number(fact.given[rank])} {rank_noun(rank, fact.given[rank])}"
            for rank in ranks_in_order(fact.given)
        ]
        come = f"{count(fact.leaders, 'day')} {_are(fact.leaders)} given at {partner}: {joined(given)}"
    if not ranked:
        return f"{_upper(come)}. No leader ranked it."
    tiers = [
        f"of {number(fact.ranked[rank])} who ranked it {ordinal(int(rank))}, {_come(fact.here.get(rank, 0))}"
        for rank in ranks_in_order(fact.ranked)
    ]
    told = f"{_upper(come)}. It was ranked by {count(ranked, 'leader')}: {'; '.join(tiers)}."
    return _sentence(told, _instead_clause(fact.instead))


def _are(things: int) -> str:
    return "is" if things == 1 else "are"


def _come(people: int) -> str:
    return f"{number(people) if people else 'none'} {'comes' if people == 1 else 'come'}"


def conflict_sentence(fact: Conflict, names: Names = PLAIN) -> str:
    """Say who cannot have what they ask for, and what stands in the way."""
    words: Mapping[str, Callable[[], str]] = {
        "pins": lambda: (
            "No result keeps these pins and every rule: their slots cannot all run with the leaders "
            "who may still be given them."
        ),
        "no slot": lambda: f"Nothing can be given to {names.leader}: {reason_clauses(fact.reasons, names)}.",
        "lottery": lambda: (
            f"The draw leaves {count(fact.days or 0, 'day')} missing. {_upper(number(fact.seats or 0))} of "
            "them could be given if giving the most days came before the drawn order."
        ),
        "clash": lambda: (
            f"{_upper(names.leader)} needs {count(fact.days or 0, 'day')} and can be given "
            f"{number(fact.seats or 0)}: the other slots clash with these or are at the same partner."
        ),
    }
    if fact.seats is None and fact.kind != "pins":
        return (
            f"No result that gives as many days has a place for {_these(fact)}: each of the rules leaves "
            "seats for them, but all rules together do not."
        )
    return words[fact.kind]() if fact.kind in words else _set_sentence(fact, names)


def remedy_sentence(fact: Conflict, names: Names = PLAIN) -> str | None:
    """Say what would mend it; None where nothing by itself does."""
    if fact.kind == "pins":
        slots = ", ".join(names.slot(slot) for slot in fact.slots)
        return f"Take one of these pins away, or loosen the minimum or the mix rules of {slots}."
    if not fact.remedies:
        return None
    return f"With {loosened_words(fact.remedies[0], names)}, {_placed_words(1, names, less=False)}."


def _set_sentence(fact: Conflict, names: Names) -> str:
    """Speak of a set of leaders with too few seats."""
    seats, left = fact.seats or 0, len(fact.slots) - len(fact.closed)
    while_closed = ""
    if fact.closed:
        closed = [names.slot(slot) for slot in fact.closed]
        while_closed = f"While {listed(closed)} {_are(len(closed))} closed, "
    limits = {
        "partner": " because of what the partner takes in all",
        "organisation": " because of how many of one organisation a slot takes",
    }
    why = limits.get(fact.kind, "")
    if not left:
        told = f"nothing can be given to {_these(fact)}"
    elif fact.days == len(fact.leaders):
        has = "has" if left == 1 else "have"
        told = f"{_these(fact)} can only be given {count(left, 'slot')}, which {has} "
        told += f"{count(seats, 'seat')} for them"
    else:
        told = (
            f"{_these(fact)} {'needs' if len(fact.leaders) == 1 else 'need'} {count(fact.days or 0, 'day')} "
            f"in all, and {count(left, 'slot')} can give them {count(seats, 'day')} at most"
        )
    return f"{while_closed}{told if while_closed else _upper(told)}{why}."


def _these(fact: Conflict) -> str:
    return "this leader" if len(fact.leaders) == 1 else f"these {count(len(fact.leaders), 'leader')}"


def what_if_sentence(fact: WhatIf, names: Names = PLAIN) -> str:
    """Say what one loosened rule would bring."""
    return f"With {loosened_words(fact.loosened, names)}, {change_clause(fact.change, names)}."


def loosened_words(loosened: Loosened, names: Names = PLAIN) -> str:
    """Name one loosened rule."""
    where, to = loosened.where or "", loosened.to or 0
    words: Mapping[str, Callable[[], str]] = {
        "seat": lambda: f"one more seat at {names.slot(where)}",
        "minimum": lambda: f"a minimum number of {to} instead of {to + 1} at {names.slot(where)}",
        "partner_capacity": lambda: f"one more day in all at {names.partner(where)}",
        "exclusion": lambda: f"{names.slot(where)} no longer excluded for one of the leaders",
        "forbidden": lambda: f"{names.slot(where)} no longer ruled out for one of the leaders",
        "max_same_organisation": lambda: f"up to {count(to, 'leader')} of one organisation in a slot",
        "max_per_partner": lambda: f"up to {count(to, 'day')} of one leader at one partner",
        "min_sectors": lambda: f"{number(to)} sectors in a slot" if to else "no rule about sectors",
        "gap_minutes": lambda: f"a gap of {count(to, 'minute')} between two days of one leader",
        "teams": lambda: "no rule about teams",
        "place_unranked": lambda: "slots given also to leaders who did not rank them",
    }
    return words[loosened.kind]()


def change_clause(change: Change, names: Names = PLAIN) -> str:
    """Say what would be different, in the words of the first stage that changes."""
    ((stage, value),) = change.items()
    if isinstance(value, Mapping):
        return f"there would be {_profile_words(value)}"
    much = value or 0
    less = much < 0
    size = abs(much)
    if stage == "distance":
        return f"the distances added up would be {size:g} km {'shorter' if less else 'longer'}"
    whole = int(size)
    more = "fewer" if less else "more"
    clauses = {
        "placed": _placed_words(whole, names, less=less),
        "kept": f"{number(whole)} {more} of the confirmed places would be kept",
        "total-rank": f"the ranks added up would be {whole} {'lower' if less else 'higher'}",
        "if-need-be": f"{number(whole)} {more} of the given days would suit only if need be",
    }
    return clauses[stage]


def _placed_words(much: int, names: Names, *, less: bool) -> str:
    one = "day" if names.several_days else "leader"
    done = "given" if names.several_days else "placed"
    return f"{count(much, one)} {'fewer' if less else 'more'} would be {done}"


def _profile_words(profile: Mapping[str, int]) -> str:
    """Name every rank that changes: what there is more of, then what there is less of."""
    ranks = ranks_in_order(profile)
    more = [
        f"{number(profile[rank])} more {rank_noun(rank, profile[rank])}"
        for rank in ranks
        if profile[rank] > 0
    ]
    less = [
        f"{number(-profile[rank])} fewer {rank_noun(rank, -profile[rank])}"
        for rank in ranks
        if profile[rank] < 0
    ]
    return joined([*more, *less])


def _others_clause(fact: LeaderExplanation) -> str:
    """Say how many others would move, and between which ranks."""
    if not fact.other_leaders:
        return ""
    who = count(fact.other_leaders, "other leader")
    shifts = [_shift_words(shift) for shift in fact.shifts]
    if len(fact.shifts) == 1 and fact.shifts[0].days == fact.other_leaders:
        return f"{_upper(who)} would move {shifts[0]}."
    counted = [f"{number(shift.days)} {words}" for shift, words in zip(fact.shifts, shifts, strict=True)]
    return f"{_upper(who)} would move: {joined(counted)}."


def _shift_words(shift: Shift) -> str:
    old, new = shift.old, shift.new
    if old == new:
        return f"to another {rank_noun(str(new), 1)}"
    ranked = isinstance(old, int) and isinstance(new, int)
    left = f"a {ordinal(int(old or 0))}" if ranked else _rank_words(old)
    return f"from {left} to {_rank_words(new)}"


def _rank_words(rank: Rank) -> str:
    if rank is None:
        return "no day"
    return "a day that was not ranked" if rank == "unranked" else f"a {ordinal(rank)} choice"


def _instead_clause(instead: Mapping[str, int]) -> str:
    words = {
        "better": "only what they rank before it",
        "same": "something that they rank as high",
        "later": "something that they rank after it",
        "missing": "too few days",
    }
    told = [f"{number(instead[key])} {_have(instead[key])} {words[key]}" for key in words if instead.get(key)]
    return f"Of the others {joined(told)}." if told else ""


def _have(people: int) -> str:
    return "has" if people == 1 else "have"


def _impossible(fact: LeaderExplanation, names: Names) -> str:
    what = (
        "a slot that was not ranked"
        if fact.tier is None
        else f"{names.leaders_own} {ordinal(fact.tier)} choice"
    )
    told = reason_clauses(fact.reasons, names)
    return f"No result that keeps the rules has {what}: {told}."


def reason_clauses(found: Sequence[Reason], names: Names = PLAIN) -> str:
    """Say why slots are impossible for one leader."""
    return "; ".join(_reason_clause(word, slots, names) for word, slots in found)


def _reason_clause(word: str, slots: Sequence[str], names: Names) -> str:
    many = len(slots) > 1
    is_, does, has = ("are", "do", "have") if many else ("is", "does", "has")
    their = "their" if many else "its"
    whose = names.leader
    words = {
        reasons.FORBIDDEN: f"{is_} ruled out for {whose} by the coordinator",
        reasons.EXCLUDED: f"{is_} excluded for {whose} by a date, a requirement, the distance or a wish",
        reasons.NOT_RANKED: f"{is_} not ranked, and only ranked slots may be given",
        reasons.NO_SEATS: f"{has} no seats",
        reasons.MINIMUM_ABOVE_CAPACITY: f"{does} not run, with {their} minimum number above {their} capacity",
        reasons.PARTNER_LIMIT: f"{has} a minimum number above what {their} partner takes in all",
        reasons.NOBODY: "may be given to nobody",
        reasons.TOO_FEW: f"may be given to fewer leaders than {their} minimum number",
        reasons.DAYS_PINNED: f"{is_} ruled out because all days of {whose} are pinned elsewhere",
        reasons.CLASHES_WITH_PIN: f"{'clash' if many else 'clashes'} with a pin of {whose}",
        reasons.PARTNER_PINNED: f"{is_} at a partner where {whose} has as many pins as the rules allow",
        reasons.SEATS_PINNED: f"{has} only seats that are pinned to others",
        reasons.RULES: f"{does} not fit into any result that keeps all rules together",
    }
    return f"{listed([names.slot(slot) for slot in slots])} {words[word]}"


def _slot_reason(fact: SlotExplanation) -> str:
    may = count(fact.may, "leader")
    words = {
        reasons.NO_SEATS: "it has no seats",
        reasons.MINIMUM_ABOVE_CAPACITY: "its minimum number is above its capacity",
        reasons.PARTNER_LIMIT: "its minimum number is above what its partner takes in all",
        reasons.NOBODY: "nobody may be given it",
        reasons.TOO_FEW: f"only {may} may be given it, and its minimum number is {fact.minimum}",
        reasons.ALL_THERE: "everybody who may be given it is there",
        reasons.RULES: "no result that keeps all rules together "
        + ("opens it" if fact.kind == "closed" else "has one more there"),
    }
    return words[fact.reason or reasons.RULES]


def _sentence(*parts: str) -> str:
    return " ".join(part for part in parts if part)


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]
