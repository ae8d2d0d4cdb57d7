"""Who cannot be placed and why, and what would help, as the coordinator reads it."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from placement.domain.matching.why.findings import Conflict, Loosened, SlotExplanation, WhatIf, change_json
from placement.services.reports.explanations import RunExplanations
from placement.web.coordinator.words.why import speech_of
from placement.web.explaining import Speech, change_words, day_reason, reason_words
from placement.web.presenters import count, day, listed

Barriers = Mapping[str, Mapping[str, int]]
"""By e-mail address: how many days are offered, and how many of them each reason rules out."""


@dataclass(frozen=True)
class ConflictWords:
    """One reason why people cannot be placed: in a sentence, for whom, about which days, what would help."""

    kind: str
    leaders: tuple[str, ...]
    sentence: str
    people: tuple[str, ...]
    days: tuple[str, ...]
    remedies: tuple[str, ...]


@dataclass(frozen=True)
class WhatIfWords:
    """One more seat or one rule looser: what, on which days (any one of them), what that would bring."""

    what: str
    days: tuple[str, ...]
    brings: str


@dataclass(frozen=True)
class Naming:
    """How to speak of a cohort: its days as in sentences, its people by e-mail address."""

    speech: Speech
    people: Mapping[str, str]

    def person(self, email: str) -> str:
        """Somebody's name."""
        return self.people.get(email, email)


def given_nothing(found: Sequence[ConflictWords]) -> dict[str, ConflictWords]:
    """Those conflicts that are about one person who can be given nothing, by e-mail address."""
    return {one.leaders[0]: one for one in found if one.kind == "no slot"}


def of_several(found: Sequence[ConflictWords]) -> list[ConflictWords]:
    """All other conflicts."""
    return [one for one in found if one.kind != "no slot"]


def naming_of(found: RunExplanations) -> Naming:
    """How to speak of what was found out about a run."""
    return Naming(speech_of(found), found.people)


def conflicts(
    found: Sequence[Conflict], naming: Naming, barriers: Barriers | None = None
) -> list[ConflictWords]:
    """Each conflict in words; `barriers` tell more about those who can be given nothing."""
    return [
        ConflictWords(
            kind=one.kind,
            leaders=one.leaders,
            sentence=_sentence(one, naming, barriers or {}),
            people=tuple(sorted(map(naming.person, one.leaders), key=str.casefold)),
            days=tuple(naming.speech.slot(slot) for slot in one.slots),
            remedies=tuple(_capital(loosened_words(remedy, naming)) for remedy in one.remedies),
        )
        for one in found
    ]


def what_ifs(found: Sequence[WhatIf], naming: Naming) -> list[WhatIfWords]:
    """What one more or one looser would bring, best first; days that bring the same stand together."""
    groups: dict[tuple[str, ...], list[WhatIf]] = {}
    for one in found:
        groups.setdefault(_alike(one, naming), []).append(one)
    return [_what_if(group, naming) for group in groups.values()]


def _what_if(group: Sequence[WhatIf], naming: Naming) -> WhatIfWords:
    first = group[0]
    brings = f"{_capital(change_words(first.change, naming.speech))}."
    slots = [naming.speech.slots.get(one.loosened.where or "") for one in group]
    days = tuple(day(slot.starts_at) for slot in slots if slot)
    return WhatIfWords(_capital(loosened_words(first.loosened, naming, dated=not days)), days, brings)


def _alike(one: WhatIf, naming: Naming) -> tuple[str, ...]:
    """What those have in common that are told in one line."""
    slot = naming.speech.slots.get(one.loosened.where or "")
    what = slot.title if slot else str(one.loosened.where)
    return (one.loosened.kind, what, str(one.loosened.to), json.dumps(change_json(one.change)))


def idle_rows(found: Sequence[SlotExplanation], naming: Naming) -> list[tuple[str, str]]:
    """Each day that cannot run by itself, with why."""
    return [(naming.speech.slot(one.slot), day_reason(one, naming.speech)) for one in found]


def loosened_words(one: Loosened, naming: Naming, *, dated: bool = True) -> str:
    """One more seat or one rule loosened, as a thing that could be had; days with their dates if `dated`."""
    where, to = one.where or "", one.to or 0
    known = naming.speech.slots.get(where)

    def slot(reference: str) -> str:
        return naming.speech.slot(reference) if dated or known is None else f"{known.title}, {known.partner}"

    words: Mapping[str, Callable[[], str]] = {
        "seat": lambda: f"one more seat, {to} instead of {to - 1}: {slot(where)}",
        "minimum": lambda: f"a minimum number of {to} instead of {to + 1}: {slot(where)}",
        "partner_capacity": lambda: f"one more day in all with {where}",
        "exclusion": lambda: f"{slot(where)}, if {naming.person(one.leader or '')} could go there after all",
        "forbidden": lambda: (
            f"{slot(where)}, if it were no longer ruled out for {naming.person(one.leader or '')}"
        ),
        "max_same_organisation": lambda: (
            f"up to {count(to, 'person', 'people')} of one organisation on a day"
        ),
        "max_per_partner": lambda: f"up to {count(to, 'day')} of one person with one partner",
        "min_sectors": lambda: f"only {to} sectors on a day" if to else "no rule about sectors",
        "gap_minutes": lambda: f"only {count(to, 'minute')} between two days of one person",
        "teams": lambda: "no rule about teams",
        "place_unranked": lambda: "giving people also days that they did not choose",
    }
    return words[one.kind]()


def _sentence(one: Conflict, naming: Naming, barriers: Barriers) -> str:
    who = _people(one, naming)
    if one.kind == "pins":
        return "These confirmed days cannot all stay, because not enough leaders may still be given them."
    if one.kind == "no slot":
        return f"{_capital(_nothing(one, naming, barriers))}."
    if one.kind == "lottery":
        return (
            f"Lottery order leaves {count(one.days or 0, 'day')} missing. {count(one.seats or 0, 'day')} of "
            "them could be given if as many days as possible came first."
        )
    if one.seats is None:
        return f"Each rule by itself leaves seats for {who}, but all rules together do not."
    if one.kind == "clash":
        return (
            f"{who} needs {count(one.days or 0, 'day')} and can be given {one.seats or 'none'}: the others "
            "are too close to it in time, or with the same partner."
        )
    return _too_few_seats(one, naming)


def _too_few_seats(one: Conflict, naming: Naming) -> str:
    """A set of people with too few seats among the days that they could be given."""
    left = [slot for slot in one.slots if slot not in one.closed]
    limits = {
        "partner": ", because of what the partner takes in all",
        "organisation": ", because of how many of one organisation may go on the same day",
    }
    closed = listed(naming.speech.slot(slot) for slot in one.closed)
    start = f"While {closed} cannot run, " if one.closed else ""
    who = _people(one, naming)
    needs = "needs" if len(one.leaders) == 1 else "need"
    if not left:
        return f"{start}{who} can be given nothing."
    days, fitting = count(one.days or 0, "day"), count(len(left), "day")
    has = "has" if len(left) == 1 else "have"
    room = f"the {fitting} that fit {has} room for {one.seats or 'none'}"
    return f"{start}{who} {needs} {days}, and {room}{limits.get(one.kind, '')}."


def _nothing(one: Conflict, naming: Naming, barriers: Barriers) -> str:
    known = barriers.get(one.leaders[0])
    if known is None:
        return reason_words(one.reasons, naming.speech)
    offered = known.get("offered", 0)
    parts = (
        ("cannot", "is on a date that they cannot do", "are on dates that they cannot do"),
        ("event", "is at the time of an event of theirs", "are at the times of events of theirs"),
        ("too-far", "is further away than they travel", "are further away than they travel"),
        ("refused", "is one that they would not go to", "are ones that they would not go to"),
        ("conflict", "is at a partner they have a tie with", "are at partners they have a tie with"),
        ("requirement", "asks for something that they lack", "ask for something that they lack"),
    )
    told = [
        f"{'all' if known[key] == offered else known[key]} {one_day if known[key] == 1 else several}"
        for key, one_day, several in parts
        if known.get(key)
    ]
    return f"of {count(offered, 'day')}, {listed(told)}" if told else reason_words(one.reasons, naming.speech)


def _people(one: Conflict, naming: Naming) -> str:
    if len(one.leaders) == 1:
        return naming.person(one.leaders[0])
    return f"{len(one.leaders)} leaders"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
