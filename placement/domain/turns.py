"""When periodic work has its next turn."""

from datetime import datetime, timedelta


def next_turn(planned: datetime, *, every: timedelta, now: datetime) -> datetime:
    """The first moment after `now` of the row that goes through `planned` in steps of `every`.

    Turns that were missed, because no worker ran, are not made up for one by one. A clock that was ahead when
    `planned` was written does not hold the work up: no next turn is further away than `every`.
    """
    if planned > now:
        return min(planned, now + every)
    return planned + every * ((now - planned) // every + 1)
