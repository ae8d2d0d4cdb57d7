"""Errors of setting up a cohort: one for each rule, as in `errors`."""

from placement.domain.errors import PlacementError


class CohortRefused(PlacementError):
    """Base of what stands against the settings that a cohort was to have."""

    code = "cohort_refused"
    message = "The cohort cannot be set up like that."


class CohortNameUnusable(CohortRefused):
    """A cohort was to have no name, or one that is too long to be kept."""

    code = "cohort_name_unusable"
    message = "The name must have from 1 to {most} characters."


class CohortNameTaken(CohortRefused):
    """Two cohorts were to have the same name, by which commands and imports find them."""

    code = "cohort_name_taken"
    message = "Another cohort is called “{name}” already. Choose another name."


class CohortNumberOutOfRange(CohortRefused):
    """A number of a cohort's rules was too small or too large; `field` says which."""

    code = "cohort_number_out_of_range"
    message = "The number must be from {least} to {most} ({field})."


class SeedUnusable(CohortRefused):
    """The lottery was to have no seed, or one that is too long to be kept."""

    code = "seed_unusable"
    message = "The seed of the lottery must have from 1 to {most} characters."


class SeedFixed(CohortRefused):
    """The seed was to change although a match run was asked for with the old one."""

    code = "seed_fixed"
    message = (
        "The seed stays as it is: match run {run_id} has been asked for, and a seed that is chosen after "
        "a result can be seen would leave something to pick."
    )


class DeadlineInPast(CohortRefused):
    """Choices were to close at a time that has gone by."""

    code = "deadline_in_past"
    message = "{when} has gone by. Choose a time that is still to come."


class DeadlineTooFarAhead(CohortRefused):
    """Choices were to close so far ahead that the year is likely a slip."""

    code = "deadline_too_far_ahead"
    message = "{when} is too far ahead. Check the year."


class DeadlineAfterFirstDay(CohortRefused):
    """Choices were to close when placement days have already begun."""

    code = "deadline_after_first_day"
    message = "Choices must close before the first day, which begins on {first_day}."


class DeadlineReasonMissing(CohortRefused):
    """A deadline that has gone by was to change without a word why, or with too many."""

    code = "deadline_reason_missing"
    message = "The deadline has gone by. To change it, say why, in up to {most} characters."


class ChoicesDecided(CohortRefused):
    """The deadline was to change although places have been decided from the choices."""

    code = "choices_decided"
    message = (
        "Places were decided on {when}, so choices cannot open again. To write down what one person can do "
        "now, open their page; then ask for a repair."
    )


class CohortChangedMeanwhile(CohortRefused):
    """Somebody else changed the settings after the page was opened."""

    code = "cohort_changed_meanwhile"
    message = "Somebody else has changed these settings since you opened the page, so nothing was saved."
