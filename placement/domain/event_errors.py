"""Errors of events: one for each rule, as in `errors`."""

from placement.domain.errors import PlacementError


class EventRefused(PlacementError):
    """Base of what stands against an event that somebody wants to plan or change."""

    code = "event_refused"
    message = "The event cannot be like that."


class EventIncomplete(EventRefused):
    """An event without a title, or without a place or link for the way in which it is held."""

    code = "event_incomplete"
    message = "The event lacks {missing}."


class EventLinkUnusable(EventRefused):
    """The joining link is no web address that begins with https."""

    code = "event_link_unusable"
    message = "Enter the link to join as a whole web address that begins with https:// and has no spaces."


class EventInPast(EventRefused):
    """An event was planned for, or moved to, a time that has gone by."""

    code = "event_in_past"
    message = "{when} has gone by. Choose a time that is still to come."


class EventTooFarAhead(EventRefused):
    """An event was planned so far ahead that the year is likely a slip."""

    code = "event_too_far_ahead"
    message = "{when} is too far ahead. Check the year."


class EventEndsBeforeStart(EventRefused):
    """An event would end before, or when, it starts."""

    code = "event_ends_before_start"
    message = "The end must be after the start."


class EventOver(EventRefused):
    """An event was to be changed that has begun, is over, or was cancelled."""

    code = "event_over"
    message = "“{title}” {state}, so it can no longer be changed."


class EventChangedMeanwhile(EventRefused):
    """Somebody else changed the event after the page was opened."""

    code = "event_changed_meanwhile"
    message = "This event was changed in the meantime. Below is how it is now; make your change once more."
