"""Errors of what partners do while people are coming: one for each rule, as in `errors`."""

from placement.domain.errors import PlacementError, SlotRefused


class VisitorsChanged(SlotRefused):
    """A day with people on it was to be taken back from a page older than it, or than who comes."""

    code = "visitors_changed"
    message = (
        "This day, or who is coming, has changed since you opened the page, so nothing was done. "
        "This is how it is now."
    )


class WithdrawalUnusable(PlacementError):
    """A day with people on it was to be taken back without a known reason, or with too many words."""

    code = "withdrawal_unusable"
    message = "The day is not withdrawn: {problem}."


class PartnerMessageUnusable(PlacementError):
    """A message to all who come had no text, or too long a one."""

    code = "partner_message_unusable"
    message = "The message was not sent: {problem}."


class NobodyToWriteTo(PlacementError):
    """A message was to go to the people of a day that nobody comes to, or that is over or withdrawn."""

    code = "nobody_to_write_to"
    message = "Nothing was sent. This day {state}, so there is nobody to write to."


class PeopleChanged(PlacementError):
    """Who is coming, or what they were told, had changed after the page had been opened."""

    code = "people_changed"
    message = (
        "Who is coming, or what they were told, has changed since you opened the page, so nothing was sent. "
        "This is how it is now."
    )


class MessagesUsedUp(PlacementError):
    """More messages were to go to the people of one day than may within a day."""

    code = "messages_used_up"
    message = (
        "Nothing was sent: {most} messages have gone to these people within 24 hours. "
        "The next one can go from {when} on. If it cannot wait, ask your coordinator."
    )
