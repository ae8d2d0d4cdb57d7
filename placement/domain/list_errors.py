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


class SignatoryMissing(PlacementError):
    """A list of an organisation was to be signed off by nobody, or by a name that is too long."""

    code = "signatory_missing"
    message = "Say who signed the list off, in up to {most} characters. Nothing has been saved."


class ListChanged(PlacementError):
    """A list of an organisation was to be signed off that had become another one meanwhile."""

    code = "list_changed"
    message = (
        "The list of {name} has changed since this page was opened. "
        "It shows now who is on it; nothing has been signed off."
    )
