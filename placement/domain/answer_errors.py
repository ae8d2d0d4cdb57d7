"""Errors of answering invites and of looking at replies: one for each rule, as in `errors`."""

from placement.domain.errors import PlacementError


class AnswerClosed(PlacementError):
    """An answer came to a day that is cancelled, has begun or is over."""

    code = "answer_closed"
    message = "This day {state}, so it takes no answer any more. Ask us if you think that this is wrong."


class DayMoved(PlacementError):
    """An answer was given to a day as it was before it moved."""

    code = "day_moved"
    message = "This day has moved since. Look at the new time, then answer."


class AnswerChanged(PlacementError):
    """An answer was to be undone that is not the one that counts any more."""

    code = "answer_changed"
    message = "This answer does not count any more: another one came, or it was undone. Nothing was changed."


class ReplySettled(PlacementError):
    """A reply was to be settled that somebody has settled, or the other way round."""

    code = "reply_settled"
    message = "Somebody has dealt with this reply in the meantime. Look at how it stands now."


class AliasTaken(PlacementError):
    """An address was to be somebody's further one that is somebody's already, or that is ours."""

    code = "alias_taken"
    message = "{address} belongs to somebody already, so it cannot be a further address of {name}."


class TaskClosed(PlacementError):
    """A decline was to be dealt with that needs nobody any more."""

    code = "task_closed"
    message = "This has been dealt with, or the answer is another one now. Nothing was changed."
