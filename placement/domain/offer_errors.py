"""Errors of describing, approving and changing offers: one for each rule, as in `errors`."""

from placement.domain.errors import PlacementError


class OfferRefused(PlacementError):
    """An offer cannot be described or decided on as asked; each rule has a subclass."""

    code = "offer_refused"


class OfferChangedMeanwhile(OfferRefused):
    """A profile, site or opportunity was changed after the page had been opened that would change it."""

    code = "offer_changed_meanwhile"
    message = "This was changed since you opened the page, so nothing was saved. This is how it is now."


class SiteKnown(OfferRefused):
    """A partner gave a site the address that another of their sites has."""

    code = "site_known"
    message = "You have a site with this address already. Use that one, or change the address."


class CheckTooLow(OfferRefused):
    """A check was asked for that does not cover what visitors do."""

    code = "check_too_low"
    message = "What visitors do needs at least this check: {lowest}. Choose that one or a higher one."


class OfferIncomplete(OfferRefused):
    """An opportunity was sent for approval with something missing."""

    code = "offer_incomplete"
    message = "Something is still missing, so it was not sent. The list below says what."


class OfferSentAlready(OfferRefused):
    """Something was to be sent or deleted that is no draft any more."""

    code = "offer_sent_already"
    message = "“{title}” is no draft any more, so nothing was changed."


class OfferHasDays(OfferRefused):
    """A draft was to be deleted although days were offered of it."""

    code = "offer_has_days"
    message = "“{title}” has days, so it cannot be deleted. Withdraw its days in place of that."


class OfferNotWaiting(OfferRefused):
    """An opportunity was to be approved or returned that waits for neither."""

    code = "offer_not_waiting"
    message = "“{title}” does not wait for approval any more, so nothing was changed. This is how it is now."


class SafeguardingNeeded(OfferRefused):
    """An opportunity with a regulated activity was to be approved without the safeguarding lead."""

    code = "safeguarding_needed"
    message = "Tick that the safeguarding lead has agreed. It has a regulated activity."
