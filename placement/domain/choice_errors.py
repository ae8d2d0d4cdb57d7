"""Errors of choosing: one for each rule, as in `errors`."""

from placement.domain.errors import PlacementError


class TooFewLeft(PlacementError):
    """A leader refused so many opportunities that too few would be left to choose from."""

    code = "too_few_left"
    message = (
        "Too few placements would be left that you would go to ({minimum} at least), so nothing was changed. "
        "If there is a reason against this one, tell your coordinator."
    )


class NothingToUndo(PlacementError):
    """A leader wanted the last change of their ranking undone, and there is none that could be."""

    code = "ranking_moved_on"
    message = "There is no change that can be undone any more. This page shows your choices as they are kept."
