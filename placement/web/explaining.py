"""Why people get what they get, in the pages' words: exactly what the engine's facts say, and no more.

A slot is a day with its title and date here, a tier is a choice, and nobody is named.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from placement.domain.matching.why import reasons
from placement.domain.matching.why.findings import (
    IMPOSSIBLE,
    Change,
    LeaderExplanation,
    PartnerExplanation,
    Rank,
    Reason,
    Shift,
    SlotExplanation,
)
from placement.domain.matching.why.wording import number, ranks_in_order
from placement.services.reports.explanations import SlotName
from placement.web.presenters import choice, count, day, ordinal
from placement.web.presenters import listed as joined

NOT_WORKED_OUT = "For this list it was not worked out what else would have been possible."
METRES_PER_KILOMETRE = 1000
NAMED_AT_MOST = 3
TOLD_BRIEFLY = 2
BARRIERS: Mapping[str, str] = {
    "cannot": "you cannot come then",
    "event": "you are invited to an event then",
    "conflict": "you have a conflict of interest with this charity",
    "too-far": "it is further away than you travel",
    "check": "it needs a DBS check that you do not hold",
    "step-free": "it is not step-free, which you need",
    "women-only": "it is for women only",
    "refused": "you said that you would not go to it",
}
"""What rules a day out for a leader, told to the leader."""
FIXED: Mapping[str, str] = {"standing": "confirmed before", "given": "chosen by the coordinator"}
"""Why days were fixed before a run, in words of `Fixed`."""
DOWN = ("As 1st choice", "As 2nd choice", "Further down")


@dataclass(frozen=True)
class Speech:
    """How to speak: the names of slots by reference, whose days are told, to whom.

    `to_leader`: to the leader themself. `drawn`: of a list made in lottery order, which weighs nothing else.
    `settled`: every step is proven, the lottery too, so that its order decided what no earlier step did.
    `fixed`: why days were fixed before the list was made, in words of `FIXED`. `barriers`: for the leader's
    own eyes, what rules out single slots, in words of `BARRIERS`.
    """

    slots: Mapping[str, SlotName]
    to_leader: bool = False
    several_days: bool = False
    drawn: bool = False
    settled: bool = True
    fixed: Sequence[str] = ("standing",)
    barriers: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def slot(self, reference: str) -> str:
        """A slot by its title and date."""
        found = self.slots.get(reference)
        return slot_words(found) if found else reference

    @property
    def whose(self) -> str:
        """Whose choices they are."""
        return "your" if self.to_leader else "their"

    @property
    def who(self) -> str:
        """The person whose days are told."""
        return "you" if self.to_leader else "they"


def slot_words(slot: SlotName | None) -> str:
    """A slot by its title and date; no day where there is none."""
    return "no day" if slot is None else f"{slot.title} on {day(slot.starts_at)}"


def leader_words(fact: LeaderExplanation, speech: Speech, *, brief: bool = False) -> str:
    """What a better choice of a leader would have cost everybody, or why it was not possible.

    `brief` only counts the others who would move, where there is much to tell of them.
    """
    which = "A day that was not chosen" if fact.tier is None else f"{speech.whose} {choice(fact.tier)}"
    if fact.cost == IMPOSSIBLE:
        return f"{_capital(which)} was not possible: {reason_words(fact.reasons, speech)}."
    wanted = speech.slot(fact.wanted)
    if fact.cost:
        told = f"With {which[0].lower()}{which[1:]}, {wanted}, {change_words(fact.cost, speech)}."
    else:
        told = f"{_capital(which)}, {wanted}: {_lottery_words(speech)}."
    return " ".join(filter(None, (told, _others_words(fact, brief=brief))))


def day_reason(fact: SlotExplanation, speech: Speech) -> str:
    """Why a day does not run or has seats left, and what it would cost to run it or to fill one more."""
    if fact.cost == IMPOSSIBLE:
        return f"{_capital(_impossible_day(fact))}."
    step = "With one more person here" if fact.leaders else "If it ran"
    if fact.cost:
        return f"{step}, {change_words(fact.cost, speech)}."
    return f"{step}, {_lottery_words(speech)}."


def partner_words(fact: PartnerExplanation) -> list[str]:
    """Why these people come to a partner: which choice it is, who else wanted to, what those have."""
    given = [
        f"{fact.given[rank]} {f'as a {choice(int(rank))}' if rank.isdigit() else 'without being chosen'}"
        for rank in _order(fact.given)
    ]
    lines = [f"Given: {joined(given)}." if given else "Nobody comes."]
    if not fact.ranked:
        return [*lines, "Nobody chose it."]
    lines.append(f"{count(sum(fact.ranked.values()), 'leader').capitalize()} chose it. {_come_words(fact)}")
    return [*lines, *_instead_words(fact.instead)]


def change_words(change: Change, speech: Speech) -> str:
    """What would be different, in the words of the first step that changes."""
    ((stage, value),) = change.items()
    if isinstance(value, Mapping):
        return f"there would be {_profile_words(value)}"
    much = value or 0
    less = much < 0
    if stage == "distance":
        return f"all distances together would be {_length(abs(much))} {'shorter' if less else 'longer'}"
    return _counted_words(stage, int(abs(much)), speech, less=less)


def _counted_words(stage: str, much: int, speech: Speech, *, less: bool) -> str:
    more, whole = ("fewer" if less else "more"), number(much)
    if stage == "placed" and not speech.several_days:
        return f"{whole} {more} {'person' if much == 1 else 'people'} would get a day"
    words = {
        "placed": f"{whole} {more} {'day' if much == 1 else 'days'} would be given",
        "kept": f"{whole} {more} of the confirmed days would stay as they are",
        "total-rank": f"the choice numbers of all, added up, would be {much} {'lower' if less else 'higher'}",
        "if-need-be": f"{whole} {more} {'day' if much == 1 else 'days'} would suit only if need be",
    }
    return words[stage]


def _profile_words(profile: Mapping[str, int]) -> str:
    """Every choice that changes: what there is more of, then what there is less of."""
    more = [(rank, profile[rank], "more") for rank in _order(profile) if profile[rank] > 0]
    less = [(rank, -profile[rank], "fewer") for rank in _order(profile) if profile[rank] < 0]
    return joined(f"{number(much)} {word} {_choices(rank, much)}" for rank, much, word in [*more, *less])


def _choices(rank: str, much: int) -> str:
    if not rank.isdigit():
        return "day that was not chosen" if much == 1 else "days that were not chosen"
    return f"{ordinal(int(rank))} {'choice' if much == 1 else 'choices'}"


def _length(kilometres: float) -> str:
    metres = round(kilometres * METRES_PER_KILOMETRE)
    return f"{metres} m" if metres < METRES_PER_KILOMETRE else f"{kilometres:.1f} km"


def _lottery_words(speech: Speech) -> str:
    if not speech.settled:
        return "the list would be just as good"
    if speech.drawn:
        return "the lottery’s order decided"
    return "the list would be just as good, and only the lottery decided"


def _others_words(fact: LeaderExplanation, *, brief: bool) -> str:
    """How many others would have another day, and which choice instead of which."""
    if not fact.other_leaders:
        return ""
    several = fact.other_leaders > 1 or len(fact.shifts) > 1
    shifts = joined(_shift_words(shift, counted=several) for shift in fact.shifts)
    people = "person" if fact.other_leaders == 1 else "people"
    told = f"{_capital(number(fact.other_leaders))} other {people} would move"
    return f"{told}." if brief and len(fact.shifts) > TOLD_BRIEFLY else f"{told}: {shifts}."


def _shift_words(shift: Shift, *, counted: bool) -> str:
    much = f"{number(shift.days)} " if counted else ""
    if shift.old == shift.new:
        return f"{much}to another {_rank_words(shift.new).partition(' ')[2]}"
    return f"{much}from {_rank_words(shift.old)} to {_rank_words(shift.new)}"


def _rank_words(rank: Rank) -> str:
    if rank is None:
        return "no day"
    return "a day that was not chosen" if rank == "unranked" else f"a {choice(int(rank))}"


def reason_words(found: Sequence[Reason], speech: Speech) -> str:
    """Why days are not possible for a leader: a few by name, more by number, each with its reason."""
    told = []
    for word, slots in found:
        for barriers, group in _by_barrier(word, slots, speech).items():
            because = _barred_words(barriers) if barriers else _because(word, speech)
            told.append(f"{_days(group, speech)}: {because}")
    return "; ".join(told)


def _by_barrier(word: str, slots: Sequence[str], speech: Speech) -> dict[tuple[str, ...], list[str]]:
    """Slots by what rules them out, as far as that is known beyond the word."""
    found: dict[tuple[str, ...], list[str]] = {}
    for slot in slots:
        known = speech.barriers.get(slot, ()) if word == reasons.EXCLUDED else ()
        found.setdefault(tuple(known), []).append(slot)
    return found


def _barred_words(barriers: Sequence[str]) -> str:
    return joined(BARRIERS[word] for word in BARRIERS if word in barriers)


def _days(slots: Sequence[str], speech: Speech) -> str:
    """A few days by title and dates, more of them by number."""
    dates: dict[str, list[str]] = {}
    for slot in slots:
        known = speech.slots.get(slot)
        dates.setdefault(known.title if known else slot, []).append(day(known.starts_at) if known else "")
    if len(dates) > NAMED_AT_MOST:
        return count(len(slots), "day")
    return joined(_dated(title, days) for title, days in dates.items())


def _dated(title: str, days: Sequence[str]) -> str:
    if not any(days):
        return title
    return f"{title} on {joined(days)}" if len(days) <= NAMED_AT_MOST else f"{title} on {len(days)} days"


def _because(word: str, speech: Speech) -> str:
    who, whose = speech.who, speech.whose
    fixed = " or ".join(FIXED[why] for why in speech.fixed)
    words = {
        reasons.FORBIDDEN: "the coordinator ruled it out",
        reasons.EXCLUDED: f"ruled out by {whose} dates, by what it asks for, or by the distance",
        reasons.NOT_RANKED: "it was not chosen, and this cohort gives only days that were chosen",
        reasons.NO_SEATS: "it has no seats",
        reasons.MINIMUM_ABOVE_CAPACITY: "its minimum number is above its seats",
        reasons.PARTNER_LIMIT: "its minimum number is above what its partner takes in all",
        reasons.NOBODY: "nobody could go",
        reasons.TOO_FEW: "fewer people than its minimum number could go",
        reasons.DAYS_PINNED: f"all {whose} days were {fixed}",
        reasons.CLASHES_WITH_PIN: f"it is too close to a day of {'yours' if speech.to_leader else 'theirs'} "
        f"that was {fixed}",
        reasons.PARTNER_PINNED: f"{who} have as many days with its partner, {fixed}, as the rules allow",
        reasons.SEATS_PINNED: f"all its seats were {fixed} for others",
        reasons.RULES: "no list keeps every rule and has it",
    }
    return words[word]


def _impossible_day(fact: SlotExplanation) -> str:
    able = count(fact.may, "leader")
    words = {
        reasons.NO_SEATS: "it has no seats",
        reasons.MINIMUM_ABOVE_CAPACITY: "its minimum number is above its seats",
        reasons.PARTNER_LIMIT: "its minimum number is above what its partner takes in all",
        reasons.NOBODY: "nobody could go",
        reasons.TOO_FEW: f"it needs {fact.minimum}, and only {able} could go: dates, what it asks for and "
        "distances rule it out for the others",
        reasons.ALL_THERE: "everybody who could go is there",
        reasons.RULES: "no list keeps every rule and "
        + ("has one more person here" if fact.leaders else "lets it run"),
    }
    return words[fact.reason or reasons.RULES]


def _come_words(fact: PartnerExplanation) -> str:
    """How many of those come who chose a partner 1st, 2nd, or further down their list."""
    chose, come = dict.fromkeys(DOWN, 0), dict.fromkeys(DOWN, 0)
    for rank in _order(fact.ranked):
        place = DOWN[min(int(rank), len(DOWN)) - 1]
        chose[place] += fact.ranked[rank]
        come[place] += fact.here.get(rank, 0)
    told = [f"{place}: {come[place] or 'none'} of {chose[place]} come." for place in DOWN if chose[place]]
    return " ".join(told).replace(": 1 of 1 come.", ": the one comes.")


def _instead_words(instead: Mapping[str, int]) -> list[str]:
    words = {
        "better": "only choices that they like better",
        "same": "another day that they like as much",
        "later": "a choice further down their list",
        "missing": "fewer days than they need",
    }
    told = [
        f"{instead[key]} {'has' if instead[key] == 1 else 'have'} {text}"
        for key, text in words.items()
        if instead.get(key)
    ]
    return [f"Of those who do not come, {joined(told)}."] if told else []


def _order(ranks: Mapping[str, int]) -> list[str]:
    return ranks_in_order(rank for rank in ranks if ranks[rank])


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
