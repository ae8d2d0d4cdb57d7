"""Errors of changing what stands: one for each rule, as in `errors`."""

from placement.domain.errors import PlacementError, SlotRefused


class RepairNeeded(PlacementError):
    """A match run, which moves nobody, was asked for while what stands cannot stand together any more."""

    code = "repair_needed"
    message = (
        "Placements that stand no longer keep the rules ({fault}), and a match run moves nobody. "
        'Ask for a repair on the page of the cohort, or with: placement match repair --cohort "{cohort}"'
    )


class NothingToRepair(PlacementError):
    """A repair was asked for in a cohort in which nothing is confirmed."""

    code = "nothing_to_repair"
    message = (
        'Nothing is confirmed in cohort "{cohort}" yet, so there is nothing to repair. '
        'Match it first, on the page of the cohort or with: placement match run --cohort "{cohort}"'
    )


class LeaderChangedMeanwhile(PlacementError):
    """A coordinator's page about a leader showed something older than what is kept by now."""

    code = "leader_changed_meanwhile"
    message = (
        "The {what} of {name} changed on another page in the meantime, so nothing was changed now. "
        "This page shows what is kept: look at it, then make your change again."
    )


class SeatRefused(PlacementError):
    """A seat was to be given that is not free, or to somebody who cannot have it."""

    code = "seat_refused"
    message = "{name} cannot be given a seat on {day}. {reason}"


class SlotStartTaken(SlotRefused):
    """A day was to be moved to where its opportunity has another day."""

    code = "slot_start_taken"
    message = "“{title}” has a day on {day} at {time} already: {reference}. Choose another start."


class SlotChangeClashes(SlotRefused):
    """A day was to be moved to hours at which somebody who is confirmed on it has another day."""

    code = "slot_change_clashes"
    message = (
        "At the new time, {people} would have to be in two places at once, so nothing was changed. "
        "Choose another time, or withdraw the day and repair the match."
    )


class JoiningLinkUnusable(SlotRefused):
    """A day was to be held online at something that is no web address beginning with https."""

    code = "joining_link_unusable"
    message = "Enter the link to join as a whole web address that begins with https:// and has no spaces."
