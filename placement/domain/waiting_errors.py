"""Errors of offering seats to those who wait: one for each rule, as in `errors`."""

from placement.domain.errors import PlacementError


class SeatHeld(PlacementError):
    """A seat was to be offered that is held for somebody else, or to somebody who has an offer already."""

    code = "seat_held"
    message = "{reason} Nothing was sent."


class OfferTimeUnusable(PlacementError):
    """A seat was to be offered for a length of time that is not allowed."""

    code = "offer_time_unusable"
    message = "An offer must stand for 1 to {most} hours. Choose another time."


class SeatOfferOver(PlacementError):
    """An offer of a seat was to be answered or taken back that is not open any more."""

    code = "seat_offer_over"
    message = "This offer {state}. Nothing was changed."


class SeatGone(PlacementError):
    """A leader said yes to a seat that cannot be theirs any more."""

    code = "seat_gone"
    message = (
        "We are sorry: plans have changed since we wrote to you, and this day cannot be yours any more. "
        "You need not do anything: your coordinator looks for another one."
    )
