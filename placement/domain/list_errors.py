"""Errors of what coordinators do with their lists: one for each rule, as in `errors`."""

from placement.domain.errors import PlacementError


class ViewNameUnusable(PlacementError):
    """A view of a list was to be kept without a name, or under one that is too long."""

    code = "view_name_unusable"
    message = "Give the view a name of up to {most} characters. It has not been saved."


class TooManyViews(PlacementError):
    """Somebody keeps as many views of a list as there may be."""

    code = "too_many_views"
    message = "You keep {most} views of this list already. Remove one first."
