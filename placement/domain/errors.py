"""One error for each rule of the service, named for the rule that was broken.

Each has a stable `code`, used in pages, logs and JSON, and a `message` fit for the person who broke it.
Only the entry points know which status or exit code an error becomes.
"""


class PlacementError(Exception):
    """A rule of the service was broken; safe to show to the person who broke it."""

    code = "placement_error"
    message = "Something went wrong."

    def __init__(self, **facts: object) -> None:
        self.facts = facts
        super().__init__(self.message.format(**facts))


class LocalTimeMissing(PlacementError):
    """A local time was given that the clocks jump over in spring."""

    code = "local_time_missing"
    message = (
        "There is no {time} on {day}: the clocks go forward then. Choose a time before 1am or from 2am on."
    )


class LocalTimeTwice(PlacementError):
    """A local time was given that happens twice in autumn."""

    code = "local_time_twice"
    message = (
        "{time} happens twice on {day}: the clocks go back then. Choose a time before 1am or from 2am on."
    )


class AddressUnusable(PlacementError):
    """An e-mail address cannot be written into a mail as it stands."""

    code = "address_unusable"
    message = "The e-mail address {address} cannot be used for mail. Correct it and try again."


class InviteUnsendable(PlacementError):
    """An invite would break a rule that calendars depend on, so it is not made."""

    code = "invite_unsendable"
    message = "The invite {uid} cannot be sent: {reason}."


class NotFound(PlacementError):
    """Something does not exist, or not for this person: which of the two is nobody's business."""

    code = "not_found"
    message = "There is no such {thing}."


class NotSignedIn(PlacementError):
    """A page that needs somebody signed in was asked for without."""

    code = "not_signed_in"
    message = "Sign in first."


class AccessKeyMissing(PlacementError):
    """Access needs or reflections were to be written or read without the key."""

    code = "access_key_missing"
    message = (
        "Access needs and reflections are kept encrypted. "
        "Set PLACEMENT_SECRET_KEY first, and keep it unchanged."
    )


class AccessKeyWrong(PlacementError):
    """Access needs or reflections cannot be decrypted with the present key."""

    code = "access_key_wrong"
    message = (
        "The access needs and reflections in this database were encrypted with another PLACEMENT_SECRET_KEY. "
        "Set the key that was used before."
    )


class RunNotSolved(PlacementError):
    """A match run was to be confirmed before the solver finished, or although it failed."""

    code = "run_not_solved"
    message = "Match run {run_id} is {status}. Only a solved run can be confirmed."


class RunInfeasible(PlacementError):
    """A match run without a result that keeps every rule was to be confirmed."""

    code = "run_infeasible"
    message = "Match run {run_id} found no list that keeps every rule, so there is nothing to confirm."


class RunOutOfDate(PlacementError):
    """The cohort changed between a run and its confirmation."""

    code = "run_out_of_date"
    message = (
        "Match run {run_id} can no longer be confirmed, because the cohort has changed since: {changes} "
        "Run the match again."
    )


class NothingToMatch(PlacementError):
    """A match run was asked for a cohort without leaders who need a day, or without slots."""

    code = "nothing_to_match"
    message = 'Cohort "{cohort}" has no {missing} yet. Add them first, then run the match.'


class PreferencesClosed(PlacementError):
    """A leader tried to change an answer after the deadline or after places were decided."""

    code = "preferences_closed"
    message = "Choices closed {when}, so nothing was changed. Ask your coordinator if you need a change."


class TooFewChoices(PlacementError):
    """A leader submitted fewer choices than the cohort asks for."""

    code = "too_few_choices"
    message = "Placements chosen: {chosen}. Needed: at least {minimum}. Choose {missing} more, then submit."


class ChoicesNeeded(PlacementError):
    """A leader whose answers are in wanted fewer choices than the cohort asks for."""

    code = "choices_needed"
    message = (
        "Your answers are in, so your list must keep at least {minimum} of the placements. "
        "Add another one first, then take this one off."
    )


class AnswersChanged(PlacementError):
    """A leader's page showed older answers than those that are kept by now."""

    code = "answers_changed"
    message = (
        "Your answers were changed on another page or device in the meantime, so nothing was changed now. "
        "This page shows the newer answers: look at them, then make your change again."
    )


class ButtonUnknown(PlacementError):
    """A form came without any of the buttons that its page has."""

    code = "button_unknown"
    message = "Nothing was changed, because no button of this page was pressed. Press one of them."


class OpportunityGone(PlacementError):
    """A leader chose an opportunity that has no days any more."""

    code = "opportunity_gone"
    message = '"{title}" has no days any more, so it was not added. Choose another placement.'


class TooManyRequests(PlacementError):
    """Something limited was tried too often."""

    code = "too_many_requests"
    message = "That was tried too often. Wait {wait}, then try again."


class LinkSpent(PlacementError):
    """A sign-in link or code was used before, is too old, or never existed."""

    code = "link_spent"
    message = "This sign-in link has been used or is too old. Ask for a new one."


class CodeWrong(PlacementError):
    """A sign-in code was not the one in the mail."""

    code = "code_wrong"
    message = "That code is not right. Tries left: {tries_left}."


class FeedChanged(PlacementError):
    """A calendar feed was made, renewed or stopped after the page had been opened that would change it."""

    code = "feed_changed"
    message = "The feed was made, renewed or stopped since you opened the page, so nothing was changed now."


class SlotFull(PlacementError):
    """The database refused a placement beyond a slot's capacity."""

    code = "slot_full"
    message = "There is no seat left on the day {slot}. Run the match again."


class PlacementOverlaps(PlacementError):
    """The database refused a second placement of a leader at the same time."""

    code = "placement_overlaps"
    message = "One leader would be in two places at the same time. Run the match again."


class SlotRefused(PlacementError):
    """A day cannot be offered or changed as asked; each rule has a subclass."""

    code = "slot_refused"


class SlotInPast(SlotRefused):
    """A day was offered that has begun already."""

    code = "slot_in_past"
    message = "{day} at {time} has gone by. Choose a day that is still to come."


class SlotTooFarAhead(SlotRefused):
    """A day was offered for so many years ahead that the year must be a slip."""

    code = "slot_too_far_ahead"
    message = "The year {year} is too far ahead. Check the year."


class SlotEndsBeforeStart(SlotRefused):
    """A day was offered that ends before it starts."""

    code = "slot_ends_before_start"
    message = "The end must be later than the start. For a day that goes past midnight, ask your coordinator."


class MinimumAboveCapacity(SlotRefused):
    """A day was offered that needs more people than it has places for."""

    code = "minimum_above_capacity"
    message = "The fewest people must be no more than the {capacity} you have places for."


class PlacesOutOfRange(SlotRefused):
    """A day was offered for fewer than one person or for a crowd."""

    code = "places_out_of_range"
    message = "The number of people must be from 1 to {largest}."


class SlotOfferedTwice(SlotRefused):
    """An opportunity has a day already that starts at the same time."""

    code = "slot_offered_twice"
    message = "You already offer “{title}” on {day} at {time}. Choose another start, or change that day."


class OfferingClosed(SlotRefused):
    """A partner tried to add a day after choices closed or places were decided."""

    code = "offering_closed"
    message = "{reason} To offer another day now, ask your coordinator."


class SlotChangedMeanwhile(SlotRefused):
    """A day was changed after the page had been opened from which it was to be changed."""

    code = "slot_changed_meanwhile"
    message = "This day was changed since you opened the page, so nothing was saved. This is how it is now."


class SlotHasVisitors(SlotRefused):
    """A partner tried to change or withdraw a day that people have a placement on."""

    code = "slot_has_visitors"
    message = "People have been told that they are coming on this day. To change it, ask your coordinator."


class SlotOver(SlotRefused):
    """A partner tried to change or withdraw a day that is over or withdrawn."""

    code = "slot_over"
    message = "This day {state}, so it cannot be changed."


class OpportunityKnown(SlotRefused):
    """A partner described something as new that they offer already at the same address."""

    code = "opportunity_known"
    message = "You already offer “{title}” at this address. Choose another name, or change that one."


class DatabaseUnusable(PlacementError):
    """The database cannot be reached, read or written."""

    code = "database_unusable"
    message = "{said} {remedy}"


class DatabaseOutdated(PlacementError):
    """The database's tables do not fit this version of the service."""

    code = "database_outdated"
    message = "The database does not fit this version. Run: placement db upgrade"


class PostcodeMalformed(PlacementError):
    """A text was given as a postcode that is not a full one."""

    code = "postcode_malformed"
    message = "'{text}' is not a full postcode. Write it in full, for example M1 1AE."


class CellUnreadable(PlacementError):
    """A cell of a spreadsheet does not hold what its column is for."""

    code = "cell_unreadable"
    message = "{problem}. {remedy}."


class SheetUnreadable(PlacementError):
    """A file given as a spreadsheet cannot be read as one."""

    code = "sheet_unreadable"
    message = "{file}: {problem}. {remedy}."


class ImportRefused(PlacementError):
    """The spreadsheets of a cohort hold faults, so nothing of them was imported."""

    code = "import_refused"
    message = "Nothing was imported: {count} to put right."


class InvalidProblem(PlacementError):
    """A matching problem does not keep its contract; the message is one line that names the place."""

    code = "invalid_problem"
    message = "{place}: {fault}"


class ResultRefused(PlacementError):
    """The independent check found that a match result breaks a rule, so the result is not let out."""

    code = "result_refused"
    message = "The match result breaks a rule and was thrown away: {breach}. Please report this problem file."


class MailFailed(PlacementError):
    """A message was not accepted by the mail server or folder, or nobody can say whether it was.

    `permanent` means that trying again is useless; `unknown` that the message may have arrived all the same.
    Neither means that a later try may well succeed. `lost` means that the connection went with it, `silent`
    that the server gave no answer in time: the next message would fare no better.
    """

    code = "mail_failed"
    message = "{reason}"

    def __init__(
        self,
        *,
        reason: str,
        permanent: bool = False,
        unknown: bool = False,
        lost: bool = False,
        silent: bool = False,
    ) -> None:
        super().__init__(reason=reason, permanent=permanent, unknown=unknown, lost=lost, silent=silent)
        self.reason = reason
        self.permanent = permanent
        self.unknown = unknown
        self.lost = lost
        self.silent = silent


class UserUnknown(PlacementError):
    """An address was named that no user has."""

    code = "user_unknown"
    message = (
        "Nobody here has the e-mail address {email}. See who there is with: placement user list --cohort NAME"
    )
