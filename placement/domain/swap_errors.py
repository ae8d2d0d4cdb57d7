"""Errors of asking for swaps and of granting them: one for each rule, as in `errors`."""

from placement.domain.errors import PlacementError


class SwapClosed(PlacementError):
    """A swap was asked for of a day that cannot be swapped any more."""

    code = "swap_closed"
    message = "{reason} Nothing was sent."


class SwapWaiting(PlacementError):
    """A second swap was asked for of a day while the first request waits."""

    code = "swap_waiting"
    message = (
        "You have asked for a swap of this day already, and your coordinator has not answered yet. "
        "Take that request back first if you want to ask in another way."
    )


class SwapWishUnusable(PlacementError):
    """A swap was asked for without a day to take instead, or with one that the leader cannot be given."""

    code = "swap_wish_unusable"
    message = "{reason}"


class SwapOver(PlacementError):
    """A request for a swap was to be granted, refused or taken back that does not wait any more."""

    code = "swap_over"
    message = "This request {state}. Nothing was changed, and nobody got a mail."


class SwapGone(PlacementError):
    """A swap was to be made that something stands against by now, or that is not the one that was shown."""

    code = "swap_gone"
    message = (
        "Something has changed since this page was opened, so the swap was not made. "
        "Nothing was changed, and nobody got a mail. Look at what is possible now."
    )


class SwapAnswerMissing(PlacementError):
    """A swap was to be refused without a sentence for the leader, or with too long a one."""

    code = "swap_answer_missing"
    message = "Say in a sentence why it is not possible, in at most {most} characters."
