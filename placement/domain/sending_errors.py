"""Errors of holding, releasing and trying mail again: one for each rule, as in `errors`."""

from placement.domain.errors import PlacementError


class MailPastChanging(PlacementError):
    """A mail was to be held, released or tried again that is in no state for it any more."""

    code = "mail_past_changing"
    message = "This mail is {state} by now, so nothing was changed."


class MailOvertaken(PlacementError):
    """A mail was to be tried again although what it says is no longer so."""

    code = "mail_overtaken"
    message = "This mail cannot be sent any more: {reason}"
