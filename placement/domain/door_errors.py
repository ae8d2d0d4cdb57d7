"""Errors of the ways in which replies come in, and of addresses that mail does not reach."""

from placement.domain.errors import PlacementError


class MailboxFailed(PlacementError):
    """The mailbox for replies could not be used; `lost` means that the connection went with it."""

    code = "mailbox_failed"
    message = "The mailbox for replies cannot be used: {reason}"

    def __init__(self, *, reason: str, lost: bool = False) -> None:
        super().__init__(reason=reason, lost=lost)
        self.lost = lost


class InboundClosed(PlacementError):
    """A mail was handed over although no secret is set, so that nobody may."""

    code = "inbound_closed"
    message = "Mails are not taken in here: set PLACEMENT_INBOUND_SECRET to open this door."


class InboundRefused(PlacementError):
    """A mail was handed over without a good signature; which fault it has is not told."""

    code = "inbound_refused"
    message = "The signature is missing, wrong, too old, or was used before."


class InboundTooLarge(PlacementError):
    """A mail was handed over that is larger than any that is read."""

    code = "inbound_too_large"
    message = "A mail may have 1 MB at most."


class AddressTaken(PlacementError):
    """An address was to become a leader's that another leader of the cohort has."""

    code = "address_taken"
    message = "{address} is the address of another leader of this cohort already."
