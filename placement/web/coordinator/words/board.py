"""The review board in words: what is fixed, what a step did, what a change would do to others."""

from collections.abc import Mapping
from dataclasses import dataclass

from placement.services.reports.board import Fixed, History, Step
from placement.services.reports.place_change import PlaceChange, PlaceOption
from placement.services.reports.runs import RunReport
from placement.web.coordinator.words.compare import BarPair, profile_pairs
from placement.web.coordinator.words.repair import MOVES, day_words
from placement.web.presenters import choice, count, listed, span

STEP_WORDS: Mapping[str, str] = {
    "keep": "keep the place of {who}",
    "never": "never give {who} a place",
    "change": "change the place of {who}",
    "remove": "take back what was fixed for {who}",
}
IN_WORK: Mapping[str, str] = {
    "placed": "giving as many days as possible",
    "kept": "keeping as many places as possible",
    "profile": "giving people their choices",
    "total-rank": "giving people their choices",
    "if-need-be": "avoiding “if need be” dates",
    "distance": "making distances shorter",
    "lottery": "drawing lots between lists that are equally good",
}


@dataclass(frozen=True)
class OptionWords:
    """A day that somebody could get: which choice it is, what it does to all, who would have to move."""

    slot_id: int
    day: str
    choice: str
    others: str
    effect: str


def place_words(place: Fixed) -> str:
    """What a fixed place is about: one day, or all days of an opportunity."""
    if place.starts_at is None or place.ends_at is None:
        return f"{place.title}, {place.partner}, any day"
    return f"{place.title}, {place.partner}, {span(place.starts_at, place.ends_at)}"


def kind_words(place: Fixed) -> str:
    """Whether the place is kept or ruled out, and whether that counts now."""
    if place.kind == "forbid":
        return "Never"
    return "Keep" if place.holds else "Keep, but not possible now"


def step_words(step: Step) -> str:
    """What a step did, to be put after Undo."""
    return STEP_WORDS[step.word].format(who=listed(step.leaders) or "a leader")


def history_steps(history: History) -> list[tuple[str, str, Step]]:
    """The buttons of undo and redo: its text, where it leads, the step."""
    found = (("Undo", "undo_fixing", history.undo), ("Do again", "redo_fixing", history.redo))
    return [(f"{text}: {step_words(step)}", where, step) for text, where, step in found if step]


def progress_sentence(run: RunReport) -> str:
    """How far the solver is; empty where it has not said."""
    if not run.stage or not run.stages_all:
        return ""
    work = IN_WORK.get(run.stage, run.stage)
    done = min(run.stages_done, run.stages_all)
    return f"Step {min(done + 1, run.stages_all)} of {run.stages_all}: {work}."


def progress_percent(run: RunReport) -> float:
    """The share of the steps that are done, from 0 to 100."""
    return round(100 * min(run.stages_done, run.stages_all) / run.stages_all, 1) if run.stages_all else 0.0


def options(found: PlaceChange) -> list[OptionWords]:
    """The days that somebody could get, those first that cost least."""
    return [_option(one, found) for one in found.options]


def moves(option: PlaceOption) -> list[tuple[str, str, str, str]]:
    """Who would move: name, what that is for them, the day before and the day after."""
    return [
        (move.person.name, MOVES[move.kind], day_words(move.before), day_words(move.after))
        for move in option.moves
    ]


def bars(found: PlaceChange, option: PlaceOption) -> list[BarPair]:
    """Days by choice, before and after."""
    missing = (found.needed - found.placed, found.needed - option.placed)
    return profile_pairs((found.profile, option.profile), missing)


def others_words(option: PlaceOption) -> str:
    """Who else would have another day, by name, and how many."""
    others = dict.fromkeys(move.person.name for move in option.others)
    if not others:
        return "Nobody else moves"
    return f"{count(len(others), 'other person moves', 'other people move').capitalize()}: {listed(others)}"


def effect_words(found: PlaceChange, option: PlaceOption) -> str:
    """What a change does to the list as a whole: days given, and which choices."""
    days = option.placed - found.placed
    parts = [f"{count(abs(days), 'day')} {'more' if days > 0 else 'fewer'} given"] if days else []
    parts += [
        f"{change:+d} × {_rank(rank)}".replace("-", "−") for rank, change in _profile_change(found, option)
    ]
    return ", ".join(parts) or "The list is just as good"


def _option(option: PlaceOption, found: PlaceChange) -> OptionWords:
    liked = option.day.choice
    return OptionWords(
        slot_id=option.day.slot_id,
        day=f"{option.day.title}, {option.day.partner}, {span(option.day.starts_at, option.day.ends_at)}",
        choice="Not on their list" if liked is None else choice(liked).capitalize(),
        others=others_words(option),
        effect=effect_words(found, option),
    )


def _profile_change(found: PlaceChange, option: PlaceOption) -> list[tuple[str, int]]:
    ranks = sorted({*found.profile, *option.profile}, key=lambda rank: (not rank.isdigit(), len(rank), rank))
    changes = [(rank, option.profile.get(rank, 0) - found.profile.get(rank, 0)) for rank in ranks]
    return [(rank, change) for rank, change in changes if change]


def _rank(rank: str) -> str:
    return choice(int(rank)) if rank.isdigit() else "not chosen"
