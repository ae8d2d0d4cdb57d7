"""What stands in a cohort: who has a day, who waits for one, and which rules do not hold any more."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from placement.domain.errors import NothingToMatch
from placement.domain.matching.parts import Pair, SlotOffer
from placement.domain.matching.problem import Problem
from placement.domain.matching.solution import profile_of, unplaced_of
from placement.domain.repair import Broken, measure, what_breaks
from placement.domain.text import day_in_words
from placement.models import Cohort, Leader, Slot
from placement.services.kept import kept
from placement.services.match_problem import problem_of
from placement.services.match_rows import read_rows
from placement.services.news import person
from placement.services.reports.effects import Person
from placement.services.scope import Scope
from placement.services.slot_rows import slots_of


@dataclass(frozen=True)
class Day:
    """A slot in a list of what stands or is to stand; `choice` is the number of the leader's choice."""

    slot_id: int
    reference: str
    title: str
    partner: str
    starts_at: datetime
    ends_at: datetime
    choice: int | None = None

    @property
    def words(self) -> str:
        """The day in one line: "SLOT012, Food parcels on Tuesday 2 March 2027"."""
        return f"{self.reference}, {self.title} on {day_in_words(self.starts_at)}"


@dataclass(frozen=True)
class Waiting:
    """A leader who is without a day, or without `days` more."""

    person: Person
    days: int


@dataclass(frozen=True)
class ShortSlot:
    """A slot with fewer leaders than it needs to run."""

    day: Day
    leaders: int
    minimum: int


@dataclass(frozen=True)
class Standing:
    """A list of placements as it stands: what comes of it when nothing is done."""

    placed: int
    profile: Mapping[str, int]
    unplaced: tuple[Waiting, ...] = ()
    below_minimum: tuple[ShortSlot, ...] = ()
    broken: tuple[str, ...] = ()

    @property
    def due(self) -> bool:
        """Whether a repair may help: somebody waits for a day, or a rule does not hold."""
        return bool(self.unplaced or self.broken)


@dataclass(frozen=True)
class Names:
    """The people and days that a cohort's e-mail addresses and references stand for."""

    people: Mapping[str, Person]
    slots: Mapping[str, Slot]

    def day(self, offer: SlotOffer, *, choice: int | None = None) -> Day:
        """A slot of a problem with its title, at the hours that the problem has."""
        slot = self.slots[offer.id]
        return Day(
            slot_id=slot.id,
            reference=slot.reference,
            title=slot.opportunity.title,
            partner=slot.opportunity.partner.name,
            starts_at=offer.starts_at or slot.starts_at,
            ends_at=offer.ends_at or slot.ends_at,
            choice=choice,
        )


def names(session: Session, cohort_id: int) -> Names:
    """Read the names of a cohort, also of leaders who have left."""
    return Names(_people(session, cohort_id), _slots(session, cohort_id))


def _people(session: Session, cohort_id: int) -> Mapping[str, Person]:
    leaders = session.scalars(select(Leader).where(Leader.cohort_id == cohort_id))
    return {leader.match_id: person(leader) for leader in leaders}


def _slots(session: Session, cohort_id: int, references: Collection[str] | None = None) -> Mapping[str, Slot]:
    """The slots of a cohort by reference: all, or these."""
    query = select(Slot).where(Slot.cohort_id == cohort_id)
    if references is not None:
        query = query.where(Slot.reference.in_(references))
    return {slot.reference: slot for slot in slots_of(session, query)}


def standing(scope: Scope, cohort_id: int, *, now: datetime) -> Standing:
    """What stands in a cohort that the actor coordinates, days that are over left out."""
    session, cohort = scope.session, scope.cohort(cohort_id)
    return kept(session, cohort.id, "standing", work=lambda: standing_now(session, cohort, now=now), now=now)


def standing_now(session: Session, cohort: Cohort, *, now: datetime) -> Standing:
    """The same for a cohort that was found, with changes that are not written yet."""
    rows = read_rows(session, cohort, now=now)
    try:
        problem = problem_of(rows, objective="generous", seed="", kind="repair")
    except NothingToMatch:
        return Standing(0, {})
    return standing_of(problem, rows.standing, names(session, cohort.id))


@dataclass(frozen=True)
class Confirmed:
    """What a cohort's placements are to keep, and those to come; no problem where nobody needs a day."""

    problem: Problem | None
    pairs: tuple[Pair, ...]


def confirmed(session: Session, cohort: Cohort, *, now: datetime) -> Confirmed:
    """What stands by the rows that are committed: for previews, before they change anything in memory."""

    def work() -> Confirmed:
        rows = read_rows(session, cohort, now=now)
        try:
            problem = problem_of(rows, objective="generous", seed="", kind="repair")
        except NothingToMatch:
            return Confirmed(None, ())
        return Confirmed(problem, tuple(rows.standing))

    return kept(session, cohort.id, "confirmed", work=work, now=now)


def broken_without(
    session: Session,
    cohort: Cohort,
    before: Confirmed,
    *,
    ended: Collection[Pair],
    leader: str = "",
    slot: str = "",
) -> tuple[str, ...]:
    """The rules that do not hold once pairs are `ended`, a leader has left, or a slot takes nobody any more.

    As `standing_now` would find, without the cohort being read anew.
    """
    if before.problem is None:
        return ()
    leaders = tuple(one for one in before.problem.leaders if one.id != leader)
    slots = tuple(
        replace(one, capacity=0, minimum=0) if one.id == slot else one for one in before.problem.slots
    )
    problem = replace(before.problem, leaders=leaders, slots=slots)
    pairs = [pair for pair in before.pairs if pair not in ended and pair[0] != leader]
    broken = what_breaks(problem, pairs) if leaders else []
    if not broken:
        return ()
    people = kept(session, cohort.id, "people", work=lambda: _people(session, cohort.id))
    concerned = {slot for one in broken for slot in one.slots}
    return _sentences(problem, pairs, broken, Names(people, _slots(session, cohort.id, concerned)))


def standing_of(problem: Problem, pairs: Sequence[Pair], known: Names) -> Standing:
    """What stands where `pairs` do, by the rules of `problem`."""
    slots = {slot.id: slot for slot in problem.slots}
    there = Counter(slot for _, slot in pairs)
    broken = what_breaks(problem, pairs)
    return Standing(
        placed=len(pairs),
        profile=profile(problem, pairs),
        unplaced=waiting(problem, pairs, known),
        below_minimum=tuple(
            ShortSlot(known.day(slots[one.slots[0]]), there[one.slots[0]], slots[one.slots[0]].minimum)
            for one in broken
            if one.rule == "minimum"
        ),
        broken=_sentences(problem, pairs, broken, known),
    )


def _sentences(
    problem: Problem, pairs: Collection[Pair], broken: Sequence[Broken], known: Names
) -> tuple[str, ...]:
    slots = {slot.id: slot for slot in problem.slots}
    there = Counter(slot for _, slot in pairs)
    return tuple(_sentence(one, slots, there, known) for one in broken)


def profile(problem: Problem, pairs: Collection[Pair]) -> dict[str, int]:
    """How many days are given at each rank."""
    found = measure(problem, pairs)["profile"]
    return dict(found) if isinstance(found, Mapping) else profile_of(())


def waiting(problem: Problem, pairs: Collection[Pair], known: Names) -> tuple[Waiting, ...]:
    """Who misses days, by name."""
    found = [Waiting(known.people[leader], days) for leader, days in unplaced_of(problem, pairs)]
    return tuple(sorted(found, key=lambda one: (one.person.name.casefold(), one.person.email)))


def _sentence(broken: Broken, slots: Mapping[str, SlotOffer], there: Mapping[str, int], known: Names) -> str:
    """What does not hold, told to the coordinator."""
    days = [known.day(slots[slot]) for slot in broken.slots]
    facts: dict[str, object] = {
        "name": known.people[broken.leader].name if broken.leader else "",
        "day": days[0].words if days else "",
        "other": days[-1].words if days else "",
        "partner": days[0].partner if days else "",
        "team": broken.team,
    }
    if len(days) == 1:
        offer = slots[broken.slots[0]]
        facts |= {"there": _leaders(there[offer.id]), "capacity": offer.capacity, "minimum": offer.minimum}
    words = APART if broken.team else WORDS[broken.rule]
    return words.format(**facts)


def _leaders(number: int) -> str:
    return "1 leader is" if number == 1 else f"{number} leaders are"


WORDS: Mapping[str, str] = {
    "impossible": "{name} can no longer be given {day}: a date, event, requirement, tie or the distance.",
    "unchosen": "{name} has not chosen {day}, and this cohort gives only days that were chosen.",
    "days": "{name} has more days than they need.",
    "clash": "{name} has two days that are too close together: {day}, and {other}.",
    "max_per_partner": "{name} has more days with one partner than the rule allows.",
    "partner_capacity": "{partner} has more people over all its days than it has room for.",
    "capacity": "{day}: {there} confirmed, and there is to be room for {capacity}.",
    "minimum": "{day}: {there} confirmed, and it needs at least {minimum} to run.",
    "max_same_organisation": "{day}: more people of one organisation than the rule allows.",
    "min_sectors": "{day}: fewer sectors than the rule asks for.",
    "teams": "{day}: people of one team, which is to be spread.",
}
APART = "The team {team} is to be kept together and is not."
