"""Buttons of the ranking: which was pressed, for which opportunity, on which list."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from placement.web.leader.forms.seen import ID, order_from

Action = Literal["add", "up", "down", "top", "remove", "refuse", "allow", "undo", "move"]


@dataclass(frozen=True)
class AskedChange:
    """One button: what it does to one opportunity of the list that the page had shown.

    `order` is the order that "move" asks for. Undoing is of no single opportunity.
    """

    action: Action
    opportunity_id: int
    seen: tuple[int, ...]
    order: tuple[int, ...] = ()


def asked_change(sent: Mapping[str, str]) -> AskedChange | None:
    """The button in what was `sent`; None where there is not exactly one that this page has."""
    pressed: list[tuple[Action, str]] = [(name, sent[name]) for name in get_args(Action) if name in sent]
    if len(pressed) != 1 or not ID.fullmatch(pressed[0][1]):
        return None
    (action, opportunity_id), seen = pressed[0], sent.get("seen", "")
    return AskedChange(action, int(opportunity_id), order_from(seen), order_from(sent.get("order", "")))
