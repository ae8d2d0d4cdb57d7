"""Errors of mails that the season sends by itself: one for each rule, as in `errors`."""

from placement.domain.errors import PlacementError


class MailLinkWrong(PlacementError):
    """A link from a mail was cut off, changed, or is too old."""

    code = "mail_link_wrong"
    message = (
        "This link does not work: it was cut off or is too old. "
        "Answer the mail that it came with, and somebody will help you."
    )


class WordingChanged(PlacementError):
    """A mail's intro or switch was changed by somebody else since the page was opened."""

    code = "wording_changed"
    message = "Somebody else has changed this mail since you opened the page. Look at it, then save again."


class WordingRefused(PlacementError):
    """An intro was too long, or a mail was switched off that always goes."""

    code = "wording_refused"
    message = "{reason}"


class NothingToShow(PlacementError):
    """A test of a mail was asked for in a cohort that has nobody to write to, or no day to write of."""

    code = "nothing_to_show"
    message = "This cohort has no leaders or no days yet, so there is nothing that the mail could tell."
