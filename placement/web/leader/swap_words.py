"""Swaps in the words of the leader: which days they could ask for, and how a request stands."""

from collections.abc import Mapping

from placement.domain.states import SWAP_REASON_WORDS
from placement.services.reports.own_swaps import OwnRequest, SwapAsking, WishDay
from placement.services.swap_requests import CLOSED, Closed
from placement.web.presenters import choice, day, listed

STATES: Mapping[str, tuple[str, str]] = {
    "waiting": ("Waiting", "blue"),
    "granted": ("Agreed", "green"),
    "refused": ("Not possible", "orange"),
    "withdrawn": ("Taken back", "grey"),
    "lapsed": ("Ended", "grey"),
}
"""How a request stands, with the colour of its tag."""


def closed_words(closed: Closed) -> str:
    """Why a day cannot be swapped."""
    return CLOSED[closed]


def day_hints(asking: SwapAsking) -> dict[str, str]:
    """What stands below each day that could be ticked, by its reference."""
    return {one.reference: _hint(one) for one in asking.days}


def reason_words(request: OwnRequest) -> str:
    """Why another day was asked for, as it was chosen."""
    return SWAP_REASON_WORDS[request.reason]


def any_words(*, answered: bool) -> str:
    """What stands for all days at once, for who has sent choices and who has not."""
    return "Any of my choices" if answered else "Any day that I could do"


def wish_words(request: OwnRequest) -> str:
    """Which days would do."""
    if not request.wish:
        return any_words(answered=request.answered)
    return listed(f"{title} on {day(starts_at)}" for title, starts_at in request.wish)


def state_sentence(request: OwnRequest) -> str:
    """What became of a request, in a sentence."""
    if request.new:
        title, starts_at = request.new
        return f"Your swap was agreed: you have {title} on {day(starts_at)} instead."
    return SENTENCES[request.status]


SENTENCES: Mapping[str, str] = {
    "waiting": "You asked for a swap. You keep this day until one is agreed.",
    "granted": "Your swap was agreed.",
    "refused": "You asked for a swap, and it was not possible. You keep this day.",
    "withdrawn": "You took your request for a swap back. You keep this day.",
    "lapsed": "Your request for a swap has ended, because the day began, ended or was declined.",
}


def _hint(one: WishDay) -> str:
    far = "online" if one.virtual else _far(one.kilometres)
    liked = f"your {choice(one.choice)}" if one.choice else "not among your choices"
    need = "a day that you can do if need be" if one.if_need_be else ""
    return ", ".join(filter(None, (f"{one.title}, {one.partner}", far, liked, need)))


def _far(kilometres: float | None) -> str:
    return "" if kilometres is None else f"about {max(kilometres, 1):.0f} km away"
