"""What a solver is asked and what it answers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Answer:
    """Each leader's slot, by places; `proven` where the solver says that there is no better.

    `gap` is how far from the best the result may be, where the solver says so; `note` is for the table.
    """

    given: Sequence[int]
    proven: bool = True
    gap: float | None = None
    note: str = ""


Run = Callable[[], Answer]
"""Solve what was built; only this is timed as solving."""


class OutOfTime(Exception):
    """The solver had no proven answer in the time that it was given."""


class Unfit(Exception):
    """The solver cannot hold the problem's numbers; the reason is its argument."""
