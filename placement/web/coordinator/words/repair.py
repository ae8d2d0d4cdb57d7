"""A repair in words: the ways to go on, who would move from where to where, what each step becomes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from placement.services.reports.repair import Move, Proposal, RepairReport, Seat
from placement.services.reports.seats import SeatReport, Taker
from placement.services.reports.standing import Day, Standing
from placement.web.coordinator.words.runs import STAGE_NAMES, value_words
from placement.web.explaining import Speech, change_words
from placement.web.presenters import choice, count, day, listed, span

MOVES: Mapping[str, str] = {
    "moved": "Gets another day",
    "placed": "Gets a day",
    "unplaced": "Loses their day",
}
KINDS: Mapping[str, str] = {"repair": "Repair", "fresh": "Fresh list"}
NAMED = 20


@dataclass(frozen=True)
class Option:
    """One way to go on after plans have changed, in the figures by which it is weighed."""

    name: str
    given: str
    moved: str
    gained: str
    lost: str
    holds: str


@dataclass(frozen=True)
class TakerWords:
    """Somebody who could take a free seat: their own move, the choice it would be, what it does to all."""

    leader_id: int
    name: str
    choice: str
    now: str
    brings: str
    others: tuple[str, ...]
    waits: bool


def run_name(kind: str, run_id: int) -> str:
    """What a run is called: "Run 3", "Repair 4", "Fresh list 5"."""
    return f"{KINDS.get(kind, 'Run')} {run_id}"


def options(found: RepairReport) -> list[Option]:
    """Doing nothing, the fewest moves, the best list made afresh: as far as they are worked out."""
    nothing = Option(
        name="Do nothing",
        given=str(found.nothing.placed),
        moved="–",
        gained="–",
        lost="–",
        holds=_amiss(found.nothing),
    )
    named = ((fewest_name(found), found.fewest), ("The best list made afresh", found.fresh))
    solved = ((name, one) for name, one in named if one is not None and one.proof and not one.impossible)
    return [nothing, *(_option(name, one) for name, one in solved)]


def fewest_name(found: RepairReport) -> str:
    """What the run of a repair is called that keeps as much as possible."""
    return f"Give the seat to {found.seat.person.name}" if found.seat else "The fewest moves"


def seat_words(seat: Seat) -> str:
    """The seat that is to be given: what it is, at whose place, and when."""
    return f"{seat.day.title}, {seat.day.partner}, {span(seat.day.starts_at, seat.day.ends_at)}"


def move_rows(proposal: Proposal) -> list[tuple[str, str, str, str]]:
    """Who would move: name, what that is for them, the day before and the day after."""
    return [
        (move.person.name, MOVES[move.kind], day_words(move.before), day_words(move.after))
        for move in proposal.moves
    ]


def stage_rows(proposal: Proposal) -> list[tuple[str, str, str]]:
    """What each step is worth as things stand, and with the repair."""
    return [
        (
            STAGE_NAMES.get(stage.name, stage.name),
            _worth(stage.name, stage.before),
            _worth(stage.name, stage.after),
        )
        for stage in proposal.stages
    ]


def day_words(one: Day | None) -> str:
    """A day with its choice; none where there is none."""
    if one is None:
        return "No day"
    liked = "not one of their choices" if one.choice is None else choice(one.choice)
    return f"{one.title}, {one.partner}, {span(one.starts_at, one.ends_at)} ({liked})"


def waiting_words(standing: Standing | Proposal) -> str:
    """Who is without a day, by name; how many more where there are many."""
    names = [one.person.name for one in standing.unplaced]
    more = len(names) - NAMED
    return listed([*names[:NAMED], count(more, "other")] if more > 0 else names)


def summary(proposal: Proposal) -> str:
    """What a proposal does, in a sentence."""
    if not proposal.moves:
        return "Nothing would change: everybody keeps their day."
    parts = (
        (proposal.moved, "would get another day"),
        (proposal.newly_placed, "would get a day"),
        (proposal.left_out, "would lose their day"),
    )
    told = listed(f"{count(number, 'person', 'people')} {what}" for number, what in parts if number)
    stay = (
        "1 day would stay as it is" if proposal.kept == 1 else f"{proposal.kept} days would stay as they are"
    )
    return f"{told}. {stay}."


def takers(found: SeatReport) -> list[TakerWords]:
    """Who could take a free seat, the best for everybody first."""
    return [_taker(one) for one in found.takers]


def _option(name: str, proposal: Proposal) -> Option:
    return Option(
        name=name,
        given=str(proposal.placed),
        moved=str(proposal.moved),
        gained=str(proposal.newly_placed),
        lost=str(proposal.left_out),
        holds="Every rule holds",
    )


def _amiss(standing: Standing) -> str:
    if not standing.broken:
        return "Every rule holds"
    return f"{count(len(standing.broken), 'thing does', 'things do').capitalize()} not hold"


def _worth(name: str, value: Any) -> str:
    return value_words(name, value) if value is not None else "–"


def _taker(one: Taker) -> TakerWords:
    own, *others = one.moves
    return TakerWords(
        leader_id=own.person.leader_id,
        name=own.person.name,
        choice="Not on their list" if one.choice is None else choice(one.choice).capitalize(),
        now=day_words(own.before),
        brings=_brings(one),
        others=tuple(map(_move_words, others)),
        waits=own.before is None and not others,
    )


def _brings(one: Taker) -> str:
    if not one.change:
        return "The list would be just as good as it is."
    text = change_words(one.change, Speech({}))
    return f"{text[:1].upper()}{text[1:]}."


def _move_words(move: Move) -> str:
    before = "no day" if move.before is None else f"{move.before.title} on {day(move.before.starts_at)}"
    after = "no day" if move.after is None else f"{move.after.title} on {day(move.after.starts_at)}"
    return f"{move.person.name}: from {before} to {after}"
