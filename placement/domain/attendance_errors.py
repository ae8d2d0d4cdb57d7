"""Errors of a placement day and after: one for each rule, as in `errors`."""

from placement.domain.errors import PlacementError


class DayNotBegun(PlacementError):
    """Something was to be recorded of a day before its morning."""

    code = "day_not_begun"
    message = "This can be filled in from the morning of the day on: {when}."


class DayNotHeld(PlacementError):
    """Something was to be recorded of a day that was withdrawn."""

    code = "day_not_held"
    message = "This day was withdrawn, so there is nothing to fill in."


class AttendanceClosed(PlacementError):
    """Who came, or feedback, was to change after the coordinator had closed the list."""

    code = "attendance_closed"
    message = (
        "Your coordinator closed this on {when}, so it can be read but no longer changed. "
        "Ask them if something is wrong."
    )


class AttendanceChanged(PlacementError):
    """Somebody else had marked the same person differently in the meantime."""

    code = "attendance_changed"
    message = "Somebody else has marked {names} since you opened the page, so nothing was saved."

    def __init__(self, *, names: str, who: frozenset[str]) -> None:
        super().__init__(names=names)
        self.who = who


class AttendanceUnusable(PlacementError):
    """A mark was not one of those that there are, or was of nobody on the list."""

    code = "attendance_unusable"
    message = "That cannot be saved: {problem}."


class ExtraRefused(PlacementError):
    """An extra person had no name, or was on the list already, or there were too many."""

    code = "extra_refused"
    message = "{problem}"


class FeedbackUnusable(PlacementError):
    """Feedback had no answer to its first question, or one that is not on the list."""

    code = "feedback_unusable"
    message = "Say how the day went."


class FeedbackChanged(PlacementError):
    """The same feedback was saved on another page in the meantime."""

    code = "feedback_changed"
    message = "This feedback was saved on another page since you opened this one, so nothing was saved."


class ReflectionChanged(PlacementError):
    """The same reflection was saved on another page in the meantime."""

    code = "reflection_changed"
    message = "This reflection was saved on another page since you opened this one, so nothing was saved."


class ReflectionEmpty(PlacementError):
    """A reflection was to be finished without a word in it."""

    code = "reflection_empty"
    message = "Write an answer to at least one question first."


class ReflectionOver(PlacementError):
    """A reflection was to change after the time for which it is kept."""

    code = "reflection_over"
    message = (
        "Reflections on this day were kept until {when}, and are erased now. "
        "Ask your coordinator about anything else."
    )
