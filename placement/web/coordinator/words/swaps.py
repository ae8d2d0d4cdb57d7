"""Requests for swaps in the words of the coordinator."""

from collections.abc import Mapping
from dataclasses import replace

from placement.domain.states import SWAP_REASON_WORDS
from placement.services.reports.swaps import SwapDay, SwapLine, SwapWay
from placement.web.coordinator.words.runs import State
from placement.web.presenters import choice, count, day, span

STATES: Mapping[str, State] = {
    "waiting": State("Waiting", "blue"),
    "granted": State("Granted", "green"),
    "refused": State("Refused", "orange"),
    "withdrawn": State("Taken back", "grey"),
    "lapsed": State("Lapsed", "grey"),
}
ENDED: Mapping[str, str] = {
    "granted": "It has been granted.",
    "refused": "It has been refused.",
    "withdrawn": "The leader has taken it back.",
    "lapsed": "It has lapsed: the day has begun, has ended in another way, or was declined.",
}


def reason(line: SwapLine) -> str:
    """Why another day was asked for, as the leader chose it."""
    return SWAP_REASON_WORDS[line.reason]


def wish(line: SwapLine) -> str:
    """How many days would do."""
    if line.wish:
        return f"{count(line.wish, 'day').capitalize()} that they ticked"
    return "Any of their choices" if line.answered else "Any day that they could do"


def liked(number: int | None) -> str:
    """Which choice a day is for somebody."""
    return "not one of their choices" if number is None else choice(number)


def day_line(one: SwapDay) -> str:
    """A day in one line, with the choice that it is."""
    return f"{one.title}, {one.partner}, {span(one.starts_at, one.ends_at)} ({liked(one.choice)})"


def short_line(one: SwapDay) -> str:
    """The same in fewer words."""
    return f"{one.title}, {day(one.starts_at)} ({liked(one.choice)})"


def moved_day(one: SwapDay, number: int | None) -> str:
    """The same for somebody else, whose choice it is under another number."""
    return day_line(replace(one, choice=number))


def number_of_ways(line: SwapLine) -> str:
    """How many ways there are to grant a request."""
    return f"{count(len(line.ways), 'way').capitalize()} to grant it" if line.ways else "No way at the moment"


def brings(way: SwapWay) -> str:
    """What a way does beside giving the day."""
    if way.other_id is None:
        return "A free seat. Nobody else moves."
    return (
        f"An exchange with {way.other}, who has asked for a swap, too. For them the day that is left is "
        f"{_theirs(way.other_after)}; the day that they have is {_theirs(way.other_before)}."
    )


def _theirs(number: int | None) -> str:
    return liked(None) if number is None else f"their {choice(number)}"


def about(way: SwapWay) -> str:
    """What else there is to know of a day for the leader."""
    far = "" if way.kilometres is None else f"about {max(way.kilometres, 1):.0f} km away"
    parts = [part for part in (far, "a day that they can do if need be" if way.if_need_be else "") if part]
    return f"{', '.join(parts)}.".capitalize() if parts else ""
