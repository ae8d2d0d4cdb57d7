"""Errors of the review board: one for each rule, as in `errors`."""

from placement.domain.errors import PlacementError


class FixedPairsClash(PlacementError):
    """A match run was asked for while the places that are fixed cannot all be given together."""

    code = "fixed_pairs_clash"
    message = (
        "The places that are fixed cannot all be given together ({fault}). "
        "Take one of them back on the page of fixed places, then run the match again."
    )


class PairRefused(PlacementError):
    """A place was to be fixed, or ruled out, that a rule stands against."""

    code = "pair_refused"
    message = "{name} and {day}: this cannot be fixed. {reason}"


class ReasonMissing(PlacementError):
    """A place was to be fixed without a word why, or with too many."""

    code = "fixing_reason_missing"
    message = "Say why, in up to {most} characters."


class NothingToUndo(PlacementError):
    """There was no step to undo, or to do again; or somebody else had done so meanwhile."""

    code = "nothing_to_undo"
    message = "Somebody was quicker, or there is nothing to {what}. The page shows how it is now."


class ChangeRefused(PlacementError):
    """Somebody's place was to be changed in a run that cannot be changed any more."""

    code = "change_refused"
    message = "Nothing was changed. {reason}"


class NoteUnusable(PlacementError):
    """A note was empty or too long."""

    code = "note_unusable"
    message = "Write something, in up to {most} characters."


class NoteNotYours(PlacementError):
    """Somebody wanted to change a note that another person wrote."""

    code = "note_not_yours"
    message = "Only whoever wrote a note can change it or remove it."


class ApprovalMissing(PlacementError):
    """A run was to be confirmed that nobody has approved, in a cohort that asks for it."""

    code = "approval_missing"
    message = (
        "Run {run_id} is not approved yet. In this cohort, somebody other than the person who asked for a "
        "run approves it before it is confirmed."
    )


class ApprovalRefused(PlacementError):
    """A run was to be approved that cannot be, or by the person who asked for it."""

    code = "approval_refused"
    message = "Run {run_id} was not approved. {reason}"
