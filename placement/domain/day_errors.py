"""Rules about the days of a partner taken together."""

from collections.abc import Sequence
from datetime import datetime

from placement.domain.errors import SlotRefused


class SlotTwiceInList(SlotRefused):
    """The same start stands twice among days that were offered in one go."""

    code = "slot_twice_in_list"
    message = "{day} is there twice. Take one of them away."


class DaysRefused(SlotRefused):
    """Of several days offered in one go at least one cannot be; `faults` says which, and why."""

    code = "days_refused"
    message = "{wrong} of {all} days cannot be offered, so none was saved."

    def __init__(self, faults: Sequence[tuple[datetime, SlotRefused]], *, of: int) -> None:
        self.faults = tuple(faults)
        super().__init__(wrong=len({starts_at for starts_at, _ in faults}), all=of)
