"""Rules about the days of a partner taken together."""

from collections.abc import Sequence
from datetime import datetime

from placement.domain.errors import PlacementError, SlotRefused


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


class SlotTooNear(SlotRefused):
    """A day was offered closer to another one of its partner than the partner's limits allow."""

    code = "slot_too_near"
    message = (
        "{day} is too near to {other}: you ask for {rest} between two of your days. "
        "Choose another date, or change that in “Your limits”."
    )


class LimitOutOfRange(PlacementError):
    """A limit over all days of a partner was to be nothing, or far too high."""

    code = "limit_out_of_range"
    message = "A limit must be from {least} to {most}."


class LimitBelowPlaced(PlacementError):
    """A partner was to have room for fewer people in all than have a place there."""

    code = "limit_below_placed"
    message = (
        "{placed} places at this partner are given already. Enter {placed} or more, or end a placement first."
    )
